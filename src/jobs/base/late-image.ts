import type { LoadedImage } from '../../placement/base/place-types';
import type { JobContext } from './job-context';
import type { WriteOptions, WriteSummary } from './job-types';

/** An image that only the connected chip decides about. */
export interface LateImage {
  /** Finds it for the chip. Changes nothing on it. @throws BkError as the source has it */
  load(context: JobContext): Promise<ChosenImage>;
}

export interface ChosenImage {
  image: LoadedImage;
  /** What the result says of where it comes from. */
  told: Pick<WriteSummary, 'release' | 'restored'>;
  /** What the chip's state asks for beside what a person wants. */
  wish?: Pick<WriteOptions, 'bootloader'>;
}

export function isLate(image: LoadedImage | LateImage): image is LateImage {
  return 'load' in image;
}
