import { BOOTLOADER_END } from '../../chip/geometry';
import { hex } from '../../errors';
import { type DetectedImage, factsOf } from '../../image/detect/detect';
import { isDump, isOnlyFor } from '../../image/detect/image-format';
import { distinct, type Note, say } from '../../texts/note';
import { isOtherCore } from '../base/place-target';
import type { PlaceOptions, PlaceTarget } from '../base/place-types';
import { ALL_THE_SAME, badImage, nameOf, untried, wrongImage } from '../base/refusals';
import { mustBeSoundBootloader, replacesBootloader } from './bootloader-fit';
import { type CodeParts, objectionTo } from './fit-evidence';

/**
 * Refuses what would not start on this chip, and what is damaged; warns where that cannot be told.
 * @throws BkError BK_WRONG_IMAGE, BK_BAD_IMAGE
 */
export function mustFit(
  image: DetectedImage,
  target: PlaceTarget,
  options: PlaceOptions,
  warnings: Note[],
): void {
  mustBeIntact(image, target, warnings);
  const bootloader = replacesBootloader(image, target.family, options);
  const alone = isOnlyFor(image, 'bootloader');
  const parts = { app: !alone, bootloader: bootloader || alone };
  if (bootloader) mustBeSoundBootloader(image, target);
  warnings.push(...mustBeForChip(image, target, parts, options));
}

/**
 * Refuses an image, or the parts of it that are to be written, for another chip or with another key; what
 * was read from this very chip is warned about only.
 * @returns warnings
 * @throws BkError BK_WRONG_IMAGE
 */
export function mustBeForChip(
  image: DetectedImage,
  target: PlaceTarget,
  parts: CodeParts,
  { anyImage }: PlaceOptions,
): Note[] {
  const own = isOwn(image, target);
  if (isOtherCore(target.chip)) {
    if (!own) throw unknownPlace(image, target);
    return [untried(target)];
  }
  if (anyImage && !own) return [];
  const notes: Note[] = [];
  const objection = objectionTo(image, target, parts, notes);
  if (objection === null) return notes;
  if (!own) throw wrongImage(image, objection.why, objection.advice, ALL_THE_SAME);
  return [say('placement.ownAllTheSame', { why: objection.why })];
}

/**
 * A dump of this very chip, or a part of one: it has the chip's MAC, or is the backup that was found to be its own. Without
 * either nothing tells two devices apart.
 */
export function isOwn(image: DetectedImage, { mac, adopted }: PlaceTarget): boolean {
  if (factsOf(image).onlyPart !== undefined) return false;
  const given = image.calibration?.mac ?? null;
  return given === adopted || (given !== null && given === mac);
}

/** A dump may hold damaged code, as its chip did; but such code alone is not put on another one. */
function mustBeIntact(image: DetectedImage, target: PlaceTarget, warnings: Note[]): void {
  const damage = damageOf(image);
  if (damage.length === 0) return;
  if (isDump(image)) {
    warnings.push(say('placement.dumpDamaged', { damage }));
    return;
  }
  if (!isOwn(image, target))
    throw badImage(image, say('placement.damaged', { damage }), say('placement.getAnew'));
  warnings.push(say('placement.ownDamaged', { damage }));
}

function damageOf(image: DetectedImage): Note[] {
  const { code, damaged } = image;
  // Of a part of a dump only its own damage counts; a bootloader's is looked at where it is replaced.
  if (isOnlyFor(image, 'app') && code?.app != null) return code.app.damaged;
  if (isOnlyFor(image, 'bootloader') && code?.bootloader != null) return [];
  return distinct([...damaged, ...(code?.app?.damaged ?? [])]);
}

/** Where things lie on these chips has one source, and nobody tried to write them. */
function unknownPlace(image: DetectedImage, target: PlaceTarget): Error {
  const chip = nameOf(target);
  if (!isDump(image))
    return wrongImage(
      image,
      say('placement.placeUnknown', { chip }),
      say('placement.useBackupOrMakers', { chip }),
    );
  return wrongImage(
    image,
    say('placement.onlyOwnDump', {
      chip,
      given: image.calibration?.mac ?? say('placement.macNotInIt'),
      own: target.mac ?? say('placement.macUnreadable'),
    }),
    say('placement.useOwnBackup'),
    say('placement.setOffsetAndSkip', { start: hex(BOOTLOADER_END) }),
  );
}
