import { BOOTLOADER_END } from '../../chip/geometry';
import { BkError } from '../../errors';
import type { DetectedImage } from '../../image/detect/detect';
import type { DumpImage } from '../../image/detect/dump-format';
import type { ImageContent } from '../../image/detect/image-format';
import { hasCode } from '../../image/evidence/dump';
import { say } from '../../texts/note';
import { slotOf } from '../base/place-target';
import type { LoadedImage, PlaceTarget } from '../base/place-types';

/** Parts of a dump that are code. */
export type CodePart = 'app' | 'bootloader';

/**
 * Code out of a dump that is not rotated, or an image that is nothing else. Chip and key have to fit as for any
 * image.
 * @throws BkError BK_BAD_IMAGE where the image holds none
 */
export function codeOf(image: LoadedImage, part: CodePart, target: PlaceTarget): LoadedImage {
  const { bytes, detected } = image;
  if (detected.kind === 'dump') {
    mustHoldCode(detected.flash, part);
    return part === 'app' ? appOf(detected, target) : bootloaderOf(detected);
  }
  const content = detected.contents.find(({ to }) => to === part);
  if (content !== undefined)
    return part === 'app' ? image : { bytes, detected: alone(detected, part, content) };
  throw new BkError(
    'BK_BAD_IMAGE',
    say(part === 'app' ? 'placement.noApplication' : 'placement.noBootloader', {
      image: detected.description,
    }),
    { advice: [say('placement.useWholeDump')] },
  );
}

function appOf(dump: DumpImage, target: PlaceTarget): LoadedImage {
  const { flash, partitions } = dump;
  // Where the application ends, the dump itself knows best.
  const slot = slotOf({ ...target, partitions }, 'app');
  const end = slot === null ? flash.length : slot.offset + slot.length;
  const bytes = flash.subarray(BOOTLOADER_END, end);
  return { bytes, detected: alone(dump, 'app', { to: 'app', bytes }) };
}

function bootloaderOf(dump: DumpImage): LoadedImage {
  const bytes = dump.flash.subarray(0, BOOTLOADER_END);
  return { bytes, detected: alone(dump, 'bootloader', { to: 'bootloader', bytes }) };
}

/** What an image tells, of one part of it. */
function alone(image: DetectedImage, kind: CodePart, content: ImageContent): DetectedImage {
  if (image.kind === kind) return image;
  const description = say(kind === 'app' ? 'placement.appOfDump' : 'placement.bootloaderOfImage');
  const { bootloader, app } = 'app' in image ? image : NO_CODE_READ;
  return { ...image, kind, description, contents: [content], bootloader, app };
}

const NO_CODE_READ = { bootloader: null, app: null };

function mustHoldCode(dump: Buffer, part: CodePart): void {
  const isApp = part === 'app';
  if (hasCode(dump, isApp ? BOOTLOADER_END : 0)) return;
  throw new BkError(
    'BK_BAD_IMAGE',
    say(isApp ? 'placement.dumpWithoutApplication' : 'placement.dumpWithoutBootloader'),
    { advice: [say('placement.useOtherDump')] },
  );
}
