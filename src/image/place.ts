import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import { BkError, hex } from '../errors';
import type { DetectedImage } from './detected';
import { unrotate } from './dump';
import { isFilledWith, PACKET, packetRuns } from './packets';
import { uf2Pieces, updatePiece } from './place-files';
import {
  badImage,
  firstKept,
  layoutOf,
  mustFit,
  type PlacedPiece,
  type PlaceJob,
  type PlaceOptions,
  type PlaceTarget,
  slotOf,
  span,
  wholeSectors,
  wrongImage,
} from './place-target';
import { findContainers, RBL_HEADER_ON_FLASH } from './rbl';
import { readTuyaUg } from './ug';

export type { PlacedPiece, PlaceOptions, PlaceTarget } from './place-target';

export interface Placement {
  /** By offset; they neither touch the same sector twice nor overlap. */
  pieces: PlacedPiece[];
  warnings: string[];
}

/** Behind so many blank packets there is no more code. */
const ENOUGH_BLANK = 64;
/**
 * Where an image goes on a chip. The bootloader is kept unless it is to be replaced on a full chip, and
 * nothing goes over the calibration of the radio but a calibration sector that was asked for, or the
 * chip's own dump.
 * @param bytes what `image` was detected from
 * @throws BkError BK_BAD_IMAGE for what can go to no chip or is damaged, BK_WRONG_IMAGE for what is for
 *   another chip, key or flash, BK_BOOTLOADER_PROTECTED for a bootloader that is not to be replaced
 */
export function placeImage(
  image: DetectedImage,
  bytes: Uint8Array,
  target: PlaceTarget,
  options: PlaceOptions = {},
): Placement {
  const warnings: string[] = [];
  mustFit(image, target, options, warnings);
  const job: PlaceJob = { image, target, options, warnings };
  const pieces = piecesOf(job, bytes).sort((one, other) => one.offset - other.offset);
  return { pieces, warnings };
}

function piecesOf(job: PlaceJob, bytes: Uint8Array): PlacedPiece[] {
  const { image, warnings } = job;
  switch (image.kind) {
    case 'rotated-dump':
      warnings.push(
        'The dump begins at 0x11000 and wraps around: it is put right before it is written.',
      );
      return dumpPieces(job, unrotate(bytes));
    case 'dump':
      return dumpPieces(job, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    case 'qio':
      return [...bootloaderPieces(job, bytes), appPiece(job, bytes.subarray(BOOTLOADER_END))];
    case 'app':
      return [appPiece(job, bytes)];
    case 'bootloader':
      return bootloaderPieces(job, bytes);
    case 'rbl':
      return [updatePiece(job, bytes)];
    case 'tuya-ug':
      return [updatePiece(job, readTuyaUg(bytes)?.payload ?? bytes)];
    case 'uf2':
      return uf2Pieces(job, bytes);
    case 'calibration':
      return [calibrationPiece(job, bytes)];
    case 'esp':
    case 'other-chip':
      throw wrongImage(image, 'it is for a chip of another make', ...image.advice);
    default:
      throw badImage(image, 'it cannot be written as it is', ...image.advice);
  }
}

/** A dump goes back where it came from, but for another device's calibration. */
function dumpPieces({ image, target, options, warnings }: PlaceJob, dump: Buffer): PlacedPiece[] {
  const { flashSize, family, calibration, mac } = target;
  if (dump.length !== flashSize) {
    throw wrongImage(
      image,
      `it has ${hex(dump.length)} bytes, but the flash of the chip ${hex(flashSize)}`,
      'Use a dump of this chip, or of one with the same flash size.',
    );
  }
  const replace = options.bootloader === 'replace' && family === 'full';
  if (options.bootloader === 'replace' && !replace) warnings.push(KEPT);
  if (replace && isFilledWith(dump, 0xff, 0, BOOTLOADER_END))
    throw badImage(
      image,
      'the bootloader is to be replaced, but that area of it is blank',
      KEEP_IT,
    );
  const start = replace ? 0 : BOOTLOADER_END;
  const from = (offset: number, end: number): PlacedPiece => ({
    offset,
    bytes: dump.subarray(offset, end),
  });
  const foreign = mac != null && mac !== (image.calibration?.mac ?? null);
  if (calibration == null || calibration < start || !foreign) return [from(start, flashSize)];
  warnings.push(
    `The dump is not of this very chip (its MAC is ${image.calibration?.mac ?? 'not in it'}, this chip's ${mac}): the calibration of the radio and the MAC at ${hex(calibration)} are kept.`,
  );
  return [from(start, calibration), from(calibration + SECTOR, flashSize)].filter(
    (piece) => piece.bytes.length > 0,
  );
}

const KEPT = 'The bootloader is kept: replacing it could end a basic chip for good.';
const KEEP_IT = 'Use an image that holds a bootloader, or set bootloader to keep.';

/** The bootloader of a QIO image, or one alone; none where it is to be kept. */
function bootloaderPieces(
  { image, target, options, warnings }: PlaceJob,
  bytes: Uint8Array,
): PlacedPiece[] {
  const alone = image.kind === 'bootloader';
  const isBasic = target.family === 'basic';
  if (options.bootloader !== 'replace' || isBasic) {
    if (options.bootloader === 'replace' && !alone) warnings.push(KEPT);
    if (!alone) return [];
    throw new BkError(
      'BK_BOOTLOADER_PROTECTED',
      isBasic
        ? `The image is ${image.description}, and that of a basic chip is never written: without it only SPI could bring the chip back. Nothing was changed`
        : `The image is ${image.description}, and the chip's own is to be kept; nothing was changed`,
      {
        address: 0,
        advice: [
          isBasic
            ? 'Use an application image (UA).'
            : 'Set bootloader to replace, if the chip needs one.',
        ],
      },
    );
  }
  const { encryptionKey, chips } = image;
  const given = encryptionKey === 'other' ? 'custom' : encryptionKey;
  if (given !== target.key && !options.anyImage)
    throw wrongImage(
      image,
      'a bootloader is replaced only where the key of the chip is known to fit',
      KEEP_IT,
    );
  if (chips.length === 0) warnings.push('The bootloader does not tell which chip it is for.');
  return [wholeSectors(0, bytes.subarray(0, BOOTLOADER_END))];
}

/** An application begins behind the bootloader; what reaches beyond its slot and is no code stays out. */
function appPiece({ image, target, warnings }: PlaceJob, bytes: Uint8Array): PlacedPiece {
  const slot = slotOf(target, 'app');
  const kept = firstKept(target) - BOOTLOADER_END;
  const room = Math.min(slot?.length ?? kept, kept);
  const code = codeLength(bytes);
  if (code > kept) {
    throw wrongImage(
      image,
      `it has ${hex(code)} bytes of code, and from 0x11000 on there is room for ${hex(kept)}`,
      'Use an image for a chip with this flash size.',
    );
  }
  if (code > room) {
    warnings.push(
      `The application ends at ${hex(BOOTLOADER_END + code)}, behind its slot (${span({ offset: BOOTLOADER_END, length: room })}): it goes over what lies there.`,
    );
    return wholeSectors(BOOTLOADER_END, bytes.subarray(0, code));
  }
  if (bytes.length > room && !isFilledWith(bytes, 0xff, room))
    warnings.push(
      `What the image has for ${hex(BOOTLOADER_END + room)} and later, behind the application slot, is left out.`,
    );
  return wholeSectors(BOOTLOADER_END, bytes.subarray(0, room));
}

/** Bytes up to the end of the code, its header included. */
function codeLength(bytes: Uint8Array): number {
  const [own] = findContainers(bytes);
  if (own !== undefined) return own.offset + RBL_HEADER_ON_FLASH;
  let at = 0;
  let end = 0;
  for (const { state, packets } of packetRuns(bytes)) {
    if (state === 'blank' && packets >= ENOUGH_BLANK) break;
    at += packets * PACKET;
    if (state !== 'blank') end = at;
  }
  return end;
}

function calibrationPiece(
  { image, target, options, warnings }: PlaceJob,
  bytes: Uint8Array,
): PlacedPiece {
  if (options.calibration !== 'replace')
    throw badImage(
      image,
      "the chip's own is to be kept",
      'Ask for it to be replaced, if the chip has lost its own.',
    );
  const mac = image.calibration?.mac ?? null;
  if (mac === null) throw badImage(image, 'there is no MAC in it');
  const usual = layoutOf(target).calibration;
  const offset = target.calibration ?? (usual.length === 1 ? usual[0] : undefined);
  if (target.chip === null || offset === undefined)
    throw wrongImage(image, 'where this chip has its calibration is not known', 'Give its offset.');
  if (offset + SECTOR > target.flashSize)
    throw wrongImage(image, `it belongs to ${hex(offset)}, where this flash has ended`);
  if (target.mac != null && target.mac !== mac)
    warnings.push(
      `The calibration is of another device: the MAC changes from ${target.mac} to ${mac}.`,
    );
  return wholeSectors(offset, bytes.subarray(0, SECTOR));
}
