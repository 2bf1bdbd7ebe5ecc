import { CHIPS, type ChipName } from '../chip/known/chips';
import { KEY_WORDS } from '../errors';
import type { CodeEvidence } from '../image/detect/code-evidence';
import type { DetectedImage } from '../image/detect/detected';
import type { Said } from '../texts/note';
import type { PlaceTarget } from './place-types';

/** Which code of an image is to be written; neither where it is other data. */
export interface CodeParts {
  app: boolean;
  bootloader: boolean;
}

/** Why an image is not for a chip, and what would help. */
export interface Objection {
  why: Said;
  advice: Said;
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
  notes: Said[],
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
      why: `what its ${NAMES[name]} says of its chip contradicts itself (${part.says.join(' ')})`,
      advice: 'Download or build the file again.',
    };
  }
  return null;
}

const NAMES = { app: 'application', bootloader: 'bootloader' } as const;

function otherChip(
  image: DetectedImage,
  target: PlaceTarget,
  parts: CodeParts,
  notes: Said[],
): Objection | null {
  const { app = null, bootloader = null } = image.code ?? {};
  const alone = parts.bootloader && !parts.app;
  const main = alone ? bootloader : app;
  // A file that names its chip outside of its code has to be right there, too.
  const named = image.kind === 'uf2' ? image.chips : [];
  const claims = [named, together([main?.chips, alone ? [] : bootloader?.chips, image.chips])];
  if (parts.bootloader && bootloader !== null) claims.push(bootloader.chips);
  const wrong = claims.find((chips) => chips.length > 0 && !fits(chips, target));
  const mixture = app !== null && bootloader !== null && disjoint(app.chips, bootloader.chips);
  const both = mixture
    ? `its application is for ${list(app.chips)}, its bootloader for ${list(bootloader.chips)}`
    : null;
  const chip = `the chip${target.port === undefined ? '' : ` on ${target.port}`} is a ${target.chip ?? `${target.family} chip`}`;
  if (wrong !== undefined) {
    const keep = parts.app && app !== null && both !== null && fits(app.chips, target);
    return {
      why: both === null ? `it is for ${list(wrong)}, but ${chip}` : `${both}, and ${chip}`,
      advice: keep
        ? 'Set bootloader to keep: then only its application is written.'
        : `Use an image for ${target.chip ?? 'this chip'}.`,
    };
  }
  if (both !== null && parts.app)
    notes.push(`The image is a mixture: ${both}. The chip keeps its own bootloader.`);
  return null;
}

function otherKey(
  image: DetectedImage,
  target: PlaceTarget,
  parts: CodeParts,
  notes: Said[],
): Objection | null {
  const { app = null, bootloader = null } = image.code ?? {};
  const keys: (CodeEvidence['key'] | null)[] = [];
  if (parts.app) keys.push(app?.key ?? image.encryptionKey);
  if (parts.bootloader) keys.push(bootloader?.key ?? image.encryptionKey);
  const needed =
    target.key === null
      ? 'which key the chip has is not known'
      : `the chip needs code with ${KEY_WORDS[target.key]}`;
  for (const key of keys) {
    if (key === null) continue;
    const given = key === 'other' ? 'custom' : key;
    if (given === target.key) {
      if (given === 'custom') notes.push(UNCHECKED);
      continue;
    }
    if (target.key === null && given !== 'custom') {
      notes.push(
        `The image has code with ${KEY_WORDS[given]}; whether the chip's key is the same is not known.`,
      );
      continue;
    }
    const differ = app !== null && bootloader !== null && app.key !== bootloader.key;
    return {
      why: differ
        ? `its application is stored with ${KEY_WORDS[app.key]}, its bootloader with ${KEY_WORDS[bootloader.key]}, and ${needed}`
        : `its code is stored with ${KEY_WORDS[given]}, but ${needed}`,
      advice: adviceFor(target.key),
    };
  }
  return null;
}

const UNCHECKED =
  'The image has code with a key that is not known: whether it is the key of this chip was not checked.';

function adviceFor(key: PlaceTarget['key']): string {
  if (key === 'none') return 'Use a file for a chip without a key: OpenBeken has them for BK7231M.';
  if (key === 'custom') return 'Use an image that was made with the key of this chip.';
  return 'Use an image that was built for this chip.';
}

/** The chips that all allow; what contradicts those before it does not count. */
function together(claims: readonly (readonly ChipName[] | undefined)[]): readonly ChipName[] {
  let left: readonly ChipName[] = [];
  for (const claim of claims) {
    if (claim === undefined || claim.length === 0) continue;
    const both = left.length === 0 ? claim : left.filter((chip) => claim.includes(chip));
    if (both.length > 0) left = both;
  }
  return left;
}

function disjoint(one: readonly ChipName[], other: readonly ChipName[]): boolean {
  return one.length > 0 && other.length > 0 && !one.some((chip) => other.includes(chip));
}

function fits(chips: readonly ChipName[], { chip, family }: PlaceTarget): boolean {
  return chips.some((other) => (chip === null ? CHIPS[other].family === family : other === chip));
}

function list(chips: readonly ChipName[]): string {
  return chips.join(' or ');
}
