import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Note, say } from '../texts/note';
import {
  commitPart,
  discard,
  type FileMode,
  partPath,
  removeStale,
  replaceFile,
  syncFolder,
  writePart,
} from './atomic';
import { resolveFilename } from './filename';
import { makeFolder } from './folder';
import type { FolderTurns } from './folder-turns';
import { backupStem, kindOf, parseName } from './names';
import {
  type BackupRecord,
  type BackupSubject,
  type FoundBackup,
  makeRecord,
  readSidecarBytes,
  SIDECAR,
} from './record';
import { type Retention, removeOld } from './retention';
import { isFull, storageError } from './storage';

export interface BackupRequest {
  /** Absolute path; made when missing. */
  folder: string;
  /** A name inside the folder, replacing a file of that name; empty or missing: a new name is made. */
  filename?: string | undefined;
  bytes: Uint8Array;
  subject: BackupSubject;
  /**
   * How many newest backups of this chip and stretch to keep, and those of how many days; 0 (the default) is no such
   * rule. What either wants to keep is kept. Not with `filename`.
   */
  keep?: number | undefined;
  keepDays?: number | undefined;
  /** Whether the oldest backup of the whole chip stays all the same; default false. */
  keepFirst?: boolean | undefined;
  /** Who may read the files and the folders that are made; default `owner`. */
  fileMode?: FileMode | undefined;
  /** When it was read. */
  date: Date;
  /** More facts for the sidecar, plain data. */
  facts?: object | undefined;
  /** Called now and then while it is found out which backups go: a chip wants to hear something. */
  pause?: (() => Promise<void>) | undefined;
  /** Asked once when the disk is full, before the write is tried again. */
  makeRoom?: (() => Promise<void>) | undefined;
}

export interface WrittenBackup {
  /** Absolute path of the bytes. */
  path: string;
  /** Absolute path of the sidecar. */
  sidecar: string;
  record: BackupRecord;
  /** Paths of the old backups that were removed. */
  removed: string[];
  /** Why something that was to go is still there. */
  doubts: Note[];
}

/**
 * Writes a backup and its sidecar; the bytes appear under their name whole or not at all, after the sidecar.
 * @throws BkError BK_STORAGE, BK_BAD_SETTING (the file name); nothing is left behind then
 */
export function writeBackup(turns: FolderTurns, request: BackupRequest): Promise<WrittenBackup> {
  return turns.take(request.folder, () => write(turns, request));
}

async function write(turns: FolderTurns, request: BackupRequest): Promise<WrittenBackup> {
  const { folder, filename = '', bytes, subject, date, fileMode = 'owner' } = request;
  await makeFolder(folder, fileMode);
  const path =
    filename === '' ? await newPath(request) : await resolveFilename(folder, filename, fileMode);
  const record = makeRecord(subject, bytes, date, path);
  const sidecar = path + SIDECAR;
  try {
    await removeStale(dirname(path), date.getTime());
    const text = `${JSON.stringify({ ...request.facts, ...record }, null, 2)}\n`;
    const pair = () => writePair(path, bytes, Buffer.from(text), fileMode);
    await pair().catch(async (reason: unknown) => {
      if (request.makeRoom === undefined || !isFull(reason)) throw reason;
      await request.makeRoom();
      await pair();
    });
  } catch (reason) {
    throw storageError(reason, (why) => say('backup.backupUnwritable', { path, why }));
  }
  await syncFolder(dirname(path));
  const { removed, doubts } =
    filename === ''
      ? await letOldGo(turns, request, { path, record })
      : { removed: [], doubts: [] };
  return { path, sidecar, record, removed, doubts };
}

function letOldGo(
  turns: FolderTurns,
  {
    folder,
    date,
    keep = 0,
    keepDays = 0,
    keepFirst = false,
    pause = async () => {},
  }: BackupRequest,
  latest: FoundBackup,
): Promise<Retention> {
  return removeOld(turns, folder, latest, { keep, keepDays, keepFirst }, date.getTime(), pause);
}

/** Both are on the disk before either has its name; the bytes get theirs last. */
async function writePair(
  path: string,
  bytes: Uint8Array,
  text: Uint8Array,
  mode: FileMode,
): Promise<void> {
  const sidecar = path + SIDECAR;
  const former = await readSidecarBytes(path);
  const part = partPath(path);
  const sidecarPart = partPath(sidecar);
  await writePart(part, bytes, mode);
  try {
    await writePart(sidecarPart, text, mode);
    await commitPart(sidecarPart, sidecar);
  } catch (error) {
    await discard(part);
    throw error;
  }
  try {
    await commitPart(part, path);
  } catch (error) {
    await discard(sidecar);
    // What was there before still is: it keeps its own sidecar.
    if (former !== null) await replaceFile(sidecar, former, mode).catch(() => {});
    throw error;
  }
}

/** A name of this package's making, in the words of its subject. */
async function newPath({ folder, subject, bytes, date }: BackupRequest): Promise<string> {
  const stem = backupStem(subject, kindOf({ ...subject, length: bytes.length }), date);
  try {
    return await freePath(folder, stem);
  } catch (reason) {
    throw storageError(reason, (why) => say('backup.folderUnreadable', { folder, why }));
  }
}

/**
 * `<stem>.bin`, or with `-2`, `-3` and so on, above all numbers that are taken: so a higher number is
 * always the newer one, also where some in between were removed.
 */
async function freePath(folder: string, stem: string): Promise<string> {
  const taken = (await readdir(folder))
    .map((name) => name.replace(/\.json$/, ''))
    .filter((name) => name.startsWith(stem))
    .map((name) => parseName(name)?.number ?? 0);
  const number = taken.reduce((most, one) => Math.max(most, one), 0) + 1;
  return join(folder, `${stem}${number === 1 ? '' : `-${number}`}.bin`);
}
