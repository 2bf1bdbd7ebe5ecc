import type { DetectedImage } from '../image/detect/detect';

/** An image and what it was recognised as. */
export interface LoadedImage {
  bytes: Buffer;
  detected: DetectedImage;
}
