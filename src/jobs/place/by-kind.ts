import type { DataArea } from '../../chip/chip-model';
import { isDump } from '../../image/detect/image-format';
import type {
  ConnectedTarget,
  LoadedImage,
  Piece,
  PlaceOptions,
} from '../../placement/base/place-types';
import { factsForImage, placeImage } from '../../placement/kinds/place-image';
import {
  calibrationAt,
  configIn,
  dataAreasIn,
  fileIndexToRead,
  mustSpare,
  regionsOf,
  sparing,
} from '../../placement/spare-data';
import type { JobContext } from '../base/job-context';
import { calibrationsIn } from '../chip/chip-calibration';
import { heldConfigInSlots } from '../chip/chip-layout';
import { explained, isBlank, readSectors, targetOf } from './chip-target';

/**
 * Where images of this kind go on the connected chip; what a person should know joins the job's warnings.
 * @throws BkError as `placeImage`, and BK_WRONG_IMAGE for what would go over data of the chip
 */
export async function placeByKind(
  context: JobContext,
  { detected }: LoadedImage,
  options: PlaceOptions,
): Promise<Piece[]> {
  const { family } = context.session.identity;
  const target = await targetOf(context, factsForImage(detected, family, options));
  const { pieces, warnings, foreign } = explained(context, detected, () =>
    placeImage(detected, target, options),
  );
  context.warnings.push(...warnings);
  // The chip's own dump brings its own data.
  if (isDump(detected) && !foreign) return pieces;
  const held = await heldIn(context, target, pieces);
  if (foreign) return sparing(pieces, held);
  mustSpare(held, target);
  return pieces;
}

/** What the chip holds of data where the pieces would go. What is blank is free. */
async function heldIn(
  context: JobContext,
  target: ConnectedTarget,
  pieces: readonly Piece[],
): Promise<DataArea[]> {
  const regions = regionsOf(pieces);
  const held = (await calibrationsIn(context, regions)).map(calibrationAt);
  const config = configIn(target, regions);
  if (config !== null && (await heldConfigInSlots(context)) !== null) held.push(config);
  const index = fileIndexToRead(target, regions);
  const files = index === null ? null : await readSectors(context, index);
  for (const area of dataAreasIn(target, regions, files)) {
    if (!(await isBlank(context, area))) held.push(area);
  }
  return held;
}
