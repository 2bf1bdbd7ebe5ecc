import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { discard } from './atomic';
import { type FoundBackup, findBackups, readSidecar, SIDECAR } from './find';
import { chipPart, kindOf, macPart, parseName } from './names';

/**
 * Removes the oldest backups of the chip of `latest` so that `keep` are left, `latest` included. Only
 * files that have both a name of this package's making and a sidecar that agrees with it, and only those
 * of the same stretch of flash: a small read must never push out the backup of the whole chip.
 * Without a MAC nothing tells one chip from another of its model, and all stay.
 * @returns paths of the files that were removed
 */
export async function removeOldest(
  folder: string,
  latest: FoundBackup,
  keep: number,
): Promise<string[]> {
  const { record } = latest;
  if (keep < 1 || !isOwn(latest) || record.mac === null) return [];
  const alike = (await findBackups(folder, record)).filter(
    (backup) =>
      backup.path !== latest.path && isOwn(backup) && kindOf(backup.record) === kindOf(record),
  );
  const removed: string[] = [];
  for (const { path } of alike.slice(keep - 1)) {
    await discard(path);
    removed.push(path);
  }
  // The bytes first: a sidecar alone is nothing that could be taken for a backup.
  await removeLoneSidecars(folder, latest);
  return removed;
}

/** Of what was removed now, and of what was when a crash came between. */
async function removeLoneSidecars(folder: string, { record }: FoundBackup): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const present = new Set(names);
  for (const name of names) {
    if (!name.endsWith(SIDECAR)) continue;
    const path = join(folder, name.slice(0, -SIDECAR.length));
    if (present.has(basename(path)) || parseName(basename(path)) === null) continue;
    const lone = await readSidecar(path);
    if (lone === null || !isOwn({ path, record: lone })) continue;
    const alike = lone.chip === record.chip && lone.mac === record.mac;
    if (alike && kindOf(lone) === kindOf(record)) await discard(path + SIDECAR);
  }
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
