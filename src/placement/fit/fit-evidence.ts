import { isSameSilicon, possibleModels } from '../../chip/known/chip-queries';
import { CHIPS, type ChipName } from '../../chip/known/chips';
import type { BkError } from '../../errors';
import { type DetectedImage, factsOf } from '../../image/detect/detect';
import type { CodeEvidence } from '../../image/evidence/code-evidence';
import { KEY_WORDS } from '../../texts/key-words';
import { anyOf, distinct, isSaid, type Note, say } from '../../texts/note';
import type { PlaceTarget } from '../base/place-types';
import { nameOf } from '../base/refusals';

/** Which code of an image is to be written; neither where it is other data. */
export interface CodeParts {
  app: boolean;
  bootloader: boolean;
}

/** For data of a device. */
export const NO_CODE: CodeParts = { app: false, bootloader: false };

/** Why an image is not for a chip, and what would help. */
export interface Objection {
  why: Note;
  advice: Note;
}

/** The same refusal of an image with what the image itself says of its chip, where nothing is said of causes yet. */
export function withEvidence(error: BkError, { evidence, code }: DetectedImage): BkError {
  const said = [...evidence, ...(code?.bootloader?.says ?? []), ...(code?.app?.says ?? [])];
  const says = distinct(said);
  if (says.length === 0 || error.cause.likely.length > 0) return error;
  return error.with({
    likely: [
      {
        cause: say('placement.imageForOtherChip'),
        confidence: 0.9,
        evidence: say('placement.evidence', { says }),
      },
    ],
  });
}

/** The key of an image's code, by the names that chips have for theirs. */
export function keyOf({ encryptionKey }: DetectedImage): PlaceTarget['key'] {
  return encryptionKey === 'other' ? 'custom' : encryptionKey;
}

/**
 * What speaks against an image on a chip; null when nothing does. The application decides what may go to
 * its slot, and the bootloader what may go to 0x0.
 * @param notes grows by what cannot be told, and by what does not matter, a sentence each
 */
export function objectionTo(
  image: DetectedImage,
  target: PlaceTarget,
  parts: CodeParts,
  notes: Note[],
): Objection | null {
  return (
    contradiction(image, parts) ??
    otherChip(image, target, parts, notes) ??
    otherKey(image, target, parts, notes)
  );
}

function contradiction({ code }: DetectedImage, parts: CodeParts): Objection | null {
  for (const name of ['app', 'bootloader'] as const) {
    const part = code?.[name] ?? null;
    if (part === null || !part.mixed || !parts[name]) continue;
    return {
      why: say(CONTRADICTS[name], { says: part.says }),
      advice: say('placement.getAnew'),
    };
  }
  return null;
}

const CONTRADICTS = {
  app: 'placement.appContradicts',
  bootloader: 'placement.bootloaderContradicts',
} as const;

function otherChip(
  image: DetectedImage,
  target: PlaceTarget,
  parts: CodeParts,
  notes: Note[],
): Objection | null {
  const { app = null, bootloader = null } = image.code ?? {};
  const alone = parts.bootloader && !parts.app;
  const main = alone ? bootloader : app;
  // A file that names its chip outside of its code has to be right there, too.
  const named = factsOf(image).describesItself ? image.chips : [];
  const claims = [
    named,
    together([main?.chips ?? [], alone ? [] : (bootloader?.chips ?? []), image.chips]),
  ];
  if (parts.bootloader && bootloader !== null) claims.push(bootloader.chips);
  const wrong = claims.find((chips) => chips.length > 0 && !fits(chips, target));
  const mixture = app !== null && bootloader !== null && disjoint(app.chips, bootloader.chips);
  const both = mixture ? { app: anyOf(app.chips), bootloader: anyOf(bootloader.chips) } : null;
  if (wrong !== undefined) {
    const keep = mixture && parts.app && fits(app.chips, target);
    return {
      why:
        both === null
          ? say('placement.forOtherChip', { chips: anyOf(wrong), chip: whatItIs(target) })
          : say('placement.mixtureForOtherChip', { ...both, chip: whatItIs(target) }),
      advice: keep ? say('placement.keepBootloader') : imageFor(target),
    };
  }
  if (both !== null && parts.app) notes.push(say('placement.mixture', both));
  return (
    claims.map((chips) => untoldModel(chips, target, notes)).find((one) => one !== null) ?? null
  );
}

/**
 * What an image for some models only is on a chip that does not tell its own: compared with what is likely, and
 * refused where nothing is, or something else.
 */
function untoldModel(
  chips: readonly ChipName[],
  { chip, family, models = [], likely, port }: PlaceTarget,
  notes: Note[],
): Objection | null {
  if (chip !== null || chips.length === 0) return null;
  const able = models.length > 0 ? models : possibleModels(null, family).map(({ name }) => name);
  const named = anyOf(chips);
  const on = port === undefined ? say('placement.thisChip') : say('placement.thisChipOn', { port });
  const advice = say('placement.setChipIfSure', { chips: named });
  if (likely == null || likely.chips.length === 0) {
    if (able.every((one) => chips.includes(one))) return null;
    return { why: say('placement.modelNotTold', { chips: named, on, able: anyOf(able) }), advice };
  }
  const facts = { chips: named, on, likely: anyOf(likely.chips), says: likely.says };
  if (!likely.chips.some((one) => chips.includes(one)))
    return { why: say('placement.likelyOtherModel', facts), advice };
  if (!notes.some((note) => isSaid(note, 'placement.onlyLikely')))
    notes.push(say('placement.onlyLikely', facts));
  return null;
}

function whatItIs(target: PlaceTarget): Note {
  const chip = nameOf(target);
  const { port } = target;
  return port === undefined
    ? say('placement.chipIs', { chip })
    : say('placement.chipOnPortIs', { chip, port });
}

function imageFor({ chip }: PlaceTarget): Note {
  return chip === null ? say('placement.useImageForThis') : say('placement.useImageFor', { chip });
}

function otherKey(
  image: DetectedImage,
  target: PlaceTarget,
  parts: CodeParts,
  notes: Note[],
): Objection | null {
  const { app = null, bootloader = null } = image.code ?? {};
  const keys: (CodeEvidence['key'] | null)[] = [];
  if (parts.app) keys.push(app?.key ?? image.encryptionKey);
  if (parts.bootloader) keys.push(bootloader?.key ?? image.encryptionKey);
  const needed =
    target.key === null
      ? say('placement.chipKeyUnknown')
      : say('placement.chipNeeds', { key: KEY_WORDS[target.key] });
  for (const key of keys) {
    if (key === null) continue;
    const given = key === 'other' ? 'custom' : key;
    if (given === target.key) {
      if (given === 'custom') notes.push(say('placement.keyNotChecked'));
      continue;
    }
    if (target.key === null && given !== 'custom') {
      notes.push(say('placement.keyNotCompared', { key: KEY_WORDS[given] }));
      continue;
    }
    const differ = app !== null && bootloader !== null && app.key !== bootloader.key;
    return {
      why: differ
        ? say('placement.otherKeys', {
            app: KEY_WORDS[app.key],
            bootloader: KEY_WORDS[bootloader.key],
            needed,
          })
        : say('placement.otherKey', { key: KEY_WORDS[given], needed }),
      advice: adviceFor(target.key),
    };
  }
  return null;
}

function adviceFor(key: PlaceTarget['key']): Note {
  if (key === 'none') return say('placement.useKeyless');
  if (key === 'custom') return say('placement.useOwnKey');
  return say('placement.useBuiltForThis');
}

/** The chips that all allow; what contradicts those before it does not count. */
function together(claims: readonly (readonly ChipName[])[]): readonly ChipName[] {
  let left: readonly ChipName[] = [];
  for (const claim of claims) {
    const both = left.length === 0 ? claim : left.filter((chip) => claim.includes(chip));
    if (both.length > 0) left = both;
  }
  return left;
}

function disjoint(one: readonly ChipName[], other: readonly ChipName[]): boolean {
  return one.length > 0 && other.length > 0 && !one.some((chip) => other.includes(chip));
}

/** Twins that only the key tells apart are one where the chip's key is neither's, or not known: the key decides then. */
function fits(
  chips: readonly ChipName[],
  { chip, models = [], family, key }: PlaceTarget,
): boolean {
  if (chip === null)
    return chips.some((other) =>
      models.length === 0 ? CHIPS[other].family === family : models.includes(other),
    );
  const isTold = key === 'tuya' || key === 'none';
  return chips.some((other) => other === chip || (!isTold && isSameSilicon(other, chip)));
}
