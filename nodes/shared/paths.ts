import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { BkError, filesOfPort, type Note, say } from '../../src';
import { text } from './settings';

/** Where backups go that are made before flash is changed. */
const BACKUP_FOLDER = 'bk-backups';
/** Where files of releases are kept. */
const FIRMWARE_FOLDER = 'bk-firmware';

/** An absolute path; relative ones start at Node-RED's user folder. */
export function inUserDir(RED: NodeAPI, name: string): string {
  return path.resolve(RED.settings.userDir ?? process.cwd(), name);
}

/** @param name of another one that a person has set; empty for none */
export function backupFolder(RED: NodeAPI, name = ''): string {
  return inUserDir(RED, name.trim() || BACKUP_FOLDER);
}

export function firmwareFolder(RED: NodeAPI): string {
  return inUserDir(RED, FIRMWARE_FOLDER);
}

/**
 * The file that a job shall read. Who edits flows may name any file in the setting; who can only
 * send messages stays inside the folder that the setting names. Where it names a file, that is the file's
 * folder and the user folder; where it names nothing, the user folder.
 * @param setting what the form says: a file, a folder for the names in messages, or nothing; null where the
 *   node has no such setting
 * @param fromMessage the name in the message, or nothing
 * @throws BkError BK_BAD_SETTING
 */
export function sourceFile(RED: NodeAPI, setting: string | null, fromMessage: string): string {
  const configured = setting === null || setting === '' ? null : inUserDir(RED, setting);
  if (fromMessage === '') {
    if (configured !== null && !isFolder(configured)) return configured;
    throw bad(
      configured === null ? say('node.noFile') : say('node.onlyFolder', { folder: configured }),
      say('node.nameFile'),
    );
  }
  const given = JSON.stringify(fromMessage);
  if (/\p{Cc}/u.test(fromMessage)) {
    throw bad(say('node.nameNotPrintable', { given }), say('node.correctName'));
  }
  const { folders, places } = reachOf(RED, configured);
  // A way up was seen from the user folder: begun elsewhere it would end at another file than was meant.
  const goesUp = fromMessage.split(/[\\/]/).includes('..');
  const files = (goesUp ? places.slice(-1) : places).map((place) =>
    path.resolve(place, fromMessage),
  );
  const inside = files.filter((file) => folders.some((folder) => isInside(folder, file)));
  const file = inside.find((one) => existsSync(one)) ?? placeOfMissing(inside, fromMessage);
  if (file !== undefined) return file;
  const itself = files.find((one) => folders.includes(one));
  if (itself !== undefined) {
    throw bad(say('node.nameIsFolder', { given, file: itself }), say('node.nameFileInFolder'));
  }
  const [folder = '', other] = folders;
  throw bad(
    other === undefined
      ? say('node.fileOutside', { given, folder })
      : say('node.fileOutsideOfBoth', { given, folder, other }),
    setting === null ? say('node.moveOrReadFile') : say('node.moveOrNameFolder'),
  );
}

/**
 * What bk-inspect shall look at: the folder of its setting, or what a message names in there; without the setting what a
 * message names in the user folder.
 * @throws BkError BK_BAD_SETTING
 */
export function folderOrFile(
  RED: NodeAPI,
  setting: string,
  fromMessage: string,
): { path: string; isFolder: boolean } {
  const configured = inUserDir(RED, setting);
  const isItself = fromMessage === '' || inUserDir(RED, fromMessage) === configured;
  if (setting !== '' && isItself) return { path: configured, isFolder: true };
  const path = sourceFile(RED, setting === '' ? null : setting, fromMessage);
  return { path, isFolder: isFolder(path) };
}

/** Folders that names in messages do not leave, and where such names may begin, first the one that is sought first. */
function reachOf(
  RED: NodeAPI,
  configured: string | null,
): { folders: readonly string[]; places: readonly string[] } {
  const userDir = inUserDir(RED, '.');
  if (configured === null) return { folders: [userDir], places: [userDir] };
  if (isMeantAsFolder(configured)) return { folders: [configured], places: [configured, userDir] };
  const folders = [...new Set([userDir, path.dirname(configured)])];
  return { folders, places: [userDir] };
}

/** A plain name belongs into the folder itself; one with folders in it was most likely seen from the user folder. */
function placeOfMissing(files: readonly string[], name: string): string | undefined {
  return path.basename(name) === name ? files[0] : files.at(-1);
}

/** A folder that is not there is one all the same: else messages would reach the whole user folder until it is made. */
function isMeantAsFolder(name: string): boolean {
  return existsSync(name) ? isFolder(name) : path.extname(name) === '';
}

/**
 * The port that a message names; undefined for the device's own. A simulated chip can take its flash from a
 * file: with a message that must not reach further than msg.filename does.
 * @throws BkError BK_BAD_SETTING
 */
export function portOf(RED: NodeAPI, fromMessage: unknown): string | undefined {
  const port = text('port', fromMessage).trim();
  const folder = inUserDir(RED, '.');
  for (const file of filesOfPort(port)) {
    if (isInside(folder, path.resolve(file))) continue;
    throw bad(
      say('node.portFileOutside', { given: JSON.stringify(file), folder }),
      say('node.moveOrSetPort'),
    );
  }
  return port || undefined;
}

function bad(text: Note, advice: Note): BkError {
  return new BkError('BK_BAD_SETTING', text, { phase: 'open', advice: [advice] });
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}

/** What cannot be looked at is none; reading it will say why. */
function isFolder(name: string): boolean {
  try {
    return statSync(name).isDirectory();
  } catch {
    return false;
  }
}
