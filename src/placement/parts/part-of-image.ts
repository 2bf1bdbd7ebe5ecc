import { SECTOR } from '../../chip/geometry';
import { BkError } from '../../errors';
import { readCalibration } from '../../image/calibration';
import type { DumpImage } from '../../image/detect/dump-format';
import { findPartialDump } from '../../image/evidence/partial-dump';
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

/**
 * A part of a flash as a dump of all of it, so that data of the device can be found there; any other image as it is.
 */
export function asDump(image: LoadedImage): LoadedImage {
  const { bytes, detected } = image;
  const part = findPartialDump(bytes, detected);
  if (part === null) return image;
  const { start, end, flash, calibration } = part;
  const { bootloader, app } = 'app' in detected ? detected : { bootloader: null, app: null };
  const partitions = bootloader?.partitions ?? [];
  const dump: DumpImage = {
    ...detected,
    kind: 'dump',
    calibration,
    contents: [{ to: 'flash', bytes: flash, partitions, putRight: null }],
    flash,
    partitions,
    bootloader,
    app,
  };
  return { bytes: flash, detected: dump, given: { offset: start, length: end - start } };
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
