import { mkdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { BkError } from '../errors';
import { discard, partPath, writePart } from './atomic';
import { errnoOf, storageError } from './storage';

/**
 * Makes the folder when it is missing and proves that a file can be written in it. To be called
 * before a long read, so that the read is not in vain.
 * @param folder absolute path
 * @throws BkError BK_STORAGE, BK_BAD_SETTING (no folder, or a relative one)
 */
export async function checkFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  const part = partPath(join(folder, 'check'));
  try {
    await writePart(part, Buffer.from('This file can go.\n'));
  } catch (reason) {
    throw storageError(`The folder ${folder} cannot be written`, reason);
  }
  await discard(part);
}

/** Makes a folder and those above it. @throws BkError BK_STORAGE, BK_BAD_SETTING */
export async function makeFolder(folder: string): Promise<void> {
  if (!isAbsolute(folder) || folder.includes('\0')) {
    throw new BkError(
      'BK_BAD_SETTING',
      `"${folder.replaceAll('\0', '?')}" is no folder for backups: it needs an absolute path`,
      { advice: ['Set a folder, as bk-backups.'] },
    );
  }
  try {
    await makeWithParents(folder);
  } catch (reason) {
    throw storageError(`The folder ${folder} cannot be used`, reason);
  }
}

/**
 * Like mkdir's own `recursive`, which never ends on file systems that say that a folder cannot be made
 * by saying that the one above it does not exist (Node.js 20 on /proc).
 */
async function makeWithParents(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  try {
    await mkdir(folder);
  } catch (reason) {
    if (errnoOf(reason) === 'ENOENT' && dirname(folder) !== folder) {
      await makeWithParents(dirname(folder));
      await mkdirUnlessThere(folder);
    } else if (!(await isFolder(folder))) {
      throw reason;
    }
  }
}

/** Somebody else may make the same folder at the same time. */
async function mkdirUnlessThere(folder: string): Promise<void> {
  await mkdir(folder).catch(async (reason: unknown) => {
    if (!(await isFolder(folder))) throw reason;
  });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
