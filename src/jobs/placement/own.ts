import { asChipReads } from '../../image/place-dump';
import { lookForCalibration } from '../calibration';
import type { JobContext } from '../context';
import type { LoadedImage } from './loaded-image';

/**
 * A dump with the calibration that the connected chip would find in it: others may lie around. By its MAC the
 * dump is told to be of this very chip or of another one. Any other image as it is.
 */
export async function asReadByChip(
  context: JobContext,
  { bytes, detected }: LoadedImage,
): Promise<LoadedImage> {
  const read = asChipReads(detected, bytes, context.session.identity.chip);
  const { kind, calibration } = read;
  const isDump = kind === 'dump' || kind === 'rotated-dump';
  if (isDump && calibration !== null && bytes.length === context.flash.size)
    await lookForCalibration(context, calibration.offset);
  return { bytes, detected: read };
}
