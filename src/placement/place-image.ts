import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import { hex } from '../errors';
import { readTuyaUg } from '../image/containers/ug';
import { type DetectedImage, isDump } from '../image/detect/detected';
import { unrotate } from '../image/detect/dump';
import type { Said } from '../texts/note';
import { isOwn } from './fit';
import { appPiece } from './place-app';
import { bootloaderPieces } from './place-bootloader';
import { asChipReads, dumpPieces } from './place-dump';
import { uf2Pieces, updatePiece } from './place-files';
import {
  badImage,
  layoutOf,
  mustFit,
  type PlacedPiece,
  type PlaceJob,
  type PlaceOptions,
  type PlaceTarget,
  wholeSectors,
  wrongImage,
} from './place-target';

export type { PlacedPiece, PlaceOptions, PlaceTarget } from './place-target';

export interface Placement {
  /** By offset; they neither touch the same sector twice nor overlap. */
  pieces: PlacedPiece[];
  warnings: Said[];
  /** It is a dump, and not known to be of this very chip. */
  foreign: boolean;
}

/**
 * Where an image goes on a chip. The bootloader is kept unless it is to be replaced on a full chip, and
 * nothing goes over the calibration of the radio but a calibration sector that was asked for, or the
 * chip's own dump. Of another device's dump only the slots for code are taken.
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
  const warnings: Said[] = [];
  const read = asChipReads(image, bytes, target.chip);
  mustFit(read, target, options, warnings);
  const job: PlaceJob = { image: read, target, options, warnings };
  const pieces = piecesOf(job, bytes).sort((one, other) => one.offset - other.offset);
  return { pieces, warnings, foreign: isDump(read) && !isOwn(read, target) };
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
