import { BOOTLOADER_END } from '../chip/geometry';
import { hex } from '../errors';
import { type AppImage, readApp, readAppCode } from './app';
import { appHints, type ChipGuess, guessChip, weighHints } from './chip-evidence';
import { type DetectedImage, NOTHING } from './detected';
import { hasCode } from './dump';
import { type CodeKey, hasMarker, markerKey } from './marker';
import { countValidPackets, isFilledWith, PACKET, packetRuns, stripPackets } from './packets';
import {
  containerFaults,
  findContainers,
  HEADER_PACKETS,
  RBL_HEADER_ON_FLASH,
  type RblContainer,
  readRbl,
} from './rbl';

/** So many packets at the beginning decide; three checksums of 16 bits hardly fit by chance. */
const SAMPLE = 64;
const FEWEST_PACKETS = 3;
const ENOUGH_PACKETS = 16;
/** Behind so many blank packets there is no more code. */
const ENOUGH_BLANK = 64;
/** Where the bootloader's header lies: behind its 64 KiB less 96 bytes, as packets. */
const BOOTLOADER_HEADER = BOOTLOADER_END - RBL_HEADER_ON_FLASH;
/** More than any application has; its texts are looked for no further. */
const MOST_CODE = 4 * 1024 * 1024;

type CodeKind = 'app' | 'qio' | 'bootloader' | 'packets';

const TEXTS: Readonly<Record<CodeKind, { description: string; advice: string[] }>> = {
  app: {
    description: 'an application image (UA)',
    advice: ['Its first byte belongs to 0x11000, behind the bootloader.'],
  },
  qio: {
    description: 'a bootloader with an application (QIO)',
    advice: ['The application in it begins with byte 0x11000, and belongs to the same offset.'],
  },
  bootloader: {
    description: 'a bootloader',
    advice: ['It belongs to 0x0. Leave the one that a chip has, unless that is broken.'],
  },
  packets: {
    description: 'code for a BK72xx chip with a key that is not known',
    advice: ['Give an offset only if you know where these bytes belong, and that the key fits.'],
  },
};

/** Images that begin with code; null for anything else. Works in slices of some milliseconds. */
export function* detectCode(bytes: Uint8Array): Generator<void, DetectedImage | null> {
  if (!beginsWithPackets(bytes)) return withoutPackets(bytes);
  const { kind, key } = classify(bytes);
  const { checks, damaged, end } = yield* checkCode(bytes, kind);
  const start = kind === 'qio' ? BOOTLOADER_END : 0;
  const readable = key !== null && kind !== 'bootloader';
  const app = readable ? yield* readApp(bytes, start, end, key) : null;
  const guess = guessOf(bytes, kind, key, app);
  const { description, advice } = TEXTS[kind];
  return {
    ...NOTHING,
    kind,
    description: description + nameOf(app),
    chip: guess.chip,
    chips: guess.chips,
    version: app?.version ?? null,
    project: app?.project ?? null,
    key,
    encryptionKey: key ?? 'other',
    evidence: ['Valid code packets from its first byte on.', ...guess.evidence],
    checks,
    damaged,
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

function headerAt(bytes: Uint8Array, offset: number): string | null {
  return readRbl(stripPackets(bytes, offset, HEADER_PACKETS))?.partition ?? null;
}

function classify(bytes: Uint8Array): { kind: CodeKind; key: CodeKey | null } {
  const boot = markerKey(bytes, 0, 'bootloader');
  if (boot !== null && markerKey(bytes, BOOTLOADER_END, 'app') === boot)
    return { kind: 'qio', key: boot };
  const app = markerKey(bytes, 0, 'app');
  const key = boot ?? app;
  // In clear, code for both places begins alike, and with other keys nothing of it is known.
  if (headerAt(bytes, BOOTLOADER_HEADER) === 'bootloader')
    return { kind: hasCode(bytes, BOOTLOADER_END) ? 'qio' : 'bootloader', key };
  if (boot === 'tuya' || (boot === 'none' && bytes.length <= BOOTLOADER_END && !namesApp(bytes)))
    return { kind: 'bootloader', key };
  if (app !== null) return { kind: 'app', key };
  const own = findContainers(bytes).find(({ header }) => header.partition === 'app');
  const isApp = own !== undefined && containerFaults(bytes, 0, own).length === 0;
  return { kind: isApp ? 'app' : 'packets', key };
}

/** Code in clear that is no longer than a bootloader, but says that it is an application. */
function namesApp(bytes: Uint8Array): boolean {
  if (findContainers(bytes).some(({ header }) => header.partition === 'app')) return true;
  return readAppCode(stripPackets(bytes, 0, BOOTLOADER_END / PACKET)).project !== null;
}

export interface CodeCheck {
  checks: string[];
  damaged: string[];
  /** Where code and blank flash behind it end at the latest, bytes. */
  end: number;
}

function* checkCode(bytes: Uint8Array, kind: CodeKind): Generator<void, CodeCheck> {
  const hasBootloader = kind === 'qio' || kind === 'bootloader';
  const boot = hasBootloader ? checkStretch(bytes, 0, BOOTLOADER_END) : null;
  yield;
  if (kind === 'bootloader' && boot !== null) return boot;
  const app = checkStretch(bytes, hasBootloader ? BOOTLOADER_END : 0, bytes.length);
  yield;
  return {
    checks: [...(boot?.checks ?? []), ...app.checks],
    damaged: [...(boot?.damaged ?? []), ...app.damaged],
    end: app.end,
  };
}

/** Checks the code that begins at `start`: its packets, and where it has a header, what that says. */
export function checkStretch(bytes: Uint8Array, start: number, limit: number): CodeCheck {
  const [own] = findContainers(bytes, start, limit);
  const { broken, first, end } = codePackets(bytes, start, own, limit);
  const damaged: string[] = [];
  const checks: string[] = [];
  if (broken > 0)
    damaged.push(`${broken} of its code packets have a wrong CRC, the first at ${hex(first)}.`);
  if (own === undefined) {
    const rest = bytes.length - end;
    if (rest > 0 && rest < PACKET && !isFilledWith(bytes, 0xff, end))
      damaged.push('It ends in the middle of a code packet: it is cut off.');
    return { checks, damaged, end };
  }
  const faults = containerFaults(bytes, start, own);
  damaged.push(...faults);
  if (faults.length === 0)
    checks.push(`CRC and hash of ${own.header.partition} fit the header behind it.`);
  return { checks, damaged, end: own.offset };
}

function codePackets(
  bytes: Uint8Array,
  start: number,
  own: RblContainer | undefined,
  limit: number,
): { broken: number; first: number; end: number } {
  const found = { broken: 0, first: 0, end: start };
  let at = start;
  for (const { state, packets } of packetRuns(bytes, start, own?.offset ?? limit)) {
    // Behind blank flash other data may lie, which is no code.
    if (state === 'blank' && packets >= ENOUGH_BLANK && own === undefined) break;
    if (state === 'invalid') {
      if (found.broken === 0) found.first = at;
      found.broken += packets;
    }
    at += packets * PACKET;
    if (state !== 'blank') found.end = at;
  }
  return found;
}

function guessOf(
  bytes: Uint8Array,
  kind: CodeKind,
  key: CodeKey | null,
  app: AppImage | null,
): ChipGuess {
  const hints = app === null ? [] : appHints(app, key);
  if (kind === 'qio' || kind === 'bootloader') return guessChip(bytes, null, key, hints);
  return weighHints(hints);
}

function nameOf(app: AppImage | null): string {
  if (app === null || app.project === null) return '';
  return `, ${app.project}${app.version === null ? '' : ` ${app.version}`}`;
}

/** What a build makes on its way to a file that can be written. */
function withoutPackets(bytes: Uint8Array): DetectedImage | null {
  const advice = ['Use the file that the build made for flashing: .bin, .rbl or .uf2.'];
  if (hasMarker(bytes, 0, 'app', 'tuya') || hasMarker(bytes, 0, 'bootloader', 'tuya')) {
    const description = "code with Tuya's key but without the check bytes of code packets";
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
    description: `plain code as a compiler makes it, without code packets${nameOf(app)}`,
    chip: guess.chip,
    chips: guess.chips,
    version: app.version,
    project: app.project,
    evidence: guess.evidence,
    advice,
  };
}
