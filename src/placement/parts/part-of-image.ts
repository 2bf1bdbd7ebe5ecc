import { SECTOR } from '../../chip/geometry';
import { BkError } from '../../errors';
import { readCalibration } from '../../image/calibration';
import { say } from '../../texts/note';
import type { LoadedImage } from '../base/place-types';

/** One sector, filled up with FF; of a calibration only what it says that it holds. */
export function sectorAt({ bytes, detected }: LoadedImage, offset: number): Buffer {
  const sector = Buffer.alloc(SECTOR, 0xff);
  const held = bytes.subarray(offset, offset + SECTOR);
  const length = detected.kind === 'calibration' ? detected.sector.length : undefined;
  held.copy(sector, 0, 0, length);
  return sector;
}

/** A sector that a calibration may go to: blank, or one already. */
export function isFreeForCalibration(sector: Buffer): boolean {
  return readCalibration(sector) !== null || sector.every((byte) => byte === 0xff);
}

/** The image does not hold the part that is to be written. */
export function missing(
  { detected }: LoadedImage,
  text: 'placement.noCalibrationInIt' | 'placement.noStorageInIt' | 'placement.noConfigInIt',
): BkError {
  return new BkError('BK_BAD_IMAGE', say(text, { image: detected.description }), {
    advice: [say('placement.useEarlierDump')],
  });
}
