import { setImmediate } from 'node:timers/promises';
import { isUint8Array } from 'node:util/types';
import { LARGEST_IMAGE, readImageFile } from '../../backup/image-file';
import { BkError } from '../../errors';
import { type DetectedImage, detectInSteps } from '../../image/detect/detect';
import type { LoadedImage } from '../../placement/base/place-types';
import { mustBeUsable, mustHold } from '../../placement/fit/usable-image';
import {
  mustBeConfig,
  mustGoWith,
  wantedConfig,
} from '../../placement/settings/openbeken-settings';
import { say } from '../../texts/note';
import type { WriteOptions } from '../base/job-types';

/**
 * Loads and recognises the image: everything about it that can be wrong without a chip.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_BAD_SETTING, BK_OUT_OF_RANGE, BK_STORAGE
 */
export async function loadImage(options: WriteOptions): Promise<LoadedImage> {
  const bytes = isUint8Array(options.image)
    ? Buffer.from(options.image) // the flow may change its Buffer while the job runs
    : await readImageFile((options.image as { path: string }).path);
  return asLoaded(bytes, options);
}

/**
 * Recognises the bytes of an image, wherever they come from.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_BAD_SETTING, BK_OUT_OF_RANGE
 */
export async function asLoaded(bytes: Buffer, options: WriteOptions): Promise<LoadedImage> {
  if (bytes.length === 0) {
    throw new BkError('BK_BAD_IMAGE', say('placement.empty'), {
      phase: 'open',
      advice: [say('placement.checkSource')],
    });
  }
  if (bytes.length > LARGEST_IMAGE) {
    throw new BkError('BK_BAD_IMAGE', say('placement.tooLarge', { length: bytes.length }), {
      phase: 'open',
      advice: [say('placement.checkMeant')],
    });
  }
  if (typeof options.offset === 'number') mustHold(bytes.length, options);
  const detected = await recognise(bytes);
  mustBeUsable(detected, options);
  const { openbeken } = options;
  if (openbeken !== undefined)
    mustGoWith(detected, wantedConfig(openbeken), options, backsUp(options));
  return { bytes, detected };
}

/** What can be told to be wrong before the image is known. @throws BkError BK_BAD_SETTING */
export function checkConfig(options: WriteOptions): void {
  const { openbeken } = options;
  if (openbeken !== undefined) mustBeConfig(wantedConfig(openbeken), backsUp(options));
}

function backsUp({ backup }: WriteOptions): boolean {
  return backup !== undefined && backup.mode !== 'never';
}

/**
 * In slices: the flow goes on meanwhile.
 * @param flashSize of the connected chip, bytes, where that is known: a file of this size is a dump
 */
export async function recognise(bytes: Buffer, flashSize?: number): Promise<DetectedImage> {
  const steps = detectInSteps(bytes, flashSize === undefined ? {} : { flashSize });
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await setImmediate();
  }
}
