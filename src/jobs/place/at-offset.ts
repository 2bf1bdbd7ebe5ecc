import { isOtherCore } from '../../placement/base/place-target';
import type { LoadedImage, Piece, PlaceWish } from '../../placement/base/place-types';
import { mustBeSoundBootloader } from '../../placement/fit/bootloader-fit';
import { mustBeForChip } from '../../placement/fit/fit';
import {
  factsForBootloader,
  factsForFit,
  factsForUpdate,
  mustSpareApp,
  mustSpareBootloader,
  mustSuitOtherCore,
  partsIn,
  pieceOf,
  sliceOf,
} from '../../placement/place-at-offset';
import { type JobContext, mustFitFlash } from '../base/job-context';
import { explained, targetOf } from './chip-target';

/**
 * With a numeric offset the bytes go there as they are, but for an image that is another chip's, and for
 * what can be of no use there.
 * @throws BkError BK_OUT_OF_RANGE, BK_WRONG_IMAGE, BK_BAD_IMAGE, BK_BOOTLOADER_PROTECTED
 */
export async function placeAtOffset(
  context: JobContext,
  image: LoadedImage,
  offset: number,
  wish: PlaceWish,
): Promise<Piece[]> {
  const { detected } = image;
  const slice = sliceOf(image, offset, wish);
  const target = await targetOf(context, factsForFit(detected));
  const warnings = isOtherCore(target.chip)
    ? mustSuitOtherCore(detected, target, wish)
    : explained(context, detected, () =>
        mustBeForChip(detected, target, partsIn(detected, slice), wish),
      );
  context.warnings.push(...warnings);
  const update = factsForUpdate(detected, target);
  if (update !== null) mustSpareApp(detected, slice, await targetOf(context, update));
  mustFitFlash(context, slice.offset, slice.length);
  mustSpareBootloader(slice, target, wish);
  const bootloader = factsForBootloader(detected, slice, target, wish);
  if (bootloader !== null) mustBeSoundBootloader(detected, await targetOf(context, bootloader));
  return [pieceOf(image, slice)];
}
