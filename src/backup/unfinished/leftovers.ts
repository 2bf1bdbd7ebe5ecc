import { readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { discard, type FileMode, removeStale, targetOf } from '../atomic';
import { resolveFilename } from '../filename';
import { loadVerified } from '../find';
import type { FolderTurns } from '../folder-turns';
import { chipPart, kindOf, macPart, parseName } from '../names';
import { readSidecar, SIDECAR } from '../record';
import type { PartialSubject } from './partial';

/**
 * Clears up after a write of the same backup that was killed: one whose bytes were whole on the disk
 * beside their sidecar is completed, any other is removed. One chip hangs on one port, so that nobody
 * can be at work on another backup of it at the same time.
 * @param filename the name that a person gave the backup; empty for one of this package's making
 * @param now ms since 1970
 * @param mode of the folders that such a name goes through
 */
export async function settleLeftovers(
  turns: FolderTurns,
  folder: string,
  subject: PartialSubject,
  filename: string,
  now: number,
  mode: FileMode = 'owner',
): Promise<void> {
  await turns.take(folder, async () => {
    if (filename !== '') {
      const path = await resolveFilename(folder, filename, mode);
      await settle(dirname(path), (name) => name === basename(path));
    }
    await settle(folder, (name) => isOf(name, subject));
    await removeStale(folder, now).catch(() => {});
  });
}

function isOf(name: string, subject: PartialSubject): boolean {
  const parsed = subject.mac === null ? null : parseName(name);
  return (
    parsed !== null &&
    parsed.chip === chipPart(subject.chip) &&
    parsed.mac === macPart(subject.mac) &&
    parsed.kind === kindOf(subject)
  );
}

async function settle(folder: string, owns: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const target = targetOf(name);
    if (target === null) continue;
    const part = join(folder, name);
    if (owns(target)) {
      if (!(await complete(part, join(folder, target)))) await discard(part);
    } else if (target.endsWith(SIDECAR) && owns(target.slice(0, -SIDECAR.length))) {
      await discard(part);
    }
  }
}

/** A sidecar gets its name only when the bytes are whole: what agrees with it lacks nothing but its name. */
async function complete(part: string, path: string): Promise<boolean> {
  const record = await readSidecar(path);
  if (record === null || record.file !== basename(path)) return false;
  if ((await loadVerified({ path: part, record }, 'refuse')) === null) return false;
  return rename(part, path).then(
    () => true,
    () => false,
  );
}
