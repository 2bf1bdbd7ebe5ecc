import { statSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { BkError, filesOfPort } from '../../src';
import { text } from './settings';

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
      configured === null
        ? 'No file is named: neither the setting "filename" nor msg.filename is given'
        : `"filename" is the folder ${configured}, and msg.filename names no file in it`,
      'Name a file in the node, or send its name in msg.filename.',
    );
  }
  const name = `msg.filename is ${JSON.stringify(fromMessage)}`;
  if (/\p{Cc}/u.test(fromMessage)) {
    throw bad(`${name}, which has characters in it that cannot be printed`, 'Correct the name.');
  }
  const folders = new Set([inUserDir(RED, '.')]);
  if (configured !== null)
    folders.add(isFolder(configured) ? configured : path.dirname(configured));
  const file = inUserDir(RED, fromMessage);
  if (folders.has(file)) {
    throw bad(`${name}, which is a folder: ${file}`, 'Name a file in it.');
  }
  if ([...folders].some((folder) => isInside(folder, file))) return file;
  throw bad(
    `${name}, which lies outside of ${[...folders].join(' and ')}`,
    setting === null
      ? 'Move the file into that folder, or read it with a "read file" node.'
      : 'Move the file there, or name its folder in the setting "filename" of the node.',
  );
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
      `msg.port names the file ${JSON.stringify(file)}, which lies outside of ${folder}`,
      'Move the file into that folder and give its whole path, or set the port in the device.',
    );
  }
  return port || undefined;
}

function bad(what: string, advice: string): BkError {
  return new BkError('BK_BAD_SETTING', `${what}; the job was not begun.`, {
    phase: 'open',
    advice: [advice],
  });
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
