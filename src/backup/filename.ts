import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { BkError } from '../errors';
import { makeFolder } from './folder';
import { errnoOf, storageError } from './storage';

/** Windows takes these for separators and drives; they are refused everywhere, so that flows can move. */
const FOREIGN_PATH = /\\|^[A-Za-z]:/;

/**
 * The path of a file that a person named, inside the folder. Folders on the way are made.
 * @param folder absolute path of a folder that exists
 * @throws BkError BK_BAD_SETTING when the name leads out of the folder, BK_STORAGE
 */
export async function resolveFilename(folder: string, filename: string): Promise<string> {
  const parts = filename.split('/');
  const refused =
    filename.includes('\0') ||
    isAbsolute(filename) ||
    FOREIGN_PATH.test(filename) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (refused) throw escapes(filename, folder);
  const path = join(folder, ...parts);
  await mustLieInside(folder, await nearestExisting(dirname(path)), filename);
  if (parts.length > 1) await makeFolder(dirname(path));
  if (await isFolder(path)) {
    throw new BkError('BK_STORAGE', `${path} cannot be written: it is a folder`, {
      advice: ['Choose another file name.'],
    });
  }
  return path;
}

/** A link on the way may lead anywhere: what counts is where it ends. */
async function mustLieInside(folder: string, path: string, filename: string): Promise<void> {
  let way: string;
  try {
    way = relative(await realpath(folder), await realpath(path));
  } catch (reason) {
    throw storageError(`The file ${filename} cannot be written in ${folder}`, reason);
  }
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw escapes(filename, folder);
  }
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await lstat(path);
    return path;
  } catch (reason) {
    if (errnoOf(reason) !== 'ENOENT' || dirname(path) === path) return path;
    return nearestExisting(dirname(path));
  }
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function escapes(filename: string, folder: string): BkError {
  return new BkError(
    'BK_BAD_SETTING',
    `The file name "${filename.replaceAll('\0', '?')}" does not stay in the folder ${folder}`,
    { advice: ['Give a plain name, as lamp.bin; set the folder for anything else.'] },
  );
}
