import type { ChipName } from '../chip/families';
import { type AppImage, readAppCode } from './app';
import { appHints, weighHints } from './chip-evidence';
import { type DetectedImage, NOTHING } from './detected';
import { markerKey } from './marker';
import { stripPackets } from './packets';
import { HEADER_PACKETS, RBL_HEADER_ON_FLASH, readRbl } from './rbl';
import { type RblFile, readRblFile } from './rbl-file';
import { readUf2, type Uf2File } from './uf2';
import { readTuyaUg } from './ug';

const DOWNLOAD_SLOT =
  'It belongs into the download slot, whose place depends on the chip: the bootloader installs it from there.';

/** Files that wrap what is to be written: UF2, UG and RBL; null for anything else. */
export function detectFile(bytes: Uint8Array): DetectedImage | null {
  const uf2 = readUf2(bytes);
  if (uf2 !== null) return describeUf2(uf2);
  if (isLoneHeader(bytes)) return LONE_HEADER;
  const ug = readTuyaUg(bytes);
  if (ug === null) return describeRbl(bytes);
  const inner = describeRbl(ug.payload);
  const missing = 'There is no update file (RBL) inside.';
  return {
    ...(inner ?? NOTHING),
    kind: 'tuya-ug',
    description: `a Tuya update file (UG)${inner === null ? '' : nameOf(inner)}`,
    version: ug.version || (inner?.version ?? null),
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

function describeRbl(bytes: Uint8Array): DetectedImage | null {
  const file = readRblFile(bytes);
  if (file === null) return null;
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
    damaged,
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

function describeUf2(file: Uf2File): DetectedImage {
  const { firmware, version, family, familyName, board, damaged } = file;
  const application = file.parts.find(
    ({ partitions, address }) => partitions['flasher-single'] === 'app' && address === 0,
  );
  const key = application === undefined ? null : markerKey(application.bytes, 0, 'app');
  const chips = file.chips.filter((chip) => fits(chip, key));
  const target = familyName ?? 'a chip that is not known';
  const evidence = [`It is for ${target}, by its number (0x${family.toString(16)}).`];
  if (board !== null) evidence.push(`It was built for the board ${board}.`);
  const name = nameOf({ project: firmware, version });
  return {
    ...NOTHING,
    kind: 'uf2',
    description: `a UF2 firmware file for ${target}${name}`,
    chip: chips.length === 1 ? (chips[0] ?? null) : null,
    chips,
    version,
    project: firmware,
    key,
    encryptionKey: key,
    evidence,
    damaged,
    advice:
      file.chips.length > 0
        ? ['It says itself where its parts belong.']
        : ['Get the file that is made for the BK72xx chip of this device.'],
  };
}

/** N and M share a number: the key of the code tells which of them it is for. */
function fits(chip: ChipName, key: DetectedImage['key']): boolean {
  if (chip === 'BK7231N') return key !== 'none';
  return chip !== 'BK7231M' || key !== 'tuya';
}
