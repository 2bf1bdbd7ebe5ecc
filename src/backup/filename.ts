import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { BkError, shown } from '../errors';
import { type Note, say } from '../texts/note';
import type { FileMode } from './atomic';
import { INDEX } from './catalogue-file';
import { makeFolder } from './folder';
import { SIDECAR } from './record';
import { errnoOf, storageError } from './storage';

/** Windows takes these for separators and drives; they are refused everywhere, so that flows can move. */
const FOREIGN_PATH = /\\|^[A-Za-z]:/;
/** A line break or a zero byte: no name that a person meant. */
const UNPRINTABLE = /\p{Cc}/u;
/** What file systems take, bytes; while a file and its sidecar are under way their names have 24 more. */
const LONGEST_NAME = 255 - 24;
const UNDER_WAY = /^\..*\.(part|partial|check)$/;

/**
 * Refuses a name that cannot be that of a backup in any folder. Looks at no disk.
 * @param folder for messages
 * @throws BkError BK_BAD_SETTING
 */
export function checkFilename(folder: string, filename: string): void {
  const parts = filename.split('/');
  const name = parts.at(-1) as string;
  if (UNPRINTABLE.test(filename)) {
    throw unfit(say('backup.unprintableName', { name: shown(filename) }));
  }
  const leaves =
    isAbsolute(filename) ||
    FOREIGN_PATH.test(filename) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (leaves) throw escapes(filename, folder);
  const bytes = Buffer.byteLength(name);
  if (bytes > LONGEST_NAME) {
    throw unfit(
      say('backup.nameOfTooManyBytes', { name: shown(filename), bytes, most: LONGEST_NAME }),
    );
  }
  if (name.endsWith(SIDECAR)) {
    throw unfit(say('backup.nameOfSidecar', { name: shown(filename), ending: SIDECAR }));
  }
  if (UNDER_WAY.test(name) || name === INDEX)
    throw unfit(say('backup.nameOfPart', { name: shown(filename) }));
}

/**
 * The path of a file that a person named, inside the folder. Folders on the way are made.
 * @param folder absolute path of a folder that exists
 * @param mode of the folders that are made
 * @throws BkError BK_BAD_SETTING when the name cannot be one, or leads out of the folder, BK_STORAGE
 */
export async function resolveFilename(
  folder: string,
  filename: string,
  mode: FileMode = 'owner',
): Promise<string> {
  checkFilename(folder, filename);
  const parts = filename.split('/');
  const path = join(folder, ...parts);
  await mustLieInside(folder, await nearestExisting(dirname(path)), filename);
  if (parts.length > 1) await makeFolder(dirname(path), mode);
  if (await isFolder(path)) {
    throw new BkError('BK_STORAGE', say('backup.pathIsFolder', { path }), {
      advice: [say('backup.otherFileName')],
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
    throw storageError(reason, (why) => say('backup.fileUnwritable', { filename, folder, why }));
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
  return unfit(say('backup.nameLeavesFolder', { name: shown(filename), folder }));
}

function unfit(what: Note): BkError {
  return new BkError('BK_BAD_SETTING', what, {
    phase: 'open',
    advice: [say('backup.plainName')],
  });
}
