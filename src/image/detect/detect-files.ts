import { type Note, say } from '../../texts/note';
import { type AppImage, readAppCode } from '../code/app';
import { stripPackets } from '../code/packets';
import { HEADER_PACKETS, RBL_HEADER_ON_FLASH, readRbl } from '../code/rbl';
import { type RblFile, readRblFile } from '../containers/rbl-file';
import { readTuyaUg } from '../containers/ug';
import { appHints, contradiction, weighHints } from './chip-evidence';
import { detectUf2 } from './detect-uf2';
import { type DetectedImage, NOTHING } from './detected';

const DOWNLOAD_SLOT = say('image.belongsToDownloadSlot');

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
  const missing = say('image.noUpdateInside');
  return {
    ...(inner ?? NOTHING),
    kind: 'tuya-ug',
    description: named(say('image.tuyaUg'), inner),
    // That of the firmware itself outranks what its maker wrote on the wrapping.
    version: (inner?.project ? inner.version : null) ?? (ug.version || (inner?.version ?? null)),
    checks: [...ug.checks, ...(inner?.checks ?? [])],
    damaged: [...ug.damaged, ...(inner?.damaged ?? [missing])],
    advice: [say('image.holdsUpdate'), DOWNLOAD_SLOT],
  };
}

const LONE_HEADER: DetectedImage = {
  ...NOTHING,
  kind: 'rbl-header',
  description: say('image.loneHeader'),
  advice: [say('image.takeUf2')],
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
  const evidence = [
    say('image.namesPartition', { partition: header.partition }),
    ...guess.evidence,
  ];
  if (unsupported !== null) evidence.push(say('image.packedWith', { packing: unsupported }));
  const names = { ...NOTHING, project: app?.project ?? null, version: app?.version ?? null };
  return {
    ...names,
    kind: 'rbl',
    description: named(say('image.rbl'), names),
    chip: guess.chip,
    chips: guess.chips,
    version: names.version ?? (header.version || null),
    evidence,
    checks,
    damaged: [...damaged, ...contradiction(guess)],
    advice: [DOWNLOAD_SLOT],
  };
}

function appOf({ code, header }: RblFile): AppImage | null {
  return code === null || header.partition !== 'app' ? null : readAppCode(code);
}

function named(what: Note, names: Pick<DetectedImage, 'project' | 'version'> | null): Note {
  if (names === null || names.project === null) return what;
  const { project, version } = names;
  return version === null
    ? say('image.withProject', { what, project })
    : say('image.withVersion', { what, project, version });
}
