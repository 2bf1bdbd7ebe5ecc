import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { BkError } from '../errors';
import { discard, partPath, writePart } from './atomic';
import { storageError } from './storage';

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
    await mkdir(folder, { recursive: true });
  } catch (reason) {
    throw storageError(`The folder ${folder} cannot be used`, reason);
  }
}
