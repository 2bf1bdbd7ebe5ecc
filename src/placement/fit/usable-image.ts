import { BkError } from '../../errors';
import { type DetectedImage, type ImageKind, isDump } from '../../image/detect/detected';
import { type Note, say } from '../../texts/note';
import type { PlaceWish } from '../base/place-types';

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
 * Refuses what can be written to no chip in the way that is wanted. Needs no chip.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE
 */
export function mustBeUsable(image: DetectedImage, wish: PlaceWish): void {
  const { offset, part = 'image', anyImage } = wish;
  const isPlaced = typeof offset === 'number';
  if (!isPlaced || !anyImage) mustBeFirmware(image);
  if (isPlaced && !anyImage) mustBeAsOnFlash(image);
  if (!isPlaced && part === 'image') mustTellItsPlace(image);
}

/**
 * Refuses to leave out more of an image than it has, or to write more. Needs no chip.
 * @throws BkError BK_OUT_OF_RANGE
 */
export function mustHold(bytes: number, { skip = 0, length }: PlaceWish): void {
  if (skip + (length ?? 1) <= bytes) return;
  throw new BkError(
    'BK_OUT_OF_RANGE',
    length === undefined
      ? say('placement.skipsAll', { bytes, skip })
      : say('placement.notInImage', { bytes, length, skip }),
    { phase: 'open', advice: [say('placement.correctSkip')] },
  );
}

/** Refuses by name what is for no BK72xx chip; an offset would not make it one. */
function mustBeFirmware({ kind, description: image, chips, advice }: DetectedImage): void {
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
  const text = say('placement.notAsOnFlash', { image: description });
  throw new BkError('BK_BAD_IMAGE', text, {
    phase: 'open',
    advice: kind === 'uf2' ? [...advice, say('placement.offsetOnAuto')] : advice,
  });
}

function mustTellItsPlace(detected: DetectedImage): void {
  const { kind, description: image, damaged, advice } = detected;
  if (!PLACED.includes(kind)) {
    const hasPlace = AT_AN_OFFSET.includes(kind);
    throw new BkError(
      'BK_BAD_IMAGE',
      say(hasPlace ? 'placement.noPlaceTold' : 'placement.notWritable', { image }),
      { advice: [...advice, ...(HELP[kind] ?? [])] },
    );
  }
  if (damaged.length === 0 || isDump(detected)) return;
  const text = say('placement.damagedFile', { image, damage: damaged });
  throw new BkError('BK_BAD_IMAGE', text, { advice: [say('placement.getAnew')] });
}

const HELP: Partial<Record<ImageKind, readonly Note[]>> = {
  calibration: [say('placement.setPartRf')],
  'openbeken-config': [say('placement.setPartOpenBeken')],
};
