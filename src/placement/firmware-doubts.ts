import { BOOTLOADER_END } from '../chip/geometry';
import { modelOrUntold } from '../chip/known/chip-places';
import { hex } from '../errors';
import { readPartitions } from '../image/code/partitions';
import { goesTo, isDump } from '../image/detect/image-format';
import { type Note, say } from '../texts/note';
import { span } from './base/pieces';
import { slotInTable } from './base/place-target';
import type { ConnectedTarget, LoadedImage, Piece } from './base/place-types';
import { nameOf } from './base/refusals';
import { isOwn } from './fit/fit';
import { isOpenBeken } from './parts/openbeken-firmware';

/**
 * Why firmware that is written to a chip does not start there, or not do all that it should.
 * @param pieces what is to be written of the image
 * @param target with the chip's own calibration and partition table
 */
export function firmwareDoubts(
  image: LoadedImage,
  pieces: readonly Piece[],
  target: ConnectedTarget,
): Note[] {
  const { detected } = image;
  const doubts: Note[] = [];
  const bringsBootloader = pieces.some(({ offset }) => offset < BOOTLOADER_END);
  if (target.blankBootloader && !bringsBootloader)
    doubts.push(
      goesTo(detected, 'bootloader') || detected.code?.bootloader != null
        ? say('placement.replaceWithThis')
        : say('placement.replaceWithOther'),
    );
  // What becomes of a calibration is said of each dump anyway.
  if (target.calibration == null && !isDump(detected))
    doubts.push(say('placement.noCalibrationLeft'));
  // The chip's own dump is how the chip was.
  if (isOpenBeken(detected) && !isOwn(detected, target))
    doubts.push(...doubtsOfUpdates(image, pieces, target));
  return doubts;
}

/**
 * OpenBeken has one place for its own updates, whatever the bootloader's table says: where that has the download slot
 * elsewhere, they are never installed. The table of a bootloader among the pieces outranks the chip's.
 */
function doubtsOfUpdates(
  { detected }: LoadedImage,
  pieces: readonly Piece[],
  target: ConnectedTarget,
): Note[] {
  const own = modelOrUntold(target.chip).openBeken.places?.download;
  const bootloader = pieces.find(({ offset }) => offset === 0);
  const partitions =
    bootloader === undefined ? target.partitions : readPartitions(bootloader.bytes);
  const slot = slotInTable({ partitions, flashSize: target.flashSize }, 'download');
  if (own === undefined || slot === null || slot.offset === own) return [];
  const facts = { chip: nameOf(target), own: hex(own), slot: span(slot) };
  if (target.family === 'basic' || bootloader !== undefined)
    return [say('placement.updatesNotInstalled', facts)];
  return [
    goesTo(detected, 'bootloader')
      ? say('placement.updatesNeedThisBootloader', facts)
      : say('placement.updatesNeedBootloader', facts),
  ];
}
