import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, syncFolder } from '../backup/atomic';
import { makeFolder } from '../backup/folder';
import { LARGEST_IMAGE } from '../backup/image-file';
import { readIfPlain } from '../backup/plain-file';
import { sha256 } from '../backup/record';
import { storageError } from '../backup/storage';
import { isTag, RELEASE_NAMES, type ReleaseName } from '../chip/known/known-releases';
import { say } from '../texts/note';

/** What lies beside a file that was fetched, as `<file>.json`. */
export interface KeptRecord {
  release: ReleaseName;
  /** As its publisher calls it. */
  version: string;
  file: string;
  /** Bytes. */
  size: number;
  /** Of the bytes, lower-case hex. */
  sha256: string;
  /** Whether that was published with it, and not only computed here. */
  published: boolean;
  /** When it was fetched, ISO 8601. */
  date: string;
}

export interface KeptFile {
  path: string;
  record: KeptRecord;
  bytes: Buffer;
}

const SIDECAR = '.json';
const LONGEST_SIDECAR = 16 * 1024;

/**
 * Keeps a file, and what is known of it; both are complete or absent. Firmware is no secret: everybody may read it.
 * @param folder absolute path; made when missing
 * @returns its path
 * @throws BkError BK_STORAGE, BK_BAD_SETTING
 */
export async function keepFile(folder: string, record: KeptRecord, bytes: Buffer): Promise<string> {
  await makeFolder(folder, 'all');
  const path = join(folder, record.file);
  try {
    await replaceFile(path, bytes, 'all');
    await replaceFile(path + SIDECAR, Buffer.from(`${JSON.stringify(record, null, 2)}\n`), 'all');
    await syncFolder(folder);
  } catch (reason) {
    throw storageError(reason, (why) => say('backup.imageUnwritable', { path, why }));
  }
  return path;
}

/** What is known of the files in a folder, the newest versions first; none when there is no such folder. */
export async function listKept(folder: string): Promise<KeptRecord[]> {
  const names = await readdir(folder).catch(() => []);
  const present = new Set(names);
  const records: KeptRecord[] = [];
  for (const name of names) {
    if (!present.has(name + SIDECAR)) continue;
    const text = await readIfPlain(join(folder, name + SIDECAR), { most: LONGEST_SIDECAR });
    const record = text === null ? null : parseKept(text.toString('utf8'));
    if (record?.file === name) records.push(record);
  }
  return records.sort(newestFirst);
}

/** The file with its bytes; null where they are not what is known of it. */
export async function loadKept(folder: string, record: KeptRecord): Promise<KeptFile | null> {
  const path = join(folder, record.file);
  const most = Math.min(record.size, LARGEST_IMAGE);
  const bytes = await readIfPlain(path, { most });
  if (bytes === null || bytes.length !== record.size) return null;
  return sha256(bytes) === record.sha256 ? { path, record, bytes } : null;
}

const BY_NUMBERS = new Intl.Collator('en', { numeric: true });

function newestFirst(one: KeptRecord, other: KeptRecord): number {
  return BY_NUMBERS.compare(other.version, one.version) || BY_NUMBERS.compare(other.file, one.file);
}

function parseKept(text: string): KeptRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isRecord(value) ? value : null;
}

function isRecord(value: unknown): value is KeptRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<keyof KeptRecord, unknown>>;
  return (
    RELEASE_NAMES.some((name) => name === record.release) &&
    typeof record.version === 'string' &&
    isTag(record.version) &&
    typeof record.file === 'string' &&
    Number.isSafeInteger(record.size) &&
    typeof record.sha256 === 'string' &&
    typeof record.published === 'boolean' &&
    !Number.isNaN(Date.parse(String(record.date)))
  );
}
