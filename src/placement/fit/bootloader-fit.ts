import type { Family } from '../../chip/known/chips';
import type { DetectedImage } from '../../image/detect/detect';
import { goesTo, isOnlyFor } from '../../image/detect/image-format';
import { say } from '../../texts/note';
import type { PlaceOptions, PlaceTarget } from '../base/place-types';
import { badImage, wrongImage } from '../base/refusals';

/** The image's bootloader is to go over the chip's; on basic chips it never does. */
export function replacesBootloader(
  image: DetectedImage,
  family: Family,
  { bootloader }: PlaceOptions,
): boolean {
  return bootloader === 'replace' && family === 'full' && goesTo(image, 'flash', 'bootloader');
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
  const alone = isOnlyFor(image, 'bootloader');
  if (bootloader.damaged.length > 0)
    throw badImage(
      image,
      say(alone ? 'placement.damagedBootloader' : 'placement.bootloaderInItDamaged', {
        damage: bootloader.damaged,
      }),
      say('placement.useSoundBootloader'),
    );
  // In front of an application its place tells it, too.
  if (bootloader.told || (!alone && image.code?.app != null)) return;
  throw wrongImage(
    image,
    say('placement.couldBeApplication'),
    say('placement.useTellingBootloader'),
    say('placement.giveAppOffset'),
  );
}
