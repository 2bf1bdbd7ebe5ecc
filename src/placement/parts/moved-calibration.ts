import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';
import { hex } from '../../errors';
import { isDump, isOnlyFor } from '../../image/detect/image-format';
import { type Note, say } from '../../texts/note';
import type { ConnectedTarget, LoadedImage, Piece, PlaceWish } from '../base/place-types';

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
  if (wanted === null || !bringsFirmware(image, wish) || !pieces.some(bringsApplication))
    return null;
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
export function moveOf({ mac, calibration }: ConnectedTarget, to: number): MovedCalibration | null {
  if (calibration == null || mac == null || calibration === to) return null;
  const warning = say('placement.calibrationMoved', { offset: hex(to), own: hex(calibration) });
  return { from: calibration, to, warning };
}

/** The application of the image comes to where it starts from. */
function bringsFirmware({ detected }: LoadedImage, wish: PlaceWish): boolean {
  const { offset, skip = 0, part = 'image' } = wish;
  if (typeof offset !== 'number') return part === 'image' || part === 'app';
  if (isOnlyFor(detected, 'app')) return offset === BOOTLOADER_END && skip === 0;
  const beginsAtZero = detected.contents.some((content) =>
    content.to === 'flash' ? content.putRight === null : content.to === 'app',
  );
  return beginsAtZero && offset === skip;
}

/** An update in the download slot becomes the application, too. */
function bringsApplication({ offset }: Piece): boolean {
  return offset >= BOOTLOADER_END;
}

function holds({ offset, bytes }: Piece, address: number): boolean {
  return offset < address + SECTOR && address < offset + bytes.length;
}
