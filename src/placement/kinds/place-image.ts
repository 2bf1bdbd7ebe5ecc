import type { Family } from '../../chip/known/chips';
import { type DetectedImage, factsOf } from '../../image/detect/detect';
import { type ImageContent, isDump } from '../../image/detect/image-format';
import { type Note, say } from '../../texts/note';
import type {
  FactsToAsk,
  Piece,
  Placed,
  PlaceJob,
  PlaceOptions,
  PlaceTarget,
} from '../base/place-types';
import { badImage, wrongImage } from '../base/refusals';
import { replacesBootloader } from '../fit/bootloader-fit';
import { isOwn, mustFit } from '../fit/fit';
import { appPiece } from './place-app';
import { bootloaderPieces } from './place-bootloader';
import { asChipReads, dumpPieces } from './place-dump';
import { uf2Pieces, updatePiece } from './place-files';

/** The pieces are whole sectors, by offset; they neither touch the same sector twice nor overlap. */
export interface Placement extends Placed {
  /** It is a dump, and not known to be of this very chip. */
  foreign: boolean;
}

/** What has to be read of a chip of this family before the image is placed on it. */
export function factsForImage(
  image: DetectedImage,
  family: Family,
  options: PlaceOptions,
): FactsToAsk {
  return {
    calibration: true,
    // The chip's own table knows where its slots are, and what lies behind them.
    partitions: true,
    bootloaderCrc: replacesBootloader(image, family, options),
  };
}

/**
 * Where an image goes on a chip. The bootloader is kept unless it is to be replaced on a full chip, and
 * nothing goes over the calibration of the radio but the chip's own dump. Of another device's dump only the
 * slots for code are taken.
 * @throws BkError BK_BAD_IMAGE for what can go to no chip or is damaged, BK_WRONG_IMAGE for what is for
 *   another chip, key or flash, BK_BOOTLOADER_PROTECTED for a bootloader that is not to be replaced
 */
export function placeImage(
  image: DetectedImage,
  target: PlaceTarget,
  options: PlaceOptions = {},
): Placement {
  const warnings: Note[] = [];
  const read = asChipReads(image, target.chip);
  mustFit(read, target, options, warnings);
  const job: PlaceJob = { image: read, target, options, warnings };
  const pieces = piecesOf(job).sort((one, other) => one.offset - other.offset);
  return { pieces, warnings, foreign: isDump(read) && !isOwn(read, target) };
}

function piecesOf(job: PlaceJob): Piece[] {
  const { image } = job;
  if (image.contents.length > 0) return image.contents.flatMap((content) => placed(job, content));
  throw factsOf(image).nature === 'other-make'
    ? wrongImage(image, say('placement.isOtherMake'), ...image.advice)
    : badImage(image, say('placement.notAsItIs'), ...image.advice);
}

function placed(job: PlaceJob, content: ImageContent): Piece[] {
  switch (content.to) {
    case 'flash':
      if (content.putRight !== null)
        job.warnings.push(say('placement.dumpPutRight', { found: content.putRight }));
      return dumpPieces(job, content);
    case 'bootloader':
      return bootloaderPieces(job, content.bytes);
    case 'app':
      return [appPiece(job, content.bytes)];
    case 'download':
      return [updatePiece(job, content)];
    case 'partitions':
      return uf2Pieces(job, content.file);
  }
}
