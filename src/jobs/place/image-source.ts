import { isUint8Array } from 'node:util/types';
import type { LoadedImage } from '../../placement/base/place-types';
import type { Web } from '../../releases/web';
import type { WriteOptions } from '../base/job-types';
import type { LateImage } from '../base/late-image';
import { loadImage } from './load-image';
import { releaseImage } from './release-image';

/**
 * The image that a job is to write; or, where the chip has a say in which it is, how it will be found.
 * @throws BkError as `loadImage` and `releaseImage` do
 */
export async function prepareImage(
  options: WriteOptions,
  world: { web: Web; now: () => Date },
  signal: AbortSignal | undefined,
): Promise<LoadedImage | LateImage> {
  const { image } = options;
  if (!isUint8Array(image) && 'release' in image)
    return releaseImage(options, image, world, signal);
  return loadImage(options);
}
