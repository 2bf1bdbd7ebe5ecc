import { BOOTLOADER_END } from '../../chip/geometry';
import type { DetectedImage } from '../../image/detect/detect';
import { isOnlyFor } from '../../image/detect/image-format';
import type { LoadedImage, Piece, PlaceWish } from '../base/place-types';

/** The image is OpenBeken's firmware, or a dump with it. */
export function isOpenBeken({ project }: Pick<DetectedImage, 'project'>): boolean {
  return project?.startsWith('OpenBK') ?? false;
}

/**
 * Whether the application of the image comes to where it starts from. An update in the download slot becomes the
 * application, too.
 * @param pieces what is to be written of the image
 */
export function bringsApplication(
  { detected }: LoadedImage,
  { offset, skip = 0, part = 'image' }: PlaceWish,
  pieces: readonly Piece[],
): boolean {
  if (!pieces.some((piece) => piece.offset + piece.bytes.length > BOOTLOADER_END)) return false;
  if (typeof offset !== 'number') return part === 'image' || part === 'app';
  if (isOnlyFor(detected, 'app')) return offset === BOOTLOADER_END && skip === 0;
  const beginsAtZero = detected.contents.some((content) =>
    content.to === 'flash' ? content.putRight === null : content.to === 'app',
  );
  return beginsAtZero && offset === skip;
}
