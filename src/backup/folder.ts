import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { BkError } from '../errors';
import { say } from '../texts/note';
import { discard, type FileMode, writePart } from './atomic';
import { errnoOf, storageError } from './storage';

const FOLDER_BITS: Readonly<Record<FileMode, number>> = { owner: 0o700, group: 0o750, all: 0o755 };
/** A file that proves that one can be written. */
const PROBE = /^\.[0-9a-f]{12}\.check$/;

/**
 * Makes the folder when it is missing and proves that a file can be written in it. To be called
 * before a long read, so that the read is not in vain.
 * @param folder absolute path
 * @param mode of the folders that are made
 * @throws BkError BK_STORAGE, BK_BAD_SETTING (no folder, or a relative one)
 */
export async function checkFolder(folder: string, mode: FileMode = 'owner'): Promise<void> {
  await makeFolder(folder, mode);
  await removeProbes(folder);
  const part = join(folder, `.${randomBytes(6).toString('hex')}.check`);
  try {
    await writePart(part, Buffer.from('This file can go.\n'), mode);
  } catch (reason) {
    throw storageError(reason, (why) => say('backup.folderUnwritable', { folder, why }));
  }
  await discard(part);
}

/** A crash may leave one; whoever has one under way does not miss it. */
async function removeProbes(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (PROBE.test(name)) await discard(join(folder, name));
  }
}

/** Makes a folder and those above it; one that is there keeps its mode. @throws BkError BK_STORAGE, BK_BAD_SETTING */
export async function makeFolder(folder: string, mode: FileMode = 'owner'): Promise<void> {
  if (!isAbsolute(folder) || folder.includes('\0')) {
    const text = say('backup.noAbsolutePath', { folder: folder.replaceAll('\0', '?') });
    throw new BkError('BK_BAD_SETTING', text, { advice: [say('backup.setFolder')] });
  }
  try {
    await makeWithParents(folder, mode);
  } catch (reason) {
    throw storageError(reason, (why) => say('backup.folderUnusable', { folder, why }));
  }
}

/**
 * Like mkdir's own `recursive`, which never ends on file systems that say that a folder cannot be made
 * by saying that the one above it does not exist (Node.js 20 on /proc).
 */
async function makeWithParents(folder: string, mode: FileMode): Promise<void> {
  if (await isFolder(folder)) return;
  try {
    await make(folder, mode);
  } catch (reason) {
    if (errnoOf(reason) === 'ENOENT' && dirname(folder) !== folder) {
      await makeWithParents(dirname(folder), mode);
      await makeUnlessThere(folder, mode);
    } else if (!(await isFolder(folder))) {
      throw reason;
    }
  }
}

/** Somebody else may make the same folder at the same time. */
async function makeUnlessThere(folder: string, mode: FileMode): Promise<void> {
  await make(folder, mode).catch(async (reason: unknown) => {
    if (!(await isFolder(folder))) throw reason;
  });
}

async function make(folder: string, mode: FileMode): Promise<void> {
  const bits = FOLDER_BITS[mode];
  await mkdir(folder, bits);
  if (mode === 'owner') return;
  // What the process holds back by itself (its umask) is given; what the folder has from the one above it stays.
  const made = await stat(folder);
  if ((made.mode & bits) !== bits) await chmod(folder, made.mode | bits).catch(() => {});
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
