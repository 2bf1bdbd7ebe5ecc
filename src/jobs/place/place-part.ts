import { BOOTLOADER_END } from '../../chip/geometry';
import { BkError } from '../../errors';
import { readPartitions } from '../../image/code/partitions';
import { type DetectedImage, detectImage } from '../../image/detect/detect';
import { hasCode, unrotate } from '../../image/detect/dump';
import type { LoadedImage } from '../../placement/loaded-image';
import { slotOf } from '../../placement/place-target';
import { say, sentence } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { ImagePart, WriteOptions } from '../base/job-types';
import type { Piece } from '../change/change-plan';
import { placeByKind } from './by-kind';
import { placeCalibration } from './calibration-part';
import { targetOf } from './chip-target';
import { placeConfig } from './config-part';
import { placeStorage } from './data-parts';
import { isOwnDump } from './fit-chip';
import { asReadByChip } from './own-image';

/**
 * One part of a dump, put back where it belongs on the connected chip. Files that are that part alone are
 * taken as well.
 * @throws BkError BK_BAD_IMAGE for what the image does not hold, BK_WRONG_IMAGE for another device's,
 *   BK_BOOTLOADER_PROTECTED on a basic chip
 */
export async function placePart(
  context: JobContext,
  given: LoadedImage,
  part: Exclude<ImagePart, 'image'>,
  options: WriteOptions,
): Promise<Piece[]> {
  const image = await put(context, given);
  switch (part) {
    case 'app':
      return placeCode(context, image, options, ['qio', 'app'], () => appOf(context, image));
    case 'bootloader':
      return placeCode(context, image, options, ['qio', 'bootloader'], () => bootloaderOf(image));
    case 'rf':
      return placeCalibration(context, image, options);
    case 'tuya':
      return placeStorage(context, image, options);
    case 'openbeken':
      return placeConfig(context, image, options);
  }
}

/** A rotated dump put right; anything else as it is. */
async function put(context: JobContext, image: LoadedImage): Promise<LoadedImage> {
  if (image.detected.kind !== 'rotated-dump') return image;
  const bytes = unrotate(image.bytes);
  return asReadByChip(context, { bytes, detected: detectImage(bytes) });
}

/** Code out of a dump, or an image that is nothing else: chip and key have to fit as for any image. */
async function placeCode(
  context: JobContext,
  { bytes, detected }: LoadedImage,
  options: WriteOptions,
  alone: readonly DetectedImage['kind'][],
  ofDump: () => Promise<LoadedImage>,
): Promise<Piece[]> {
  const part = options.part as 'app' | 'bootloader';
  if (detected.kind !== 'dump' && !alone.includes(detected.kind)) {
    throw new BkError(
      'BK_BAD_IMAGE',
      say(part === 'app' ? 'placement.noApplication' : 'placement.noBootloader', {
        image: sentence(detected.description),
      }),
      { advice: [say('placement.useWholeDump')] },
    );
  }
  const own = detected.kind === 'dump' && (await isOwnDump(context, detected));
  const code =
    detected.kind === 'dump'
      ? await ofDump()
      : { bytes, detected: part === 'bootloader' ? asBootloader(detected) : detected };
  return placeByKind(context, code, {
    // Asking for this part by name is asking for it to be replaced.
    bootloader: part === 'bootloader' ? 'replace' : 'keep',
    anyImage: own || (options.anyImage ?? false),
  });
}

async function appOf(context: JobContext, { bytes, detected }: LoadedImage): Promise<LoadedImage> {
  mustHoldCode(bytes, BOOTLOADER_END, 'app');
  // Where the application ends, the dump itself knows best.
  const target = await targetOf(context, 'app');
  const slot = slotOf({ ...target, partitions: readPartitions(bytes) }, 'app');
  const end = slot === null ? bytes.length : slot.offset + slot.length;
  return {
    bytes: bytes.subarray(BOOTLOADER_END, end),
    detected: { ...detected, kind: 'app', description: say('placement.appOfDump') },
  };
}

async function bootloaderOf({ bytes, detected }: LoadedImage): Promise<LoadedImage> {
  mustHoldCode(bytes, 0, 'bootloader');
  return { bytes: bytes.subarray(0, BOOTLOADER_END), detected: asBootloader(detected) };
}

function asBootloader(detected: DetectedImage): DetectedImage {
  const description =
    detected.kind === 'bootloader' ? detected.description : say('placement.bootloaderOfImage');
  return { ...detected, kind: 'bootloader', description };
}

function mustHoldCode(dump: Buffer, offset: number, part: 'app' | 'bootloader'): void {
  if (hasCode(dump, offset)) return;
  const isApp = part === 'app';
  throw new BkError(
    'BK_BAD_IMAGE',
    say(isApp ? 'placement.dumpWithoutApplication' : 'placement.dumpWithoutBootloader'),
    { advice: [say('placement.useOtherDump')] },
  );
}
