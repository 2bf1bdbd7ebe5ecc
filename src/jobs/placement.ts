import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';
import { BkError, hex } from '../errors';
import type { DetectedImage } from '../image/detect';
import { chipCalibration } from './calibration';
import { type JobContext, mustFitFlash } from './context';
import type { Piece } from './plan';
import { without } from './ranges';
import type { WriteOptions } from './types';

/** An image and what it was recognised as. */
export interface LoadedImage {
  bytes: Buffer;
  detected: DetectedImage;
}

/**
 * Where an image goes on the connected chip. Offsets and lengths are bytes and need not be whole sectors.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED
 */
export async function place(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  await mustFitChip(context, image, options);
  const pieces =
    typeof options.offset === 'number'
      ? [atOffset(image, options.offset, options)]
      : await dumpPieces(context, image, options);
  for (const { offset, bytes } of pieces) {
    mustFitFlash(context, offset, bytes.length);
    mustSpareBootloader(context, offset, options);
  }
  return pieces;
}

/** With a numeric offset the bytes go there as they are. */
function atOffset(image: LoadedImage, offset: number, options: WriteOptions): Piece {
  const skip = options.skip ?? 0;
  const length = options.length ?? image.bytes.length - skip;
  if (skip < 0 || length < 1 || skip + length > image.bytes.length) {
    throw new BkError(
      'BK_OUT_OF_RANGE',
      `The image has ${image.bytes.length} bytes; ${length} bytes after the first ${skip} are not in it`,
      { phase: 'open' },
    );
  }
  return { offset, bytes: image.bytes.subarray(skip, skip + length) };
}

/** A dump goes back where it came from: without the bootloader unless asked, and with this chip's own calibration. */
async function dumpPieces(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const { size } = context.flash;
  if (image.bytes.length !== size) {
    throw new BkError(
      'BK_WRONG_IMAGE',
      `The image is a dump of a flash of ${hex(image.bytes.length)} bytes, but the chip on ${context.session.port} has ${hex(size)}; nothing was changed`,
      { advice: ['Use a dump of this chip, or of one with the same flash size.'] },
    );
  }
  const regions = without(dumpRange(context, image, options), await keptOf(context, image));
  return regions.map(({ offset, length }) => ({
    offset,
    bytes: image.bytes.subarray(offset, offset + length),
  }));
}

function dumpRange(context: JobContext, image: LoadedImage, options: WriteOptions): Region {
  const { size } = context.flash;
  if (options.bootloader !== 'replace') {
    return { offset: BOOTLOADER_END, length: size - BOOTLOADER_END };
  }
  if (context.session.identity.family === 'basic') {
    context.warnings.push('The bootloader was kept: replacing it could end a basic chip for good.');
    return { offset: BOOTLOADER_END, length: size - BOOTLOADER_END };
  }
  if (image.bytes.subarray(0, BOOTLOADER_END).every((byte) => byte === 0xff)) {
    throw new BkError(
      'BK_BAD_IMAGE',
      'The bootloader is to be replaced, but that area of the dump is blank; nothing was changed',
      { advice: ['Use a dump that holds a bootloader, or set bootloader to keep.'] },
    );
  }
  return { offset: 0, length: size };
}

/** The calibration of the radio is measured for each chip: another chip's dump must not replace it. */
async function keptOf(context: JobContext, image: LoadedImage): Promise<Region[]> {
  const own = await chipCalibration(context);
  const mac = image.detected.calibration?.mac ?? null;
  if (own.offset === null || own.mac === null || own.mac === mac) return [];
  context.warnings.push(
    `The dump is not of this very chip (its MAC is ${mac ?? 'not in it'}, this chip's ${own.mac}): the calibration of the radio and the MAC at ${hex(own.offset)} were kept.`,
  );
  return [{ offset: own.offset, length: SECTOR }];
}

/** An image for another chip, or stored with another key, would not start; it is refused before anything is erased. */
async function mustFitChip(
  context: JobContext,
  { detected }: LoadedImage,
  options: WriteOptions,
): Promise<void> {
  if (options.anyImage) return;
  const { chip, encryption } = context.session.identity;
  const wrongChip = detected.chip !== null && chip !== null && detected.chip !== chip;
  const wrongKey = detected.key !== null && encryption !== null && detected.key !== encryption;
  if (!wrongChip && !wrongKey) return;
  const mac = detected.calibration?.mac ?? null;
  if (mac !== null && (await chipCalibration(context)).mac === mac) return; // its own dump
  const what = wrongChip
    ? `is for a ${detected.chip}, but the chip on ${context.session.port} is a ${chip}`
    : `is stored with ${KEYS[detected.key ?? 'none']}, but the chip on ${context.session.port} (${chip ?? 'basic'}) needs code with ${KEYS[encryption ?? 'none']}`;
  throw new BkError(
    'BK_WRONG_IMAGE',
    `The image, ${detected.description}, ${what}; nothing was changed`,
    {
      likely: [
        {
          cause: 'An image for another chip',
          confidence: 0.9,
          evidence: detected.evidence.join(' '),
        },
      ],
      advice: [
        `Use an image for ${chip ?? 'this chip'}. To write this one all the same, set anyImage.`,
      ],
    },
  );
}

const KEYS = { tuya: "Tuya's key", none: 'no key', custom: 'a key of its own' } as const;

function mustSpareBootloader(context: JobContext, offset: number, options: WriteOptions): void {
  if (offset >= BOOTLOADER_END) return;
  const basic = context.session.identity.family === 'basic';
  if (!basic && options.bootloader === 'replace') return;
  throw new BkError(
    'BK_BOOTLOADER_PROTECTED',
    basic
      ? `The image would go to ${hex(offset)}, into the bootloader of a basic chip: without it only SPI could bring the chip back, so it is never written. Nothing was changed`
      : `The image would go to ${hex(offset)}, into the bootloader (below 0x11000); nothing was changed`,
    {
      address: offset,
      advice: [
        basic
          ? 'Write to 0x11000 or later; with a full dump leave the offset on auto.'
          : 'Write to 0x11000 or later, or set bootloader to replace.',
      ],
    },
  );
}
