import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BkError, shown } from '../errors';
import { replaceFile, syncFolder } from './atomic';
import { errnoOf, inWords, storageError } from './storage';

/** No flash of these chips is larger, bytes. */
export const LARGEST_IMAGE = 32 * 1024 * 1024;

/**
 * Reads the file of an image.
 * @param path relative ones begin where the program was started
 * @throws BkError BK_STORAGE (missing, a folder, not readable), BK_BAD_IMAGE (empty, over 32 MiB)
 */
export async function readImageFile(path: string): Promise<Buffer> {
  try {
    return await readWhole(path);
  } catch (reason) {
    if (reason instanceof BkError) throw reason;
    if (errnoOf(reason) === 'ENOENT') {
      throw unread(`There is no file ${path}`, reason, [
        "Check the file name; in a flow a relative one begins at Node-RED's user folder.",
      ]);
    }
    throw unread(`The file ${path} cannot be read: ${inWords(reason)}`, reason, [
      'Check the file name, and that the user that runs Node-RED may read the file.',
    ]);
  }
}

/**
 * Writes bytes to a file that is complete or absent, in place of one of that name.
 * @param path absolute, in a folder that exists
 * @throws BkError BK_STORAGE
 */
export async function writeImageFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await replaceFile(path, bytes);
    await syncFolder(dirname(path));
  } catch (reason) {
    throw storageError(`The file ${path} cannot be written`, reason);
  }
}

async function readWhole(path: string): Promise<Buffer> {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw unread(`${shown(path)} is no name of a file`, undefined, ['Correct the file name.']);
  }
  // Asked before it is opened: opening a pipe would wait for somebody to write to it.
  const stats = await stat(path);
  if (!stats.isFile()) {
    const what = stats.isDirectory() ? 'a folder' : 'no plain file';
    throw unread(`${path} cannot be read: it is ${what}`, undefined, ['Name the file itself.']);
  }
  if (stats.size > LARGEST_IMAGE) {
    throw new BkError(
      'BK_BAD_IMAGE',
      `${path} has ${stats.size} bytes, more than any flash of these chips`,
      { phase: 'open', advice: ['Check that this is the file that was meant.'] },
    );
  }
  const bytes = await readFile(path);
  if (bytes.length > 0) return bytes;
  throw new BkError('BK_BAD_IMAGE', `${path} is empty`, {
    phase: 'open',
    advice: ['Download or copy the file again.'],
  });
}

function unread(what: string, reason: unknown, advice: string[]): BkError {
  return new BkError('BK_STORAGE', what, {
    phase: 'open',
    ...(reason === undefined ? {} : { reason }),
    advice,
  });
}
