import { Catalogue, type ListedBackup } from './catalogue';
import { LARGEST_IMAGE } from './image-file';
import type { ChipId } from './names';
import { readIfPlain } from './plain-file';
import { type BackupRecord, type FoundBackup, readSidecar, sha256 } from './record';

/**
 * Backups of this chip in a folder, newest first; none when there is no such folder. With a MAC of
 * null: those of chips of this model without a MAC, which need not be this chip.
 */
export async function findBackups(folder: string, id: ChipId): Promise<ListedBackup[]> {
  return backupsOf(await listBackups(folder), id);
}

/**
 * Every backup in a folder, newest first; none when there is no such folder. Their checksums sector by sector are
 * left out: there are many, and they stand in the sidecars.
 */
export async function listBackups(folder: string): Promise<ListedBackup[]> {
  return (await Catalogue.open(folder)).backups;
}

/** Those of one chip among backups, in their order. */
export function backupsOf<Backup extends FoundBackup>(
  backups: readonly Backup[],
  { chip, mac }: ChipId,
): Backup[] {
  const own = mac?.toLowerCase() ?? null;
  return backups.filter(({ record }) => record.chip === chip && record.mac === own);
}

const TOLD = ['kind', 'chip', 'mac', 'offset', 'length', 'sha256', 'date', 'file'] as const;

/** Whether the sidecar of a backup that was listed still says the same: where it counts it is read itself. */
export async function isAsListed({ path, record }: FoundBackup): Promise<boolean> {
  const now: BackupRecord | null = await readSidecar(path);
  return now !== null && TOLD.every((name) => now[name] === record[name]);
}

/** The bytes of a backup that was listed; null unless they are what its sidecar says, which still says the same. */
export async function loadListed(backup: FoundBackup): Promise<Buffer | null> {
  return (await isAsListed(backup)) ? loadVerified(backup) : null;
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
