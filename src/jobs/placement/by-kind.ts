import { isBkError } from '../../errors';
import { type Placement, type PlaceOptions, placeImage } from '../../image/place';
import type { JobContext } from '../context';
import type { Piece } from '../plan';
import { noteKeys } from './fit';
import { mustSpareData, sparingData } from './guard';
import type { LoadedImage } from './loaded-image';
import { targetOf } from './target';

/**
 * Where images of this kind go on the connected chip; what a person should know joins the job's warnings.
 * @throws BkError as `placeImage`
 */
export async function placeByKind(
  context: JobContext,
  { bytes, detected }: LoadedImage,
  options: PlaceOptions,
): Promise<Piece[]> {
  const target = await targetOf(context, detected.kind);
  const { pieces, warnings, foreign } = placed(context, detected, () =>
    placeImage(detected, bytes, target, options),
  );
  context.warnings.push(...warnings);
  if (foreign) return sparingData(context, target, pieces);
  const isDump = detected.kind === 'dump' || detected.kind === 'rotated-dump';
  if (!isDump) await mustSpareData(context, target, pieces);
  return pieces;
}

/** What speaks against an image of another key is noted for the diagnosis. */
function placed(
  context: JobContext,
  detected: LoadedImage['detected'],
  place: () => Placement,
): Placement {
  try {
    return place();
  } catch (error) {
    if (isBkError(error, 'BK_WRONG_IMAGE')) noteKeys(context, detected);
    throw error;
  }
}
