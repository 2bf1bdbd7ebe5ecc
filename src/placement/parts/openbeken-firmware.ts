import { BOOTLOADER_END } from '../../chip/geometry';
import { readApp } from '../../image/code/app';
import { type DetectedImage, isDump } from '../../image/detect/detected';
import { unrotate } from '../../image/detect/dump';
import type { LoadedImage } from '../base/place-types';

/** The image is OpenBeken's firmware. */
export function isOpenBeken({ project }: Pick<DetectedImage, 'project'>): boolean {
  return project?.startsWith('OpenBK') ?? false;
}

/** The same, also of a dump, whose application has to be read for it: in steps, as that takes a while. */
export function* holdsOpenBeken({ bytes, detected }: LoadedImage): Generator<void, boolean> {
  const { kind, key } = detected;
  if (!isDump(detected)) return isOpenBeken(detected);
  if (key === null) return false;
  const flash = kind === 'dump' ? bytes : unrotate(bytes);
  return isOpenBeken(yield* readApp(flash, BOOTLOADER_END, flash.length, key));
}
