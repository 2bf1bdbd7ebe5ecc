import { type DetectedImage, detectInSteps } from '../../src/image/detect/detect';
import type { DetectOptions } from '../../src/image/detect/image-format';
import { drained } from './drained';

/** What an image is, at one go. */
export function detectImage(bytes: Uint8Array, options: DetectOptions = {}): DetectedImage {
  return drained(detectInSteps(bytes, options));
}
