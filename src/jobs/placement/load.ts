import { setImmediate } from 'node:timers/promises';
import { isUint8Array } from 'node:util/types';
import { LARGEST_IMAGE, readImageFile } from '../../backup/image-file';
import { BkError } from '../../errors';
import { type DetectedImage, detectInSteps, type ImageKind } from '../../image/detect';
import type { WriteOptions } from '../types';
import { mustHold } from './at-offset';
import type { LoadedImage } from './loaded-image';
import { checkOpenBeken } from './openbeken';

/** Kinds that tell where they belong. */
const PLACED: readonly ImageKind[] = [
  'dump',
  'rotated-dump',
  'qio',
  'app',
  'bootloader',
  'rbl',
  'tuya-ug',
  'uf2',
];
/** Code of other makers' chips: the file is good, but not for this one. */
const FOREIGN: readonly ImageKind[] = ['esp', 'other-chip'];

/**
 * Loads and recognises the image: everything about it that can be wrong without a chip.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_BAD_SETTING, BK_OUT_OF_RANGE, BK_STORAGE
 */
export async function loadImage(options: WriteOptions): Promise<LoadedImage> {
  const { offset, part = 'image' } = options;
  const bytes = isUint8Array(options.image)
    ? Buffer.from(options.image) // the flow may change its Buffer while the job runs
    : await readImageFile(options.image.path);
  if (bytes.length === 0) {
    throw new BkError('BK_BAD_IMAGE', 'The image is empty (0 bytes); nothing was changed', {
      phase: 'open',
      advice: ['Check where the image comes from: a read or a download may have failed.'],
    });
  }
  if (bytes.length > LARGEST_IMAGE) {
    throw new BkError(
      'BK_BAD_IMAGE',
      `The image has ${bytes.length} bytes, more than any flash of these chips; nothing was changed`,
      { phase: 'open', advice: ['Check that this is the image that was meant.'] },
    );
  }
  if (typeof offset === 'number') mustHold(bytes.length, options);
  const detected = await recognise(bytes);
  if (typeof offset !== 'number' && part === 'image') mustTellItsPlace(detected);
  const image = { bytes, detected };
  checkOpenBeken(options, image);
  return image;
}

/** In slices: the flow goes on meanwhile. */
async function recognise(bytes: Buffer): Promise<DetectedImage> {
  const steps = detectInSteps(bytes);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await setImmediate();
  }
}

function mustTellItsPlace({ kind, description, damaged, advice }: DetectedImage): void {
  if (!PLACED.includes(kind)) {
    const foreign = FOREIGN.includes(kind);
    throw new BkError(
      foreign ? 'BK_WRONG_IMAGE' : 'BK_BAD_IMAGE',
      foreign
        ? `The image is ${description}, for a chip of another make; nothing was changed`
        : `The image is ${description}, and where that belongs cannot be told without an offset. Nothing was changed`,
      { advice: [...advice, ...(HELP[kind] ?? [])] },
    );
  }
  if (damaged.length === 0 || kind === 'dump' || kind === 'rotated-dump') return;
  throw new BkError(
    'BK_BAD_IMAGE',
    `The image is ${description}, and it is damaged. ${damaged.join(' ')} Nothing was changed`,
    { advice: ['Download or build the file again.'] },
  );
}

const HELP: Partial<Record<ImageKind, string[]>> = {
  calibration: ['Set the part to rf to put it back.'],
  'openbeken-config': ['Set the part to openbeken to put it back.'],
};
