import { statSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { BkError } from '../../src/index';

/** Where backups go that are made before flash is changed. */
const BACKUP_FOLDER = 'bk-backups';

/** An absolute path; relative ones start at Node-RED's user folder. */
export function inUserDir(RED: NodeAPI, name: string): string {
  return path.resolve(RED.settings.userDir ?? process.cwd(), name);
}

export function backupFolder(RED: NodeAPI): string {
  return inUserDir(RED, BACKUP_FOLDER);
}

/**
 * The file that a job shall read. Who edits flows may name any file in the setting; who can only
 * send messages stays inside the user folder and the folder that the setting points to.
 * @param setting what the form says: a file, a folder for the names in messages, or nothing
 * @param fromMessage the name in the message, or nothing
 */
export function sourceFile(RED: NodeAPI, setting: string, fromMessage: string): string {
  const configured = setting === '' ? null : inUserDir(RED, setting);
  if (fromMessage === '') {
    if (configured !== null && !isFolder(configured)) return configured;
    throw new BkError(
      'BK_BAD_SETTING',
      configured === null
        ? 'No file is named: neither the setting "filename" nor msg.filename is given.'
        : `"filename" is the folder ${configured}, and msg.filename names no file in it.`,
      { advice: ['Name a file in the node, or send its name in msg.filename.'] },
    );
  }
  const file = inUserDir(RED, fromMessage);
  const folders = [inUserDir(RED, '.')];
  if (configured !== null)
    folders.push(isFolder(configured) ? configured : path.dirname(configured));
  if (folders.some((folder) => isInside(folder, file))) return file;
  throw new BkError(
    'BK_BAD_SETTING',
    `msg.filename is "${fromMessage}", which lies outside ${folders.join(' and ')}.`,
    { advice: ['Name the folder of the file in the setting "filename" of the node.'] },
  );
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
