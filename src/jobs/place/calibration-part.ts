import { readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import type { LoadedImage, Piece, PlaceOptions } from '../../placement/base/place-types';
import { mustBeForChip } from '../../placement/fit/fit';
import { NO_CODE } from '../../placement/fit/fit-evidence';
import { isOpenBeken } from '../../placement/parts/openbeken-firmware';
import {
  APP_START,
  appSample,
  calibrationPieces,
  calibrationPlaces,
  judgeOpenBekensPlace,
  mustBeOfThisDevice,
  mustHoldCalibration,
} from '../../placement/parts/place-calibration';
import type { JobContext } from '../base/job-context';
import { readSector } from '../chip/read-sector';
import { crcOf, explained, isBlank, targetOf } from './chip-target';

/** The calibration of the radio with the MAC: to where the chip has its own, or had it. */
export async function placeCalibration(
  context: JobContext,
  image: LoadedImage,
  options: PlaceOptions,
): Promise<Piece[]> {
  mustHoldCalibration(image);
  const target = await targetOf(context, { calibration: true, partitions: true });
  const { detected } = image;
  const warnings = explained(context, detected, () =>
    mustBeForChip(detected, target, NO_CODE, options),
  );
  context.warnings.push(...warnings);
  mustBeOfThisDevice(image, target, options);
  const { first, openBeken } = calibrationPlaces(image, target);
  const places = new Set(first === null ? [] : [first]);
  if (openBeken !== null) {
    const config = await readSector(context, openBeken.config);
    const isSetUp = readOpenBekenConfig(config, target.chip) !== null;
    const goesAlong =
      first !== null && (await mayBeOpenBekens(context, image, openBeken.calibration));
    if (isSetUp || goesAlong) places.add(openBeken.calibration);
  }
  return calibrationPieces(image, places, target);
}

/**
 * Whether OpenBeken may be on the chip, whose application is too long to be read for this: it is, unless the
 * chip has none, or the one of the dump, which tells.
 */
async function mayBeOpenBekens(
  context: JobContext,
  image: LoadedImage,
  place: number,
): Promise<boolean> {
  if (await isBlank(context, APP_START)) return false;
  const sample = appSample(image);
  if (sample !== null && !isOpenBeken(image.detected)) {
    if ((await crcOf(context, sample)) === sample.crc) return false;
  }
  const { isFree, warning } = judgeOpenBekensPlace(place, await readSector(context, place));
  context.warnings.push(warning);
  return isFree;
}
