import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';
import { BkError, hex } from '../errors';
import type { DetectedImage } from '../image/detect/detect';
import { goesTo } from '../image/detect/image-format';
import type { CodeEvidence } from '../image/evidence/code-evidence';
import { anyOf, type Note, say } from '../texts/note';
import { isOtherCore, slotOf } from './base/place-target';
import type {
  ConnectedTarget,
  FactsToAsk,
  LoadedImage,
  Piece,
  PlaceOptions,
  PlaceWish,
} from './base/place-types';
import { ALL_THE_SAME, nameOf, untried, wrongImage } from './base/refusals';
import { isOwn } from './fit/fit';
import type { CodeParts } from './fit/fit-evidence';

/** Which bytes of an image go where. */
export interface Slice {
  /** Flash address, bytes. */
  offset: number;
  /** Bytes that are left out at the image's beginning. */
  skip: number;
  length: number;
}

/** The bytes that are wanted at an offset: all but those that are left out. */
export function sliceOf({ bytes }: LoadedImage, offset: number, wish: PlaceWish): Slice {
  const { skip = 0, length = bytes.length - skip } = wish;
  return { offset, skip, length };
}

export function pieceOf({ bytes }: LoadedImage, { offset, skip, length }: Slice): Piece {
  return { offset, bytes: bytes.subarray(skip, skip + length) };
}

/** What has to be read of a chip before code that is written there by its offset can be compared with it. */
export function factsForFit({ calibration }: DetectedImage): FactsToAsk {
  return { calibration: calibration?.mac != null };
}

/** The same for an update, whose slot the chip's own table knows; null for any other image. */
export function factsForUpdate(image: DetectedImage, { chip }: ConnectedTarget): FactsToAsk | null {
  const isUpdate = goesTo(image, 'download') && !isOtherCore(chip);
  return isUpdate ? { calibration: true, partitions: true } : null;
}

/** Of an image that holds code, which of it is to be written. Any other image counts as an application. */
export function partsIn({ code }: DetectedImage, { skip, length }: Slice): CodeParts {
  const inside = (part: CodeEvidence | null): boolean =>
    part !== null && part.offset < skip + length && skip < part.offset + part.length;
  if (code === undefined) return { app: true, bootloader: false };
  return { app: inside(code.app), bootloader: inside(code.bootloader) };
}

/**
 * Nothing was ever tried on chips with another core: what is recognised is not for them, unless it is their own.
 * @returns warnings
 * @throws BkError BK_WRONG_IMAGE
 */
export function mustSuitOtherCore(
  image: DetectedImage,
  target: ConnectedTarget,
  { anyImage }: PlaceOptions,
): Note[] {
  // What tells its place is for chips with the usual core, and a dump is for one chip in any case.
  if (image.contents.length === 0 || anyImage || isOwn(image, target)) return [untried(target)];
  const { port } = target;
  const chip = nameOf(target);
  const { chips } = image;
  throw wrongImage(
    image,
    chips.length === 0
      ? say('placement.forSomeOtherCore', { port, chip })
      : say('placement.forOtherCore', { chips: anyOf(chips), port, chip }),
    say('placement.useBackupOrFirmware', { chip }),
    ALL_THE_SAME,
  );
}

/**
 * An update file in the place of the application would end the device's firmware.
 * @param target with the chip's own partition table
 * @throws BkError BK_WRONG_IMAGE
 */
export function mustSpareApp(
  image: DetectedImage,
  { offset, length }: Slice,
  target: ConnectedTarget,
): void {
  const download = slotOf(target, 'download');
  const end = endOfApp(slotOf(target, 'app'), download);
  if (offset >= end || offset + length <= BOOTLOADER_END) return;
  throw wrongImage(
    image,
    download === null
      ? say('placement.updateAsApp', { offset: hex(offset) })
      : say('placement.updateAsAppOf', { offset: hex(offset), slot: hex(download.offset) }),
    say('placement.autoForDownload'),
  );
}

/** Where no slot is known, its first sector is the application's at least: it begins there on every such chip. */
function endOfApp(app: Region | null, download: Region | null): number {
  if (app === null) return download?.offset ?? BOOTLOADER_END + SECTOR;
  return Math.min(app.offset + app.length, download?.offset ?? Number.POSITIVE_INFINITY);
}

/** @throws BkError BK_BOOTLOADER_PROTECTED unless the bootloader is to be replaced, on a full chip */
export function mustSpareBootloader(
  { offset }: Slice,
  { port, family }: ConnectedTarget,
  { bootloader }: PlaceOptions,
): void {
  if (offset >= BOOTLOADER_END) return;
  const isBasic = family === 'basic';
  if (!isBasic && bootloader === 'replace') return;
  throw new BkError(
    'BK_BOOTLOADER_PROTECTED',
    say(isBasic ? 'placement.intoBasicBootloader' : 'placement.intoBootloader', {
      offset: hex(offset),
      port,
    }),
    {
      address: offset,
      advice: [say(isBasic ? 'placement.writeBehindBootloader' : 'placement.writeBehindOrReplace')],
    },
  );
}

/**
 * Below 0x11000 only a whole bootloader may go: half of one, or anything else, does not start.
 * @returns what has to be read of the chip to judge the bootloader; null where none is written
 * @throws BkError BK_WRONG_IMAGE
 */
export function factsForBootloader(
  image: DetectedImage,
  { offset, skip, length }: Slice,
  { port }: ConnectedTarget,
  { anyImage }: PlaceOptions,
): FactsToAsk | null {
  if (offset >= BOOTLOADER_END || anyImage) return null;
  const bootloader = image.code?.bootloader ?? null;
  const isWhole =
    bootloader !== null &&
    offset === 0 &&
    skip === bootloader.offset &&
    length >= bootloader.length;
  if (isWhole) return { bootloaderCrc: true };
  throw wrongImage(
    image,
    say('placement.noWholeBootloader', { offset: hex(offset), port }),
    say('placement.autoAndReplace'),
    say('placement.bytesAllTheSame'),
  );
}
