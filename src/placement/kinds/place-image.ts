import { BOOTLOADER_END } from '../../chip/geometry';
import type { Family } from '../../chip/known/chips';
import { readTuyaUg } from '../../image/containers/ug';
import type { ImageKind } from '../../image/detect/detected';
import { type DetectedImage, isDump } from '../../image/detect/detected';
import { unrotate } from '../../image/detect/dump';
import { type Note, say } from '../../texts/note';
import type {
  FactsToAsk,
  Piece,
  Placed,
  PlaceJob,
  PlaceOptions,
  PlaceTarget,
} from '../base/place-types';
import { badImage, wrongImage } from '../base/refusals';
import { replacesBootloader } from '../fit/bootloader-fit';
import { isOwn, mustFit } from '../fit/fit';
import { appPiece } from './place-app';
import { bootloaderPieces } from './place-bootloader';
import { asChipReads, dumpPieces } from './place-dump';
import { uf2Pieces, updatePiece } from './place-files';

/** The pieces are whole sectors, by offset; they neither touch the same sector twice nor overlap. */
export interface Placement extends Placed {
  /** It is a dump, and not known to be of this very chip. */
  foreign: boolean;
}

/** Kinds whose place the partition table of the chip decides. */
const BY_TABLE: readonly ImageKind[] = ['rbl', 'tuya-ug'];

/** What has to be read of a chip of this family before the image is placed on it. */
export function factsForImage(
  image: DetectedImage,
  family: Family,
  options: PlaceOptions,
): FactsToAsk {
  return {
    calibration: true,
    partitions: BY_TABLE.includes(image.kind),
    bootloaderCrc: replacesBootloader(image, family, options),
  };
}

/**
 * Where an image goes on a chip. The bootloader is kept unless it is to be replaced on a full chip, and
 * nothing goes over the calibration of the radio but the chip's own dump. Of another device's dump only the
 * slots for code are taken.
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
  const warnings: Note[] = [];
  const read = asChipReads(image, bytes, target.chip);
  mustFit(read, target, options, warnings);
  const job: PlaceJob = { image: read, target, options, warnings };
  const pieces = piecesOf(job, bytes).sort((one, other) => one.offset - other.offset);
  return { pieces, warnings, foreign: isDump(read) && !isOwn(read, target) };
}

function piecesOf(job: PlaceJob, bytes: Uint8Array): Piece[] {
  const { image, warnings } = job;
  switch (image.kind) {
    case 'rotated-dump':
      warnings.push(say('placement.rotatedDump'));
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
    case 'esp':
    case 'other-chip':
      throw wrongImage(image, say('placement.isOtherMake'), ...image.advice);
    default:
      throw badImage(image, say('placement.notAsItIs'), ...image.advice);
  }
}
