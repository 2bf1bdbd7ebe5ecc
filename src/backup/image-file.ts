import { readFile, stat } from 'node:fs/promises';
import { BkError } from '../errors';
import { errnoOf, storageError } from './storage';

/** No flash of these chips is larger, bytes. */
export const LARGEST_IMAGE = 32 * 1024 * 1024;

/**
 * Reads the file of an image.
 * @throws BkError BK_STORAGE (missing, a folder, not readable), BK_BAD_IMAGE (empty, over 32 MiB)
 */
export async function readImageFile(path: string): Promise<Buffer> {
  try {
    return await readWhole(path);
  } catch (reason) {
    if (reason instanceof BkError) throw reason;
    if (errnoOf(reason) === 'ENOENT') {
      throw new BkError('BK_STORAGE', `There is no file ${path}`, {
        reason,
        advice: ['Check the file name; a relative one is looked for in the folder of the setting.'],
      });
    }
    throw storageError(`The file ${path} cannot be read`, reason);
  }
}

async function readWhole(path: string): Promise<Buffer> {
  if (path.includes('\0')) throw new BkError('BK_STORAGE', 'There is no file of this name');
  // Asked before it is opened: opening a pipe would wait for somebody to write to it.
  const stats = await stat(path);
  if (!stats.isFile()) {
    const what = stats.isDirectory() ? 'a folder' : 'no plain file';
    throw new BkError('BK_STORAGE', `${path} cannot be read: it is ${what}`, {
      advice: ['Name the file itself.'],
    });
  }
  if (stats.size > LARGEST_IMAGE) {
    throw new BkError(
      'BK_BAD_IMAGE',
      `${path} has ${stats.size} bytes, more than any flash of these chips`,
      { advice: ['Check that this is the file that was meant.'] },
    );
  }
  const bytes = await readFile(path);
  if (bytes.length > 0) return bytes;
  throw new BkError('BK_BAD_IMAGE', `${path} is empty`, {
    advice: ['Download or copy the file again.'],
  });
}
