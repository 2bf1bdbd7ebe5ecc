import { BOOTLOADER_END } from '../chip/geometry';
import { hex } from '../errors';
import { type DetectedImage, isDump } from '../image/detect/detected';
import type { Said } from '../texts/note';
import { mustBeSoundBootloader, replacesBootloader } from './bootloader-fit';
import { type CodeParts, objectionTo } from './fit-evidence';
import {
  ALL_THE_SAME,
  badImage,
  isOtherCore,
  type PlaceOptions,
  type PlaceTarget,
  untried,
  wrongImage,
} from './place-types';

const RELOAD = 'Download or build the file again.';

/**
 * Refuses what would not start on this chip, and what is damaged; warns where that cannot be told.
 * @throws BkError BK_WRONG_IMAGE, BK_BAD_IMAGE
 */
export function mustFit(
  image: DetectedImage,
  target: PlaceTarget,
  options: PlaceOptions,
  warnings: Said[],
): void {
  mustBeIntact(image, target, warnings);
  const bootloader = replacesBootloader(image, target, options);
  const alone = image.kind === 'bootloader';
  const parts = { app: !alone, bootloader: bootloader || alone };
  if (bootloader) mustBeSoundBootloader(image, target);
  mustBeForChip(image, target, parts, options, warnings);
}

/**
 * Refuses an image, or the parts of it that are to be written, for another chip or with another key; what
 * was read from this very chip is warned about only.
 * @throws BkError BK_WRONG_IMAGE
 */
export function mustBeForChip(
  image: DetectedImage,
  target: PlaceTarget,
  parts: CodeParts,
  { anyImage }: PlaceOptions,
  warnings: Said[],
): void {
  const own = isOwn(image, target);
  if (isOtherCore(target.chip)) {
    if (!own) throw unknownPlace(image, target);
    warnings.push(untried(target.chip));
    return;
  }
  if (anyImage && !own) return;
  const notes: string[] = [];
  const objection = objectionTo(image, target, parts, notes);
  if (objection === null) warnings.push(...notes);
  else if (!own) throw wrongImage(image, objection.why, objection.advice, ALL_THE_SAME);
  else
    warnings.push(
      `The dump is of this very chip, by its MAC, and so it is taken; but ${objection.why}.`,
    );
}

/** A dump of this very chip, or a part of one: it has the chip's MAC. Without one nothing tells two devices apart. */
export function isOwn({ kind, calibration }: DetectedImage, { mac }: PlaceTarget): boolean {
  const given = calibration?.mac ?? null;
  return kind !== 'calibration' && given !== null && given === mac;
}

/** A dump may hold damaged code, as its chip did; but such code alone is not put on another one. */
function mustBeIntact(image: DetectedImage, target: PlaceTarget, warnings: Said[]): void {
  const damaged = damageOf(image);
  if (damaged.length === 0) return;
  if (isDump(image)) {
    warnings.push(`The dump is damaged, as its chip may have been. ${damaged.join(' ')}`);
    return;
  }
  if (!isOwn(image, target))
    throw badImage(image, `it is damaged. ${damaged.join(' ')} It was not written`, RELOAD);
  warnings.push(
    `It is damaged, and written all the same, as it is of this very chip. ${damaged.join(' ')}`,
  );
}

function damageOf({ kind, code, damaged }: DetectedImage): Said[] {
  // Of a part of a dump only its own damage counts; a bootloader's is looked at where it is replaced.
  if (kind === 'app' && code?.app != null) return code.app.damaged;
  if (kind === 'bootloader' && code?.bootloader != null) return [];
  return [...new Set([...damaged, ...(code?.app?.damaged ?? [])])];
}

/** Where things lie on these chips has one source, and nobody tried to write them. */
function unknownPlace(image: DetectedImage, { chip, mac }: PlaceTarget): Error {
  if (!isDump(image))
    return wrongImage(
      image,
      `where it would go on a ${chip} is not known`,
      `Use a backup of this very chip, or firmware for the ${chip} with the offset that its maker names.`,
    );
  const start = hex(BOOTLOADER_END);
  return wrongImage(
    image,
    `only a dump of this very chip is put back on a ${chip}, where nothing else was ever tried. Its MAC is ${image.calibration?.mac ?? 'not in it'}, and this chip's ${mac ?? 'cannot be read'}`,
    'Use a backup of this very chip.',
    `To write this one all the same, set offset and skip to ${start}, and anyImage.`,
  );
}
