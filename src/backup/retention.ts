import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Note, say } from '../texts/note';
import { discard, targetOf } from './atomic';
import { type KeepRules, whichGo } from './base/which-go';
import { Catalogue, signature } from './catalogue';
import { backupsOf, isAsListed, loadVerified } from './find';
import type { FolderTurns } from './folder-turns';
import { chipPart, kindOf, macPart, parseName } from './names';
import { type FoundBackup, readSidecar, SIDECAR } from './record';
import { refusalOf } from './storage';

/**
 * Bytes that are hashed at most to find out which backups are sound, before those in the index are left for the next
 * time: on a small computer this is seconds. What was not looked at does not count, and so more stays.
 */
const MOST_HASHED = 256 * 1024 * 1024;

export interface Retention {
  /** Paths of the files that were removed. */
  removed: string[];
  /** Why something that was to go is still there. */
  doubts: Note[];
}

/**
 * Removes the old backups of the chip of `latest` that no rule wants to keep. Only files that have both a name of this
 * package's making and a sidecar that agrees with it, and only those of the same stretch of flash: a small read must
 * never push out the backup of the whole chip. Without a MAC nothing tells one chip from another of its model, and all
 * stay; so do those that a job reads, and all where `latest` is not on the disk as it should be.
 * @param turns knows what jobs read
 * @param now ms since 1970
 * @param pause called in between, where there is much to hash
 */
export async function removeOld(
  turns: FolderTurns,
  folder: string,
  latest: FoundBackup,
  rules: KeepRules,
  now: number,
  pause: () => Promise<void>,
): Promise<Retention> {
  const { record } = latest;
  const isSet = rules.keep > 0 || rules.keepDays > 0;
  if (!isSet || !isOwn(latest) || record.mac === null) return { removed: [], doubts: [] };
  const catalogue = await Catalogue.open(folder);
  const all = catalogue.backups;
  const alike = backupsOf(all, record)
    .filter(
      (one) => one.path !== latest.path && isOwn(one) && kindOf(one.record) === kindOf(record),
    )
    .map((one) => ({ ...one, date: Date.parse(one.record.date) }));
  let left = MOST_HASHED;
  const mayRead = async (bytes: number) => {
    await pause();
    left -= bytes;
    return left >= 0;
  };
  const dates = all.map((one) => Date.parse(one.record.date));
  // A part of a flash is nobody's way back.
  const keepFirst = rules.keepFirst && record.kind === 'full';
  const { go, doubt } = await whichGo(alike, { ...rules, keepFirst }, { dates, now }, (one) =>
    catalogue.isSound(one, mayRead),
  );
  await catalogue.save();
  if (doubt !== null) {
    const file = alike[0]?.record.file ?? '';
    const why = doubt === 'unset' ? say('backup.clockUnset') : say('backup.clockBehind', { file });
    return { removed: [], doubts: [why] };
  }
  if (go.length > 0 && (await loadVerified(latest)) === null)
    return { removed: [], doubts: [say('backup.newUnsound', { file: record.file })] };
  const result = await removeAll(turns, go);
  // The bytes first: a sidecar alone is nothing that could be taken for a backup.
  await removeLoneSidecars(folder, latest);
  return result;
}

async function removeAll(turns: FolderTurns, go: readonly FoundBackup[]): Promise<Retention> {
  const result: Retention = { removed: [], doubts: [] };
  for (const backup of go) {
    const { path } = backup;
    if ((await turns.isHeld(path)) || !(await isAsListed(backup))) continue;
    try {
      await rm(path);
      result.removed.push(path);
    } catch (reason) {
      const why = refusalOf(reason);
      result.doubts.push(say('backup.notRemoved', { file: basename(path), why }));
    }
  }
  return result;
}

/** Of what was removed now, and of what was when a crash came between. */
async function removeLoneSidecars(folder: string, { record }: FoundBackup): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const present = new Set(names);
  // Another process may just be giving a backup its name: the sidecar has it first.
  const underWay = new Set(names.map(targetOf));
  for (const name of names) {
    if (!name.endsWith(SIDECAR)) continue;
    const path = join(folder, name.slice(0, -SIDECAR.length));
    const file = basename(path);
    if (present.has(file) || underWay.has(file) || parseName(file) === null) continue;
    const lone = await readSidecar(path);
    if (lone === null || !isOwn({ path, record: lone })) continue;
    const alike = lone.chip === record.chip && lone.mac === record.mac;
    if (!alike || kindOf(lone) !== kindOf(record)) continue;
    // It may have come since the names were read.
    if ((await signature(path)) === null) await discard(path + SIDECAR);
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
