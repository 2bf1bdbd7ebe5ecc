import { BkError } from '../../errors';
import type { DetectedImage } from '../../image/detect/detect';
import { type Note, say } from '../../texts/note';
import type { PlaceTarget } from './place-types';

/** Advice for those who know better. */
export const ALL_THE_SAME = say('placement.setAnyImage');

/** An error that says why the image is not for this chip. */
export function wrongImage(image: DetectedImage, why: Note, ...advice: Note[]): BkError {
  return new BkError('BK_WRONG_IMAGE', refusal(image, why), { advice });
}

/** An error that says why the image cannot be written to any chip. */
export function badImage(image: DetectedImage, why: Note, ...advice: Note[]): BkError {
  return new BkError('BK_BAD_IMAGE', refusal(image, why), { advice });
}

function refusal({ description }: DetectedImage, why: Note): Note {
  return say('placement.refused', { image: description, why });
}

/** The chip's name for people, or what kind of chip it is where it does not tell its model. */
export function nameOf({ chip, family }: Pick<PlaceTarget, 'chip' | 'family'>): string | Note {
  return chip ?? say(family === 'full' ? 'common.fullChip' : 'common.basicChip');
}

/** For people, with whatever is written to a chip on which nothing was ever tried. */
export function untried(target: Pick<PlaceTarget, 'chip' | 'family'>): Note {
  return say('placement.untried', { chip: nameOf(target) });
}
