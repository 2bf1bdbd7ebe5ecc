import { basename } from 'node:path';
import { discard } from './atomic';
import { type FoundBackup, findBackups, SIDECAR } from './find';
import { chipPart, kindOf, macPart, parseName } from './names';

/**
 * Removes the oldest backups of the chip of `latest` so that `keep` are left, `latest` included. Only
 * files that have both a name of this package's making and a sidecar that agrees with it, and only those
 * of the same stretch of flash: a small read must never push out the backup of the whole chip.
 * Without model and MAC nothing tells one chip from another, and all stay.
 * @returns paths of the files that were removed
 */
export async function removeOldest(
  folder: string,
  latest: FoundBackup,
  keep: number,
): Promise<string[]> {
  const { record } = latest;
  if (keep < 1 || !isOwn(latest) || (record.chip === null && record.mac === null)) return [];
  const alike = (await findBackups(folder, record)).filter(
    (backup) =>
      backup.path !== latest.path && isOwn(backup) && kindOf(backup.record) === kindOf(record),
  );
  const removed: string[] = [];
  for (const { path } of alike.slice(keep - 1)) {
    // The bytes first: a sidecar alone is nothing that could be taken for a backup.
    await discard(path);
    await discard(path + SIDECAR);
    removed.push(path);
  }
  return removed;
}

function isOwn({ path, record }: FoundBackup): boolean {
  const name = parseName(basename(path));
  return (
    name !== null &&
    record.file === basename(path) &&
    name.chip === chipPart(record.chip) &&
    name.mac === macPart(record.mac) &&
    name.kind === kindOf(record)
  );
}
