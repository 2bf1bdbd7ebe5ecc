import { BOOTLOADER_END } from '../../chip/geometry';
import { type CodeKey, hasMarker } from '../../chip/marker';
import { type Note, say } from '../../texts/note';
import { type AppImage, readApp, readAppCode } from '../code/app';
import { type CodeCheck, checkCode } from '../code/check-code';
import { countValidPackets, PACKET } from '../code/packets';
import {
  appHints,
  type ChipGuess,
  contradiction,
  guessChip,
  namedChips,
  weighHints,
} from './chip-evidence';
import { type CodeKind, classifyCode } from './classify-code';
import { type DetectedImage, NOTHING } from './detected';

/** So many packets at the beginning decide; three checksums of 16 bits hardly fit by chance. */
const SAMPLE = 64;
const FEWEST_PACKETS = 3;
const ENOUGH_PACKETS = 16;
/** More than any application has; its texts are looked for no further. */
const MOST_CODE = 4 * 1024 * 1024;

const TEXTS: Readonly<Record<CodeKind, { description: Note; advice: Note[] }>> = {
  app: { description: say('image.app'), advice: [say('image.appPlace')] },
  qio: { description: say('image.qio'), advice: [say('image.qioPlace')] },
  bootloader: { description: say('image.bootloader'), advice: [say('image.bootloaderPlace')] },
  packets: { description: say('image.packets'), advice: [say('image.offsetIfKeyFits')] },
  either: {
    description: say('image.either'),
    advice: [say('image.useTellingFile'), say('image.offsetIfKnown')],
  },
};

/** Images that begin with code; null for anything else. Works in slices of some milliseconds. */
export function* detectCode(bytes: Uint8Array): Generator<void, DetectedImage | null> {
  if (!beginsWithPackets(bytes)) return withoutPackets(bytes);
  const { kind, key } = yield* classifyCode(bytes);
  yield;
  const { checks, damaged, doubts, end } = yield* checkParts(bytes, kind);
  const start = kind === 'qio' ? BOOTLOADER_END : 0;
  const readable = key !== null && (kind === 'app' || kind === 'qio');
  const app = readable ? yield* readApp(bytes, start, end, key) : null;
  const guess = guessOf(bytes, kind, key, app);
  const { description, advice } = TEXTS[kind];
  return {
    ...NOTHING,
    kind: kind === 'either' ? 'packets' : kind,
    description: named(description, app),
    chip: guess.chip,
    chips: guess.chips,
    version: app?.version ?? null,
    project: app?.project ?? null,
    key,
    encryptionKey: key ?? 'other',
    evidence: [say('image.packetsFromStart'), ...guess.evidence],
    checks,
    damaged,
    // Application and bootloader are judged each for itself when the image is placed.
    doubts: [...doubts, ...contradiction(guess)],
    advice,
  };
}

/** Some damage is allowed: it is told apart from bytes that are no code. */
function beginsWithPackets(bytes: Uint8Array): boolean {
  const total = Math.min(SAMPLE, Math.floor(bytes.length / PACKET));
  const { valid, invalid } = countValidPackets(bytes, 0, total);
  return (
    total >= FEWEST_PACKETS && valid >= Math.min(ENOUGH_PACKETS, total) && invalid * 8 <= valid
  );
}

/** Bootloader and application of the file, each where it has one. */
function* checkParts(bytes: Uint8Array, kind: CodeKind): Generator<void, CodeCheck> {
  const hasBootloader = kind === 'qio' || kind === 'bootloader';
  const boot = hasBootloader ? yield* checkCode(bytes, 0, BOOTLOADER_END) : null;
  if (kind === 'bootloader' && boot !== null) return boot;
  const app = yield* checkCode(bytes, hasBootloader ? BOOTLOADER_END : 0, bytes.length);
  if (boot === null) return app;
  return {
    checks: [...boot.checks, ...app.checks],
    damaged: [...boot.damaged, ...app.damaged],
    doubts: [...boot.doubts, ...app.doubts],
    end: app.end,
  };
}

/**
 * What the application says counts: it is what is always written. Where the bootloader beside it is of
 * another chip, the two do not belong together.
 */
function guessOf(
  bytes: Uint8Array,
  kind: CodeKind,
  key: CodeKey | null,
  app: AppImage | null,
): ChipGuess {
  const own = weighHints(app === null ? [] : appHints(app, key));
  if (kind !== 'qio' && kind !== 'bootloader') return own;
  const boot = guessChip(bytes, null, key);
  const evidence = [...boot.evidence, ...own.evidence];
  if (own.chips.length === 0) return own.contradicts ? { ...own, evidence } : { ...boot, evidence };
  const both = own.chips.filter((chip) => boot.chips.includes(chip));
  const chips = both.length > 0 ? both : own.chips;
  const chip = chips.length === 1 ? (chips[0] ?? null) : null;
  // Its layout may be that of another chip, as on boards of LibreTiny; what it calls itself may not.
  const named = namedChips(bytes, key);
  const contradicts = named.length > 0 && !named.some((other) => chips.includes(other));
  if (contradicts) evidence.push(say('image.contradictEachOther'));
  return { chip, chips, evidence, contradicts };
}

function named(what: Note, app: AppImage | null): Note {
  if (app === null || app.project === null) return what;
  const { project, version } = app;
  return version === null
    ? say('image.namedProject', { what, project })
    : say('image.namedVersion', { what, project, version });
}

/** What a build makes on its way to a file that can be written. */
function withoutPackets(bytes: Uint8Array): DetectedImage | null {
  const advice = [say('image.useFlashingFile')];
  if (hasMarker(bytes, 0, 'app', 'tuya') || hasMarker(bytes, 0, 'bootloader', 'tuya')) {
    const description = say('image.stripped');
    return {
      ...NOTHING,
      kind: 'stripped',
      description,
      key: 'tuya',
      encryptionKey: 'tuya',
      advice,
    };
  }
  if (!hasMarker(bytes, 0, 'app', 'none')) return null;
  const length = Math.min(bytes.length, MOST_CODE);
  const app = readAppCode(Buffer.from(bytes.buffer, bytes.byteOffset, length));
  const guess = weighHints(appHints(app, null));
  return {
    ...NOTHING,
    kind: 'raw',
    description: named(say('image.raw'), app),
    chip: guess.chip,
    chips: guess.chips,
    version: app.version,
    project: app.project,
    evidence: guess.evidence,
    advice,
  };
}
