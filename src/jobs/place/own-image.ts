import { isUsualDumpSize } from '../../image/evidence/dump';
import type { LoadedImage } from '../../placement/base/place-types';
import { asChipReads } from '../../placement/kinds/place-dump';
import type { JobContext } from '../base/job-context';
import { lookForCalibration } from '../chip/chip-calibration';
import { recognise } from './load-image';

/**
 * What an image is on the connected chip: a file of its flash's very size is a dump, also where that size is
 * not one that dumps usually have. What is odd about it is said.
 */
export async function asSizedForChip(
  context: JobContext,
  image: LoadedImage,
): Promise<LoadedImage> {
  const { bytes } = image;
  const { size } = context.flash;
  const isTold = bytes.length !== size || isUsualDumpSize(size);
  const detected = isTold ? image.detected : await recognise(bytes, size);
  context.warnings.push(...detected.doubts);
  return { bytes, detected };
}

/**
 * A dump with the calibration that the connected chip would find in it: others may lie around. By its MAC the
 * dump is told to be of this very chip or of another one. Any other image as it is.
 */
export async function asReadByChip(
  context: JobContext,
  { bytes, detected }: LoadedImage,
): Promise<LoadedImage> {
  const read = asChipReads(detected, context.session.identity.chip);
  const { calibration, contents } = read;
  const flash = contents.find(({ to }) => to === 'flash');
  const isAsLong = flash?.to === 'flash' && flash.bytes.length === context.flash.size;
  if (isAsLong && calibration !== null) await lookForCalibration(context, calibration.offset);
  return { bytes, detected: read };
}
