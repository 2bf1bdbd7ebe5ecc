import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LARGEST_IMAGE } from './image-file';
import { type ChipId, parseName } from './names';
import { readIfPlain } from './plain-file';
import { type BackupRecord, parseRecord, sha256 } from './record';

/** A backup that lies in a folder, as its sidecar describes it; its bytes are not yet looked at. */
export interface FoundBackup {
  /** Absolute path of the bytes. */
  path: string;
  record: BackupRecord;
}

/** Ending of the file that lies beside a backup. */
export const SIDECAR = '.json';
/** Some kilobytes, as a rule, bytes. */
const LARGEST_SIDECAR = 1024 * 1024;

/**
 * Backups of this chip in a folder, newest first; none when there is no such folder. With a MAC of
 * null: those of chips of this model without a MAC, which need not be this chip.
 */
export async function findBackups(folder: string, id: ChipId): Promise<FoundBackup[]> {
  return backupsOf(await listBackups(folder), id);
}

/** Every backup in a folder, newest first; none when there is no such folder. */
export async function listBackups(folder: string): Promise<FoundBackup[]> {
  const names = await readdir(folder).catch(() => []);
  const present = new Set(names);
  const found: FoundBackup[] = [];
  for (const name of names) {
    if (!present.has(name + SIDECAR)) continue;
    const record = await readSidecar(join(folder, name));
    if (record !== null) found.push({ path: join(folder, name), record });
  }
  return found.sort(newestFirst);
}

/** Those of one chip among backups, in their order. */
export function backupsOf(backups: readonly FoundBackup[], { chip, mac }: ChipId): FoundBackup[] {
  const own = mac?.toLowerCase() ?? null;
  return backups.filter(({ record }) => record.chip === chip && record.mac === own);
}

/**
 * The bytes of a backup; null unless they are what its sidecar says.
 * @param links whether it may lie elsewhere, with a link in its place
 */
export async function loadVerified(
  { path, record }: FoundBackup,
  links: 'follow' | 'refuse' = 'follow',
): Promise<Buffer | null> {
  const most = Math.min(record.length, LARGEST_IMAGE);
  const bytes = await readIfPlain(path, { most, links });
  if (bytes === null || bytes.length !== record.length) return null;
  return sha256(bytes) === record.sha256 ? bytes : null;
}

/**
 * A stretch of a backup as it lies there now; null where it is not to be had. Nobody has checked it.
 * @param range of the flash, in bytes
 */
export function loadStretch(
  { path, record }: FoundBackup,
  range: { offset: number; length: number },
): Promise<Buffer | null> {
  const from = range.offset - record.offset;
  return readIfPlain(path, { most: range.length, longer: 'cut', from });
}

/** What lies beside a file as its sidecar; null where there is none that can be read. */
export async function readSidecar(path: string): Promise<BackupRecord | null> {
  const text = await readSidecarBytes(path);
  return text === null ? null : parseRecord(text.toString('utf8'));
}

/** The sidecar of a file as it is; null where it is none. */
export function readSidecarBytes(path: string): Promise<Buffer | null> {
  return readIfPlain(path + SIDECAR, { most: LARGEST_SIDECAR });
}

/** What else a sidecar tells of the chip; null where it does not. */
export interface ChipTraits {
  /** Of its flash, as identification has it. */
  flashId: string | null;
  encryptionKey: string | null;
}

export async function traitsOf({ path }: FoundBackup): Promise<ChipTraits> {
  const text = await readSidecarBytes(path);
  const facts = text === null ? null : parseFacts(text.toString('utf8'));
  return {
    flashId: textOrNull(facts?.flash?.id),
    encryptionKey: textOrNull(facts?.encryptionKey),
  };
}

/** As a sidecar may have it. */
type SidecarFacts = { flash?: { id?: unknown } | null; encryptionKey?: unknown } | null;

function parseFacts(text: string): SidecarFacts {
  try {
    return JSON.parse(text) as SidecarFacts;
  } catch {
    return null;
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Two of one second are told apart by the numbers at the ends of their names. */
function newestFirst(a: FoundBackup, b: FoundBackup): number {
  const byDate = Date.parse(b.record.date) - Date.parse(a.record.date);
  return byDate !== 0 ? byDate : numberOf(b) - numberOf(a);
}

function numberOf(backup: FoundBackup): number {
  return parseName(backup.record.file)?.number ?? 1;
}
