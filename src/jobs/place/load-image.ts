import { setImmediate } from 'node:timers/promises';
import { isUint8Array } from 'node:util/types';
import { LARGEST_IMAGE, readImageFile } from '../../backup/image-file';
import { BkError } from '../../errors';
import { type DetectedImage, detectInSteps, type ImageKind } from '../../image/detect/detect';
import { isDump } from '../../image/detect/detected';
import type { LoadedImage } from '../../placement/loaded-image';
import { type Note, say, sentence } from '../../texts/note';
import type { WriteOptions } from '../base/job-types';
import { mustHold } from './at-offset';
import { checkOpenBeken } from './plan-config';

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
/** Kinds that may be right at an offset that somebody knows. */
const AT_AN_OFFSET: readonly ImageKind[] = [
  'unknown',
  'packets',
  'calibration',
  'openbeken-config',
  'tuya-storage',
];
/** Code of other makers' chips: the file is good, but not for this one. */
const OTHER_MAKE: readonly ImageKind[] = ['esp', 'other-chip'];
/** What no flash of these chips holds, at any offset. */
const NO_FIRMWARE: readonly ImageKind[] = ['html', 'text', 'gzip', 'archive', 'elf'];
/** What lies on flash in another form than this file has. */
const NOT_AS_IT_IS: readonly ImageKind[] = ['uf2', 'raw', 'stripped'];

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
  if (typeof offset === 'number') mustHold(bytes.length, options);
  const detected = await recognise(bytes);
  if (typeof offset !== 'number' || !options.anyImage) mustBeFirmware(detected);
  if (typeof offset === 'number' && !options.anyImage) mustBeAsOnFlash(detected);
  if (typeof offset !== 'number' && part === 'image') mustTellItsPlace(detected);
  const image = { bytes, detected };
  checkOpenBeken(options, image);
  return image;
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

/** Refuses by name what is for no BK72xx chip; an offset would not make it one. */
function mustBeFirmware({ kind, description, chips, advice }: DetectedImage): void {
  const image = sentence(description);
  if (OTHER_MAKE.includes(kind) || (kind === 'uf2' && chips.length === 0))
    throw new BkError('BK_WRONG_IMAGE', say('placement.forOtherMake', { image }), {
      phase: 'open',
      advice,
    });
  if (NO_FIRMWARE.includes(kind))
    throw new BkError('BK_BAD_IMAGE', say('placement.noFirmware', { image }), {
      phase: 'open',
      advice,
    });
}

function mustBeAsOnFlash({ kind, description, advice }: DetectedImage): void {
  if (!NOT_AS_IT_IS.includes(kind)) return;
  const text = say('placement.notAsOnFlash', { image: sentence(description) });
  throw new BkError('BK_BAD_IMAGE', text, {
    phase: 'open',
    advice: kind === 'uf2' ? [...advice, say('placement.offsetOnAuto')] : advice,
  });
}

function mustTellItsPlace(detected: DetectedImage): void {
  const { kind, description, damaged, advice } = detected;
  const image = sentence(description);
  if (!PLACED.includes(kind)) {
    const help = [...advice, ...(HELP[kind] ?? [])];
    const hasPlace = AT_AN_OFFSET.includes(kind);
    throw new BkError(
      'BK_BAD_IMAGE',
      say(hasPlace ? 'placement.noPlaceTold' : 'placement.notWritable', { image }),
      { advice: help },
    );
  }
  if (damaged.length === 0 || isDump(detected)) return;
  const text = say('placement.damagedFile', { image, damage: damaged.map(sentence) });
  throw new BkError('BK_BAD_IMAGE', text, { advice: [say('placement.getAnew')] });
}

const HELP: Partial<Record<ImageKind, readonly Note[]>> = {
  calibration: [say('placement.setPartRf')],
  'openbeken-config': [say('placement.setPartOpenBeken')],
};
