import type { DetectedImage } from '../image/detect/detected';
import { badImage, type PlaceOptions, type PlaceTarget, wrongImage } from './place-types';

/** Kinds that hold a bootloader. */
const WITH_BOOTLOADER: readonly DetectedImage['kind'][] = [
  'dump',
  'rotated-dump',
  'qio',
  'bootloader',
];
const KEEP = 'Set bootloader to keep, or use an image with a bootloader that is whole.';

/** The image's bootloader is to go over the chip's; on basic chips it never does. */
export function replacesBootloader(
  { kind }: DetectedImage,
  { family }: PlaceTarget,
  { bootloader }: PlaceOptions,
): boolean {
  return bootloader === 'replace' && family === 'full' && WITH_BOOTLOADER.includes(kind);
}

/**
 * A bootloader that is to be written must be one for sure, and whole. What the chip holds already, byte for
 * byte, may be anything: nothing of it changes.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE
 */
export function mustBeSoundBootloader(
  image: DetectedImage,
  { bootloaderCrc = null }: PlaceTarget,
): void {
  const bootloader = image.code?.bootloader ?? null;
  // A blank area is refused where the pieces are made, which knows more of it.
  if (bootloader === null) return;
  if (bootloader.crc !== null && bootloader.crc === bootloaderCrc) return;
  const alone = image.kind === 'bootloader';
  if (bootloader.damaged.length > 0)
    throw badImage(
      image,
      `${alone ? 'it' : 'its bootloader'} is to replace the chip's, but is damaged. ${bootloader.damaged.join(' ')} It was not written`,
      KEEP,
    );
  // In front of an application its place tells it, too.
  if (bootloader.told || (!alone && image.code?.app != null)) return;
  throw wrongImage(
    image,
    'its bytes could be an application as well, and with that at 0x0 the chip would not start',
    'Use a bootloader that tells what it is: one with a header, a name, or a partition table.',
    'If it is an application after all, give 0x11000 as the offset.',
  );
}
