import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { BkError, shown } from '../errors';
import { type Note, say } from '../texts/note';
import { type FileMode, replaceFile, syncFolder } from './atomic';
import { readPlain } from './plain-file';
import { errnoOf, refusalOf, storageError } from './storage';

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
      throw unread(say('backup.noSuchFile', { path }), say('backup.checkFileName'), reason);
    }
    const text = say('backup.fileUnreadable', { path, why: refusalOf(reason) });
    throw unread(text, say('backup.checkNameAndRights'), reason);
  }
}

/**
 * Writes bytes to a file that is complete or absent, in place of one of that name.
 * @param path absolute, in a folder that exists
 * @param mode who may read it: a dump holds passwords, an eFuse keys
 * @throws BkError BK_STORAGE
 */
export async function writeImageFile(
  path: string,
  bytes: Uint8Array,
  mode: FileMode = 'owner',
): Promise<void> {
  try {
    await replaceFile(path, bytes, mode);
    await syncFolder(dirname(path));
  } catch (reason) {
    throw storageError(reason, (why) => say('backup.imageUnwritable', { path, why }));
  }
}

async function readWhole(path: string): Promise<Buffer> {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw unread(say('backup.noFileName', { path: shown(path) }), say('backup.correctFileName'));
  }
  const read = await readPlain(path, { most: LARGEST_IMAGE });
  if (!Buffer.isBuffer(read)) throw unfit(path, read);
  if (read.length > 0) return read;
  throw new BkError('BK_BAD_IMAGE', say('backup.emptyFile', { path }), {
    phase: 'open',
    advice: [say('backup.copyAgain')],
  });
}

/** What is no file of an image. */
function unfit(path: string, stats: Stats): BkError {
  if (!stats.isFile()) {
    const text = stats.isDirectory()
      ? say('backup.folderUnread', { path })
      : say('backup.noPlainFile', { path });
    return unread(text, say('backup.nameFileItself'));
  }
  const text = say('backup.longerThanAnyFlash', { path, bytes: stats.size });
  return new BkError('BK_BAD_IMAGE', text, {
    phase: 'open',
    advice: [say('backup.checkFileMeant')],
  });
}

function unread(what: Note, advice: Note, reason?: unknown): BkError {
  return new BkError('BK_STORAGE', what, {
    phase: 'open',
    ...(reason === undefined ? {} : { reason }),
    advice: [advice],
  });
}
