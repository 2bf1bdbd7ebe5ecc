import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file under way: hidden, and told by its ending. */
const PART = /^\..+\.[0-9a-f]{12}\.part$/;
/** A file under way that is older than this was left behind by a crash, ms. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** Where the bytes of `path` lie until they are complete: in the same folder, so that a rename suffices. */
export function partPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
}

/**
 * Writes bytes to a new file of an unused name and has the disk confirm them; leaves nothing behind
 * when that fails.
 */
export async function writePart(part: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(part, 'wx');
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

/** Makes the names of a folder last through a power failure, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows cannot open folders, and some network disks cannot sync them: the files are whole anyway.
  }
}

/** Removes what crashes left in a folder more than a day before `now` (ms since 1970). */
export async function removeStaleParts(folder: string, now: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => PART.test(name));
  for (const name of names) {
    const path = join(folder, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => now - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await discard(path);
  }
}
