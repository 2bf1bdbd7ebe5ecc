import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { calibrationOrder } from '../../chip/known/chip-places';
import type { Region } from '../../chip/layouts';
import { hex } from '../../errors';
import { findCalibration, readCalibration } from '../../image/calibration';
import { isFilledWith } from '../../image/code/packets';
import type { Partition } from '../../image/code/partitions';
import type { DetectedImage } from '../../image/detect/detect';
import { hasCode } from '../../image/evidence/dump';
import { type Note, say } from '../../texts/note';
import { firstKept, isOtherCore, layoutOf, slotOf } from '../base/place-target';
import type { Piece, PlaceJob, PlaceTarget } from '../base/place-types';
import { badImage, wrongImage } from '../base/refusals';
import { isOwn } from '../fit/fit';
import { codeLength, mustHaveRoom } from './place-app';
import { KEPT, mustBeReplaceable } from './place-bootloader';

/** The image with the calibration that its chip would find in it: the chip's own address before any other. */
export function asChipReads(image: DetectedImage, chip: PlaceTarget['chip']): DetectedImage {
  const flash = image.contents.find((content) => content.to === 'flash');
  if (flash === undefined) return image;
  return { ...image, calibration: findCalibration(flash.bytes, calibrationOrder(chip)) };
}

/**
 * The dump of this very chip goes back as a whole. Of any other one only the slots for code do: calibration,
 * storages and settings are another device's.
 * @param job with the image as the chip reads it
 * @throws BkError BK_WRONG_IMAGE, BK_BAD_IMAGE
 */
export function dumpPieces(
  job: PlaceJob,
  { bytes: dump, partitions }: { bytes: Buffer; partitions: readonly Partition[] },
): Piece[] {
  const { image, target, options, warnings } = job;
  if (dump.length !== target.flashSize) {
    throw wrongImage(
      image,
      say('placement.otherFlashSize', { length: hex(dump.length), size: hex(target.flashSize) }),
      say('placement.useSameSize'),
    );
  }
  const replace = options.bootloader === 'replace' && target.family === 'full';
  if (options.bootloader === 'replace' && !replace) warnings.push(KEPT);
  if (replace && isFilledWith(dump, 0xff, 0, BOOTLOADER_END))
    throw badImage(image, say('placement.blankBootloader'), say('placement.useWithBootloader'));
  const start = replace ? 0 : BOOTLOADER_END;
  const all = calibrations(dump, target);
  const whole = { offset: start, length: dump.length - start };
  if (isOwn(image, target)) {
    if (!isOtherCore(target.chip) && !hasCode(dump, BOOTLOADER_END))
      warnings.push(say('placement.ownWithoutApplication'));
    return cutAt(dump, [whole], all, true);
  }
  if (replace) mustBeReplaceable(job);
  warnings.push(whatIsKept(job));
  return cutAt(dump, codeSlots(job, dump, partitions, start), all, false);
}

/** Sectors where the chip or the dump has a calibration. */
function calibrations(dump: Buffer, target: PlaceTarget): number[] {
  const found = new Set(layoutOf(target).calibration);
  for (let at = BOOTLOADER_END; at < dump.length; at += SECTOR) {
    if (readCalibration(dump.subarray(at, at + SECTOR)) !== null) found.add(at);
  }
  return [...found].sort((one, other) => one - other);
}

/**
 * By the dump's own table, which its code goes by, and not over what this chip keeps. One of them has no length, or
 * less, where that leaves nothing of it.
 */
function codeSlots(
  job: PlaceJob,
  dump: Buffer,
  partitions: readonly Partition[],
  start: number,
): Region[] {
  const { target } = job;
  const ofDump = { ...target, partitions };
  const usual = layoutOf(target);
  const behind = Math.min(
    Math.max(firstKept(target), usual.download.offset),
    usual.download.offset + usual.download.length,
  );
  const app = slotOf(ofDump, 'app') ?? usual.app;
  let end = Math.min(app.offset + app.length, dump.length);
  const { length: code, exact } = codeLength(dump.subarray(BOOTLOADER_END));
  if (exact) {
    mustHaveRoom(job, code);
    end = Math.max(end, Math.ceil((BOOTLOADER_END + code) / SECTOR) * SECTOR);
  }
  const download = slotOf(ofDump, 'download') ?? usual.download;
  const from = Math.max(end, download.offset);
  return [
    { offset: start, length: end - start },
    { offset: from, length: Math.min(download.offset + download.length, behind) - from },
  ];
}

/**
 * The bytes for the regions, apart at each of these sectors: nothing that happens to their neighbours, such as
 * the erase of a whole block, touches them then.
 * @param keep whether the sectors themselves are among the pieces
 */
function cutAt(
  dump: Buffer,
  regions: readonly Region[],
  sectors: readonly number[],
  keep: boolean,
): Piece[] {
  const pieces: Piece[] = [];
  const add = (offset: number, end: number) => {
    if (end > offset) pieces.push({ offset, bytes: dump.subarray(offset, end) });
  };
  for (const { offset, length } of regions) {
    const end = offset + length;
    let from = offset;
    for (const sector of sectors) {
      if (sector < from || sector >= end) continue;
      add(from, sector);
      if (keep) add(sector, sector + SECTOR);
      from = sector + SECTOR;
    }
    add(from, end);
  }
  return pieces;
}

function whatIsKept({ image, target }: PlaceJob): Note {
  const given = image.calibration?.mac ?? null;
  if (target.mac != null)
    return say('placement.otherDump', {
      given: given ?? say('placement.macNotInIt'),
      own: target.mac,
    });
  if (given === null) return say('placement.dumpWithoutMacs');
  return say('placement.chipWithoutMac', { given });
}
