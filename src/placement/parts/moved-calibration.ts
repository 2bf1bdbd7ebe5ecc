import { SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';
import { hex } from '../../errors';
import { isDump } from '../../image/detect/image-format';
import { type Note, say } from '../../texts/note';
import { slotOf } from '../base/place-target';
import type { ConnectedTarget, LoadedImage, Piece, PlaceWish } from '../base/place-types';
import { bringsApplication } from './openbeken-firmware';
import { isFreeForCalibration } from './part-of-image';

/**
 * Where OpenBeken's firmware would look for the calibration of the radio, apart from Tuya's place for it. Null where
 * no application is written, or the pieces bring what belongs there.
 * @param pieces what is to be written of the image
 */
export function placeForMoved(
  image: LoadedImage,
  wish: PlaceWish,
  pieces: readonly Piece[],
  chip: ChipName | null,
): number | null {
  const wanted = modelOrUntold(chip).openBeken.places?.calibration ?? null;
  if (wanted === null || !bringsApplication(image, wish, pieces)) return null;
  // Its own dump knows what belongs there; where an update would reach so far, the two are refused together.
  const isBrought = isDump(image.detected) && pieces.some((piece) => holds(piece, wanted));
  return isBrought ? null : wanted;
}

/** A calibration that is copied, so that Tuya's firmware can come back. Flash addresses. */
export interface MovedCalibration {
  from: number;
  to: number;
  warning: Note;
}

/**
 * @param target with the chip's own calibration
 * @returns null where it is in the right place, or the chip has none
 */
export function moveOf(
  { mac, calibration, flashSize }: ConnectedTarget,
  to: number,
): MovedCalibration | null {
  if (calibration == null || mac == null || calibration === to) return null;
  if (to + SECTOR > flashSize) return null;
  const warning = say('placement.calibrationMoved', { offset: hex(to), own: hex(calibration) });
  return { from: calibration, to, warning };
}

/**
 * Whether the place for the copy is free: blank, with a calibration already, or in a slot that updates go to. What else
 * lies there is not overwritten for it.
 * @param target with the chip's own partition table
 * @param sector what lies there
 */
export function isFreeForMove(target: ConnectedTarget, to: number, sector: Buffer): boolean {
  if (isFreeForCalibration(sector)) return true;
  const slot = slotOf(target, 'download');
  return slot !== null && to >= slot.offset && to + SECTOR <= slot.offset + slot.length;
}

/** The copy cannot be made: OpenBeken starts without its calibration. */
export function notMoved({ from, to }: MovedCalibration): Note {
  return say('placement.calibrationNotMoved', { offset: hex(to), own: hex(from) });
}

function holds({ offset, bytes }: Piece, address: number): boolean {
  return offset < address + SECTOR && address < offset + bytes.length;
}
