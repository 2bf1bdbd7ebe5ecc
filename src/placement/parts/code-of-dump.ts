import { BOOTLOADER_END } from '../../chip/geometry';
import { BkError } from '../../errors';
import { readPartitions } from '../../image/code/partitions';
import type { DetectedImage } from '../../image/detect/detected';
import { hasCode } from '../../image/detect/dump';
import { say } from '../../texts/note';
import { slotOf } from '../base/place-target';
import type { LoadedImage, PlaceTarget } from '../base/place-types';

/** Parts of a dump that are code. */
export type CodePart = 'app' | 'bootloader';

/** Kinds of images beside dumps that hold the part. */
const ALONE: Readonly<Record<CodePart, readonly DetectedImage['kind'][]>> = {
  app: ['qio', 'app'],
  bootloader: ['qio', 'bootloader'],
};

/**
 * Code out of a dump that is not rotated, or an image that is nothing else. Chip and key have to fit as for any
 * image.
 * @throws BkError BK_BAD_IMAGE where the image holds none
 */
export function codeOf(image: LoadedImage, part: CodePart, target: PlaceTarget): LoadedImage {
  const { bytes, detected } = image;
  if (detected.kind === 'dump') {
    mustHoldCode(bytes, part);
    return part === 'app' ? appOf(image, target) : bootloaderOf(image);
  }
  if (ALONE[part].includes(detected.kind))
    return part === 'app' ? image : { bytes, detected: asBootloader(detected) };
  throw new BkError(
    'BK_BAD_IMAGE',
    say(part === 'app' ? 'placement.noApplication' : 'placement.noBootloader', {
      image: detected.description,
    }),
    { advice: [say('placement.useWholeDump')] },
  );
}

function appOf({ bytes, detected }: LoadedImage, target: PlaceTarget): LoadedImage {
  // Where the application ends, the dump itself knows best.
  const slot = slotOf({ ...target, partitions: readPartitions(bytes) }, 'app');
  const end = slot === null ? bytes.length : slot.offset + slot.length;
  return {
    bytes: bytes.subarray(BOOTLOADER_END, end),
    detected: { ...detected, kind: 'app', description: say('placement.appOfDump') },
  };
}

function bootloaderOf({ bytes, detected }: LoadedImage): LoadedImage {
  return { bytes: bytes.subarray(0, BOOTLOADER_END), detected: asBootloader(detected) };
}

function asBootloader(detected: DetectedImage): DetectedImage {
  const description =
    detected.kind === 'bootloader' ? detected.description : say('placement.bootloaderOfImage');
  return { ...detected, kind: 'bootloader', description };
}

function mustHoldCode(dump: Buffer, part: CodePart): void {
  const isApp = part === 'app';
  if (hasCode(dump, isApp ? BOOTLOADER_END : 0)) return;
  throw new BkError(
    'BK_BAD_IMAGE',
    say(isApp ? 'placement.dumpWithoutApplication' : 'placement.dumpWithoutBootloader'),
    { advice: [say('placement.useOtherDump')] },
  );
}
