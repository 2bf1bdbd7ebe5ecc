import type { ImagePart, LoadedImage, Piece, PlaceOptions } from '../../placement/base/place-types';
import { isOwn, mustBeForChip } from '../../placement/fit/fit';
import { NO_CODE } from '../../placement/fit/fit-evidence';
import { type CodePart, codeOf } from '../../placement/parts/code-of-dump';
import { asDump } from '../../placement/parts/part-of-image';
import { placeConfig } from '../../placement/parts/place-config';
import { storageIn, storagePieces } from '../../placement/parts/place-storage';
import { factsForFit } from '../../placement/place-at-offset';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { calibrationsIn } from '../chip/chip-calibration';
import { placeByKind } from './by-kind';
import { placeCalibration } from './calibration-part';
import { explained, targetOf } from './chip-target';
import { asReadByChip } from './own-image';

/**
 * One part of a dump, put back where it belongs on the connected chip. Files that are that part alone are
 * taken as well.
 * @throws BkError BK_BAD_IMAGE for what the image does not hold, BK_WRONG_IMAGE for another device's,
 *   BK_BOOTLOADER_PROTECTED on a basic chip
 */
export async function placePart(
  context: JobContext,
  given: LoadedImage,
  part: Exclude<ImagePart, 'image'>,
  options: PlaceOptions,
): Promise<Piece[]> {
  const isCode = part === 'app' || part === 'bootloader';
  const image = isCode ? await put(context, given) : asDump(await put(context, given));
  switch (part) {
    case 'app':
    case 'bootloader':
      return placeCode(context, image, part, options);
    case 'rf':
      return placeCalibration(context, image, options);
    case 'tuya':
      return placeStorage(context, image, options);
    case 'openbeken': {
      const target = await targetOf(context, factsForFit(image.detected));
      const { pieces, warnings } = placeConfig(image, target, options);
      context.warnings.push(...warnings);
      return pieces;
    }
  }
}

/** A dump put right, which is said; anything else as it is. */
async function put(context: JobContext, image: LoadedImage): Promise<LoadedImage> {
  if (!('upright' in image.detected)) return image;
  const { upright, putRight } = image.detected;
  context.warnings.push(say('placement.dumpPutRight', { found: putRight }));
  return asReadByChip(context, { bytes: upright.flash, detected: upright });
}

async function placeCode(
  context: JobContext,
  image: LoadedImage,
  part: CodePart,
  { anyImage = false }: PlaceOptions,
): Promise<Piece[]> {
  const { detected } = image;
  const target = await targetOf(context, factsForFit(detected));
  const own = detected.kind === 'dump' && isOwn(detected, target);
  return placeByKind(context, codeOf(image, part, target), {
    // Asking for this part by name is asking for it to be replaced.
    bootloader: part === 'bootloader' ? 'replace' : 'keep',
    anyImage: own || anyImage,
  });
}

async function placeStorage(
  context: JobContext,
  image: LoadedImage,
  options: PlaceOptions,
): Promise<Piece[]> {
  const regions = storageIn(image);
  const { detected } = image;
  const target = await targetOf(context, { calibration: true });
  const notes = explained(context, detected, () =>
    mustBeForChip(detected, target, NO_CODE, options),
  );
  const calibrations = await calibrationsIn(context, regions);
  const { pieces, warnings } = storagePieces(image, regions, calibrations, target);
  context.warnings.push(...notes, ...warnings);
  return pieces;
}
