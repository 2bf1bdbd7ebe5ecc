import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { CHIP_NAMES, type ChipName } from '../chip/known/chips';
import { parseShallow } from './base/shallow-json';
import type { ChipId } from './names';
import { readIfPlain } from './plain-file';
import { isSectorList, listSectors } from './sector-list';

/** What lies beside a backup as `<file>.json`. More facts may stand there too. */
export interface BackupRecord extends ChipId {
  /** `full`: the whole flash. */
  kind: 'full' | 'part';
  /** Flash address of the first byte. */
  offset: number;
  /** Bytes. */
  length: number;
  /** Of the bytes, lower-case hex. */
  sha256: string;
  crc32: string;
  /** ISO 8601. */
  date: string;
  /** Name of the file it lies beside. */
  file: string;
  /** Checksums of its sectors, as listSectors makes them; files of earlier versions have none. */
  sectors?: string;
}

/** A backup that lies in a folder, as its sidecar describes it; its bytes are not yet looked at. */
export interface FoundBackup {
  /** Absolute path of the bytes. */
  path: string;
  record: BackupRecord;
}

/** What the caller knows of the bytes. */
export interface BackupSubject extends ChipId {
  kind: 'full' | 'part';
  offset: number;
}

export function makeRecord(
  subject: BackupSubject,
  bytes: Uint8Array,
  date: Date,
  path: string,
): BackupRecord {
  const { chip, mac, kind, offset } = subject;
  const sectors = listSectors(offset, bytes);
  return {
    file: basename(path),
    kind,
    chip,
    mac,
    offset,
    length: bytes.length,
    ...digestsOf(bytes),
    date: date.toISOString(),
    ...(sectors === undefined ? {} : { sectors }),
  };
}

/** By what bytes are compared with those of a backup; of a read they stand among its facts, too. */
export function digestsOf(bytes: Uint8Array): Pick<BackupRecord, 'sha256' | 'crc32'> {
  return { sha256: sha256(bytes), crc32: crc32(bytes).toString(16).padStart(8, '0') };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Ending of the file that lies beside a backup. */
export const SIDECAR = '.json';
/** Some kilobytes, as a rule, bytes. */
const LARGEST_SIDECAR = 1024 * 1024;

/** The sidecar of a file as it is; null where it is none. */
export function readSidecarBytes(path: string): Promise<Buffer | null> {
  return readIfPlain(path + SIDECAR, { most: LARGEST_SIDECAR });
}

/** What lies beside a file as its sidecar; null where there is none that can be read. */
export async function readSidecar(path: string): Promise<BackupRecord | null> {
  const text = await readSidecarBytes(path);
  return text === null ? null : parseRecord(text.toString('utf8'));
}

/** What else a sidecar tells of the chip; null where it does not. */
export interface ChipTraits {
  /** Of its flash, as identification has it. */
  flashId: string | null;
  encryptionKey: string | null;
  /** What its application called itself, with its version. */
  firmware: string | null;
}

/** A sidecar, with what of its other facts people and jobs ask for. */
export interface DescribedBackup {
  record: BackupRecord;
  traits: ChipTraits;
}

/** Reads a sidecar's text; null unless it has all that a record needs. */
export function parseSidecar(text: string): DescribedBackup | null {
  const value = parseShallow(text);
  const record = recordIn(value);
  if (record === null) return null;
  const { flash, encryptionKey, inspection } = value as SidecarFacts;
  const app = inspection?.app;
  const firmware = [app?.project, app?.version].filter((part) => textOrNull(part) !== null);
  return {
    record,
    traits: {
      flashId: textOrNull(flash?.id),
      encryptionKey: textOrNull(encryptionKey),
      firmware: textOrNull(firmware.join(' ')),
    },
  };
}

/** Reads a sidecar's text; null unless it has all that a record needs. What else stands there is left out. */
export function parseRecord(text: string): BackupRecord | null {
  return recordIn(parseShallow(text));
}

/** As a sidecar may have it. */
interface SidecarFacts {
  flash?: { id?: unknown } | null;
  encryptionKey?: unknown;
  inspection?: { app?: { project?: unknown; version?: unknown } | null } | null;
}

/** No file system takes longer names, and nothing that is told of a chip is longer. */
const LONGEST_TEXT = 255;

function textOrNull(value: unknown): string | null {
  return isShort(value) && value !== '' ? value : null;
}

/** What is a record among what was read; null for anything else. */
export function recordIn(value: unknown): BackupRecord | null {
  if (!isRecord(value)) return null;
  const { file, kind, chip, mac, offset, length, sha256, crc32, date } = value;
  const { sectors } = value;
  const record = { file, kind, chip, mac, offset, length, sha256, crc32, date };
  return isSectorList(sectors, length) ? { ...record, sectors } : record;
}

function isRecord(value: unknown): value is BackupRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<keyof BackupRecord, unknown>>;
  return (
    (record.kind === 'full' || record.kind === 'part') &&
    (record.chip === null || CHIP_NAMES.includes(record.chip as ChipName)) &&
    (record.mac === null || matches(record.mac, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)) &&
    isCount(record.offset) &&
    isCount(record.length) &&
    matches(record.sha256, /^[0-9a-f]{64}$/) &&
    matches(record.crc32, /^[0-9a-f]{8}$/) &&
    isShort(record.date) &&
    !Number.isNaN(Date.parse(record.date)) &&
    isShort(record.file)
  );
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** A name, a date, or what a chip calls something. */
function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
