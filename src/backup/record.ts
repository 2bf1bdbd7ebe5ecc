import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { CHIP_NAMES, type ChipName } from '../chip/known/chips';
import type { ChipId } from './names';
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

/** Reads a sidecar's text; null unless it has all that a record needs. What else stands there is left out. */
export function parseRecord(text: string): BackupRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
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

/** A name or a date: no file system takes longer names. */
function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
