import { isBkError } from '../../errors';
import { type PlaceOptions, placeImage } from '../../image/place';
import type { JobContext } from '../context';
import type { Piece } from '../plan';
import { noteKeys } from './fit';
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
  try {
    const { pieces, warnings } = placeImage(detected, bytes, target, options);
    context.warnings.push(...warnings);
    return pieces;
  } catch (error) {
    if (isBkError(error, 'BK_WRONG_IMAGE')) noteKeys(context, detected);
    throw error;
  }
}
