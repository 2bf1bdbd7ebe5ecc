import { BOOTLOADER_END } from '../../chip/geometry';
import { type CodeKey, hasMarker, keyOfFlash, storedKey } from '../../chip/marker';
import { type Note, say } from '../../texts/note';
import { type AppImage, readAppCode } from '../code/app';
import { type BootloaderImage, readBootloader } from '../code/bootloader';
import { type CodeCheck, checkCode } from '../code/check-code';
import { countValidPackets, PACKET } from '../code/packets';
import {
  appHints,
  type ChipGuess,
  contradiction,
  guessChip,
  namedChips,
  weighHints,
} from '../evidence/chip-evidence';
import { type CodeKind, classifyCode } from '../evidence/classify-code';
import type { ImageCode } from '../evidence/code-evidence';
import { bootloaderEvidence, codeOfFlash, readAppPart } from '../evidence/code-parts';
import { hasCode } from '../evidence/dump';
import { type ImageContent, type ImageFacts, type ImageFormat, noFacts } from './image-format';

/** So many packets at the beginning decide; three checksums of 16 bits hardly fit by chance. */
const SAMPLE = 64;
const FEWEST_PACKETS = 3;
const ENOUGH_PACKETS = 16;
/** More than any application has; its texts are looked for no further. */
const MOST_CODE = 4 * 1024 * 1024;

/** Code as packets: `qio` is a bootloader with an application behind it, `packets` what cannot be told. */
export interface CodeImage extends ImageFacts {
  kind: 'app' | 'qio' | 'bootloader' | 'packets';
  /** Null where there is none for sure. */
  bootloader: BootloaderImage | null;
  /** Null where there is none for sure, or its key is not known. */
  app: AppImage | null;
}

/** What a build makes on its way to packets: `raw` in clear, `stripped` encrypted. */
export interface UnpackedImage extends ImageFacts {
  kind: 'raw' | 'stripped';
}

/** Images that begin with code. */
export const codeFormat: ImageFormat<CodeImage | UnpackedImage> = {
  kinds: {
    app: { nature: 'firmware', atOffset: 'sensible' },
    qio: { nature: 'firmware', atOffset: 'sensible' },
    bootloader: { nature: 'firmware', atOffset: 'sensible' },
    packets: { nature: 'firmware', atOffset: 'sensible' },
    raw: { nature: 'firmware', atOffset: 'other-form' },
    stripped: { nature: 'firmware', atOffset: 'other-form' },
  },
  *parse(bytes) {
    return beginsWithPackets(bytes) ? yield* parsePackets(bytes) : withoutPackets(bytes);
  },
};

const TEXTS: Readonly<Record<CodeKind, { description: Note; advice: readonly Note[] }>> = {
  app: { description: say('image.app'), advice: [say('image.appPlace')] },
  qio: { description: say('image.qio'), advice: [say('image.qioPlace')] },
  bootloader: { description: say('image.bootloader'), advice: [say('image.bootloaderPlace')] },
  packets: { description: say('image.packets'), advice: [say('image.offsetIfKeyFits')] },
  either: {
    description: say('image.either'),
    advice: [say('image.useTellingFile'), say('image.offsetIfKnown')],
  },
};

function* parsePackets(bytes: Uint8Array): Generator<void, CodeImage> {
  const boot = readBootloader(bytes.subarray(0, BOOTLOADER_END));
  const { kind, key } = yield* classifyCode(bytes, boot);
  yield;
  const { boot: bootCheck, app: appCheck } = yield* checkParts(bytes, kind);
  const { code, app } = yield* partsOf(bytes, kind, boot, { key, check: appCheck });
  const of = (what: 'checks' | 'damaged' | 'doubts') => [...bootCheck[what], ...appCheck[what]];
  const guess = guessOf(boot, kind, key, app);
  const { description, advice } = TEXTS[kind];
  const hasBootloader = (kind === 'qio' || kind === 'bootloader') && hasCode(bytes, 0);
  return {
    ...noFacts(),
    kind: kind === 'either' ? 'packets' : kind,
    description: named(description, app),
    chip: guess.chip,
    chips: guess.chips,
    version: app?.version ?? null,
    project: app?.project ?? null,
    key,
    encryptionKey: (kind === 'qio' ? keyOfQio(bytes) : null) ?? key ?? 'other',
    ...(code === null ? {} : { code }),
    contents: contentsOf(bytes, kind),
    evidence: [say('image.packetsFromStart'), ...guess.evidence],
    checks: of('checks'),
    damaged: of('damaged'),
    // Application and bootloader are judged each for itself when the image is placed.
    doubts: [...of('doubts'), ...contradiction(guess)],
    advice: [...advice],
    // Where the bootloader's own beginning tells no key, that of the application opens it.
    bootloader: hasBootloader ? (boot.key === key ? boot : readBootloader(bytes, key)) : null,
    app,
  };
}

function keyOfQio(bytes: Uint8Array): ImageFacts['encryptionKey'] {
  return keyOfFlash(storedKey(bytes, 0, 'bootloader'), storedKey(bytes, BOOTLOADER_END, 'app'));
}

/** What bootloader and application tell; null for code that may be either. */
function* partsOf(
  bytes: Uint8Array,
  kind: CodeKind,
  boot: BootloaderImage,
  known: { key: CodeKey | null; check: CodeCheck },
): Generator<void, { code: ImageCode | null; app: AppImage | null }> {
  if (kind === 'qio') return yield* codeOfFlash(bytes, boot, known);
  if (kind === 'bootloader') {
    const bootloader = yield* bootloaderEvidence(bytes, boot);
    return { code: { app: null, bootloader }, app: null };
  }
  if (kind !== 'app') return { code: null, app: null };
  const part = yield* readAppPart(bytes, 0, known);
  return { code: { app: part?.evidence ?? null, bootloader: null }, app: part?.app ?? null };
}

function contentsOf(bytes: Uint8Array, kind: CodeKind): ImageContent[] {
  const bootloader: ImageContent = { to: 'bootloader', bytes: bytes.subarray(0, BOOTLOADER_END) };
  switch (kind) {
    case 'app':
      return [{ to: 'app', bytes }];
    case 'bootloader':
      return [bootloader];
    case 'qio':
      return [bootloader, { to: 'app', bytes: bytes.subarray(BOOTLOADER_END) }];
    default:
      return [];
  }
}

/** Some damage is allowed: it is told apart from bytes that are no code. */
function beginsWithPackets(bytes: Uint8Array): boolean {
  const total = Math.min(SAMPLE, Math.floor(bytes.length / PACKET));
  const { valid, invalid } = countValidPackets(bytes, 0, total);
  return (
    total >= FEWEST_PACKETS && valid >= Math.min(ENOUGH_PACKETS, total) && invalid * 8 <= valid
  );
}

/** Bootloader and application of the file, each where it has one: nothing is said of what it has not. */
function* checkParts(
  bytes: Uint8Array,
  kind: CodeKind,
): Generator<void, { boot: CodeCheck; app: CodeCheck }> {
  const hasBootloader = kind === 'qio' || kind === 'bootloader';
  const nothing = { checks: [], damaged: [], doubts: [], end: 0, codeEnd: 0 };
  const boot = hasBootloader ? yield* checkCode(bytes, 0, BOOTLOADER_END) : nothing;
  if (kind === 'bootloader') return { boot, app: nothing };
  const app = yield* checkCode(bytes, hasBootloader ? BOOTLOADER_END : 0, bytes.length);
  return { boot, app };
}

/**
 * What the application says counts: it is what is always written. Where the bootloader beside it is of
 * another chip, the two do not belong together.
 */
function guessOf(
  bootloader: BootloaderImage,
  kind: CodeKind,
  key: CodeKey | null,
  app: AppImage | null,
): ChipGuess {
  const own = weighHints(app === null ? [] : appHints(app, key));
  if (kind !== 'qio' && kind !== 'bootloader') return own;
  const boot = guessChip(bootloader, null, key);
  const evidence = [...boot.evidence, ...own.evidence];
  if (own.chips.length === 0) return own.contradicts ? { ...own, evidence } : { ...boot, evidence };
  const both = own.chips.filter((chip) => boot.chips.includes(chip));
  const chips = both.length > 0 ? both : own.chips;
  const chip = chips.length === 1 ? (chips[0] ?? null) : null;
  // Its layout may be that of another chip, as on boards of LibreTiny; what it calls itself may not.
  const named = namedChips(bootloader, key);
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

function withoutPackets(bytes: Uint8Array): UnpackedImage | null {
  const advice = [say('image.useFlashingFile')];
  if (hasMarker(bytes, 0, 'app', 'tuya') || hasMarker(bytes, 0, 'bootloader', 'tuya')) {
    return {
      ...noFacts(),
      kind: 'stripped',
      description: say('image.stripped'),
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
    ...noFacts(),
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
