import { setImmediate } from 'node:timers/promises';
import { readImageFile } from '../../backup/image-file';
import { BkError } from '../../errors';
import { type DetectedImage, detectInSteps, type ImageKind } from '../../image/detect';
import type { WriteOptions } from '../types';
import { mustBeOneOf } from '../words';
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
  mustBeOneOf('part', options.part, ['image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader']);
  mustBeOneOf('unchanged', options.unchanged, ['skip', 'rewrite']);
  mustBeOneOf('bootloader', options.bootloader, ['keep', 'replace']);
  mustBeOneOf('backup.mode', options.backup?.mode, ['once', 'always', 'never']);
  const { offset, part = 'image' } = options;
  if (typeof offset === 'number' && !(Number.isInteger(offset) && offset >= 0)) {
    throw new BkError('BK_OUT_OF_RANGE', `The offset ${offset} is not a whole number of bytes`);
  }
  if (typeof offset === 'number' && part !== 'image') {
    throw new BkError(
      'BK_BAD_SETTING',
      `The part ${part} goes where it belongs, but the offset is set to ${offset}; nothing was changed`,
      { advice: ['Set the offset to auto, or the part to image.'] },
    );
  }
  const bytes = Buffer.isBuffer(options.image)
    ? Buffer.from(options.image) // the flow may change its Buffer while the job runs
    : await readImageFile(options.image.path);
  if (bytes.length === 0) {
    throw new BkError('BK_BAD_IMAGE', 'The image is empty (0 bytes); nothing was changed');
  }
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
