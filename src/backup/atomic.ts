import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Who may read the files that are made: backups hold passwords. Windows has no such thing. */
export type FileMode = 'owner' | 'group' | 'all';

const FILE_BITS: Readonly<Record<FileMode, number>> = { owner: 0o600, group: 0o640, all: 0o644 };
/** A folder that is opened for reading only; Windows has no such flag. */
const FOLDER_ONLY = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0);

/** A file under way: hidden, and told by its ending. */
const PART = /^\.(.+)\.[0-9a-f]{12}\.part$/;
/** What an unfinished backup has read so far, and what an unfinished write has kept. */
const PARTIAL = /^\.[A-Za-z0-9]+_[0-9a-f]{12}_(full|[0-9a-f]+-[0-9a-f]+)\.(partial|edge)$/;
/** What is older than this was left behind, ms: nobody takes so long, or comes back to it. */
const STALE: readonly [RegExp, number][] = [
  [PART, DAY_MS],
  [PARTIAL, 7 * DAY_MS],
];

/** Where the bytes of `path` lie until they are complete: in the same folder, so that a rename suffices. */
export function partPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
}

/** Makes a file of an unused name, and opens it for writing. */
export async function createFile(path: string, mode: FileMode): Promise<FileHandle> {
  const file = await open(path, 'wx', FILE_BITS[mode]);
  // Who asks for more than the process gives by itself (its umask) gets it, where the disk knows of modes.
  if (mode !== 'owner') await file.chmod(FILE_BITS[mode]).catch(() => {});
  return file;
}

/**
 * Writes bytes to a new file of an unused name and has the disk confirm them; leaves nothing behind
 * when that fails.
 */
export async function writePart(part: string, bytes: Uint8Array, mode: FileMode): Promise<void> {
  try {
    const file = await createFile(part, mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await discard(part);
    throw error;
  }
}

/** Removes a file; that it cannot be removed is not worth another error. */
export async function discard(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
}

/** Gives a finished part its name, in place of what had that name; both are there or neither is. */
export async function commitPart(part: string, path: string): Promise<void> {
  try {
    await rename(part, path);
  } catch (error) {
    await discard(part);
    throw error;
  }
}

/** A file with these bytes, in place of what had its name; the old one or the new one is there, and whole. */
export async function replaceFile(path: string, bytes: Uint8Array, mode: FileMode): Promise<void> {
  const part = partPath(path);
  await writePart(part, bytes, mode);
  await commitPart(part, path);
}

/** Makes the names of a folder last through a power failure, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, FOLDER_ONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows cannot open folders, and some network disks cannot sync them: the files are whole anyway.
  }
}

/** The name that a file under way is to get; null for any other file. */
export function targetOf(name: string): string | null {
  return PART.exec(name)?.[1] ?? null;
}

/** Whether a file is one under way, or what an unfinished job has kept. */
export function isUnfinished(name: string): boolean {
  return STALE.some(([pattern]) => pattern.test(name));
}

/**
 * Removes what was left in a folder: files under way more than a day before `now` (ms since 1970),
 * what unfinished jobs have kept after a week.
 */
export async function removeStale(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const limit = STALE.find(([pattern]) => pattern.test(name))?.[1];
    if (limit === undefined) continue;
    const path = join(folder, name);
    const age = await lstat(path).then(
      ({ mtimeMs }) => now - mtimeMs,
      () => 0,
    );
    if (age > limit) await discard(path);
  }
}
