import { type AppImage, readAppCode } from '../code/app';
import { stripPackets } from '../code/packets';
import { HEADER_PACKETS, RBL_HEADER_ON_FLASH, readRbl } from '../code/rbl';
import { type RblFile, readRblFile } from '../containers/rbl-file';
import { readTuyaUg } from '../containers/ug';
import { appHints, contradiction, weighHints } from './chip-evidence';
import { detectUf2 } from './detect-uf2';
import { type DetectedImage, NOTHING } from './detected';

const DOWNLOAD_SLOT =
  'It belongs into the download slot, whose place depends on the chip: the bootloader installs it from there.';

/**
 * Files that wrap what is to be written: UF2, UG and RBL; null for anything else. In slices of some
 * milliseconds.
 */
export function* detectFile(bytes: Uint8Array): Generator<void, DetectedImage | null> {
  const uf2 = yield* detectUf2(bytes);
  if (uf2 !== null) return uf2;
  if (isLoneHeader(bytes)) return LONE_HEADER;
  const ug = readTuyaUg(bytes);
  if (ug === null) return yield* describeRbl(bytes);
  yield;
  const inner = yield* describeRbl(ug.payload);
  const missing = 'There is no update file (RBL) inside.';
  return {
    ...(inner ?? NOTHING),
    kind: 'tuya-ug',
    description: `a Tuya update file (UG)${inner === null ? '' : nameOf(inner)}`,
    // That of the firmware itself outranks what its maker wrote on the wrapping.
    version: (inner?.project ? inner.version : null) ?? (ug.version || (inner?.version ?? null)),
    checks: [...ug.checks, ...(inner?.checks ?? [])],
    damaged: [...ug.damaged, ...(inner?.damaged ?? [missing])],
    advice: ['It holds an update file (RBL) behind its first 32 bytes.', DOWNLOAD_SLOT],
  };
}

const LONE_HEADER: DetectedImage = {
  ...NOTHING,
  kind: 'rbl-header',
  description: 'the header of an application (RBLH), without the application',
  advice: ['It is of use only with its application: take the UF2 file, which has both.'],
};

/** It begins with the letters of an update file, too, but comes as three packets. */
function isLoneHeader(bytes: Uint8Array): boolean {
  if (bytes.length !== RBL_HEADER_ON_FLASH) return false;
  return readRbl(stripPackets(bytes, 0, HEADER_PACKETS)) !== null;
}

function* describeRbl(bytes: Uint8Array): Generator<void, DetectedImage | null> {
  const file = readRblFile(bytes);
  if (file === null) return null;
  yield;
  const { header, checks, damaged, unsupported } = file;
  const app = appOf(file);
  // Such files fit any code key: the bootloader encrypts what it installs.
  const guess = weighHints(app === null ? [] : appHints(app, null));
  const evidence = [`Its header names the partition ${header.partition}.`, ...guess.evidence];
  if (unsupported !== null)
    evidence.push(`It was packed with ${unsupported}, which cannot be opened here.`);
  const named = { ...NOTHING, project: app?.project ?? null, version: app?.version ?? null };
  return {
    ...named,
    kind: 'rbl',
    description: `an over-the-air update file (RBL)${nameOf(named)}`,
    chip: guess.chip,
    chips: guess.chips,
    version: named.version ?? (header.version || null),
    evidence,
    checks,
    damaged: [...damaged, ...contradiction(guess)],
    advice: [DOWNLOAD_SLOT],
  };
}

function appOf({ code, header }: RblFile): AppImage | null {
  return code === null || header.partition !== 'app' ? null : readAppCode(code);
}

function nameOf({ project, version }: Pick<DetectedImage, 'project' | 'version'>): string {
  if (project === null) return '';
  return version === null ? ` with ${project}` : ` with ${project} ${version}`;
}
