import { BOOTLOADER_END } from '../chip/geometry';
import { goesTo, isDump } from '../image/detect/image-format';
import { type Note, say } from '../texts/note';
import type { ConnectedTarget, LoadedImage, Piece } from './base/place-types';

/**
 * What a chip lacks beside an application that is written, so that this does not start, or not as it should.
 * @param pieces what is to be written of the image
 * @param target with the chip's own calibration
 */
export function lackOf(
  { detected }: LoadedImage,
  pieces: readonly Piece[],
  target: ConnectedTarget,
): Note[] {
  const lack: Note[] = [];
  const bringsBootloader = pieces.some(({ offset }) => offset < BOOTLOADER_END);
  if (target.blankBootloader && !bringsBootloader)
    lack.push(
      goesTo(detected, 'bootloader') || detected.code?.bootloader != null
        ? say('placement.replaceWithThis')
        : say('placement.replaceWithOther'),
    );
  // What becomes of a calibration is said of each dump anyway.
  if (target.calibration == null && !isDump(detected))
    lack.push(say('placement.noCalibrationLeft'));
  return lack;
}
