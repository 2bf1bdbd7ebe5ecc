import { BkError } from '../../errors';
import { type DetectedImage, factsOf } from '../../image/detect/detect';
import { isDump } from '../../image/detect/image-format';
import { say } from '../../texts/note';
import type { PlaceWish } from '../base/place-types';

/** For an image that is one part of a dump. */
const PUT_BACK = {
  rf: say('placement.setPartRf'),
  openbeken: say('placement.setPartOpenBeken'),
} as const;

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
function mustBeFirmware(detected: DetectedImage): void {
  const { description: image, chips, advice } = detected;
  const { nature, describesItself } = factsOf(detected);
  if (nature === 'other-make' || (describesItself && chips.length === 0))
    throw new BkError('BK_WRONG_IMAGE', say('placement.forOtherMake', { image }), {
      phase: 'open',
      advice,
    });
  if (nature === 'foreign')
    throw new BkError('BK_BAD_IMAGE', say('placement.noFirmware', { image }), {
      phase: 'open',
      advice,
    });
}

function mustBeAsOnFlash(image: DetectedImage): void {
  const { atOffset, describesItself } = factsOf(image);
  if (atOffset !== 'other-form') return;
  const { description, advice } = image;
  const text = say('placement.notAsOnFlash', { image: description });
  throw new BkError('BK_BAD_IMAGE', text, {
    phase: 'open',
    advice: describesItself ? [...advice, say('placement.offsetOnAuto')] : advice,
  });
}

function mustTellItsPlace(detected: DetectedImage): void {
  const { contents, description: image, damaged, advice } = detected;
  if (contents.length === 0) {
    const { atOffset, onlyPart } = factsOf(detected);
    throw new BkError(
      'BK_BAD_IMAGE',
      say(atOffset === 'sensible' ? 'placement.noPlaceTold' : 'placement.notWritable', { image }),
      { advice: onlyPart === undefined ? advice : [...advice, PUT_BACK[onlyPart]] },
    );
  }
  if (damaged.length === 0 || isDump(detected)) return;
  const text = say('placement.damagedFile', { image, damage: damaged });
  throw new BkError('BK_BAD_IMAGE', text, { advice: [say('placement.getAnew')] });
}
