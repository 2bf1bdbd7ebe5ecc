import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isBkError } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Catalogue, ListedBackup } from '../catalogue';
import { signatureOf } from '../catalogue-file';
import { isAsListed } from '../find';
import { LARGEST_IMAGE } from '../image-file';
import { hashPlain } from '../plain-file';
import { parseSidecar, readSidecarBytes } from '../record';
import { errnoOf, refusalOf } from '../storage';

/**
 * - `sound`: the bytes are what the sidecar says
 * - `damaged`: they are not, or the sidecar cannot be read
 * - `no-sidecar`: nothing tells what the bytes should be
 * - `no-file`: a sidecar whose bytes are gone
 * - `unfinished`: what an interrupted job has left for the next try
 * - `unreadable`: the operating system does not give the bytes, or there are more than any flash has
 */
export const BACKUP_STATES = [
  'sound',
  'damaged',
  'no-sidecar',
  'no-file',
  'unfinished',
  'unreadable',
] as const;

export type BackupState = (typeof BACKUP_STATES)[number];

/** What a check has found of one backup. */
export interface Verdict {
  state: BackupState;
  /** Null where it is sound. */
  reason: Note | null;
  /** With the sidecar as it was when it was checked. */
  backup: ListedBackup;
}

/** How a backup is looked at. */
export interface Look {
  /** Is told of each piece that was hashed, bytes; ends the check by throwing a BkError. */
  onPiece(bytes: number): void;
  /** Whether the bytes are of the chip that the sidecar says. */
  isOfItsChip(backup: ListedBackup): Promise<boolean>;
}

/**
 * Hashes a backup, piece by piece, whatever is known of it from before.
 * @returns null where it was removed meanwhile
 * @throws what `look` throws
 */
export async function checkBackup(
  catalogue: Catalogue,
  backup: ListedBackup,
  look: Look,
): Promise<Verdict | null> {
  const verdict = await checkOnce(catalogue, backup, look);
  if (verdict.state === 'sound' || (await isAsListed(backup))) return verdict;
  // A job has replaced or removed it in between: old facts say nothing of new bytes.
  const text = await readSidecarBytes(backup.path);
  const now = text === null ? null : parseSidecar(text.toString('utf8'));
  return now === null ? null : checkOnce(catalogue, { ...backup, ...now }, look);
}

async function checkOnce(catalogue: Catalogue, backup: ListedBackup, look: Look): Promise<Verdict> {
  const { path, record } = backup;
  const file = basename(path);
  const found = (state: BackupState, reason: Note | null): Verdict => {
    if (state !== 'sound') catalogue.noteUnsound(path);
    return { state, reason, backup };
  };
  try {
    const stats = await stat(path);
    const { size } = stats;
    if (stats.isFile() && size !== record.length)
      return found('damaged', say('backup.otherLength', { bytes: size, wanted: record.length }));
    const hashed = await hashPlain(path, { most: LARGEST_IMAGE }, look.onPiece);
    if (!('sha256' in hashed)) {
      const reason = hashed.isFile()
        ? say('backup.longerThanAnyFlash', { path: file, bytes: size })
        : say('backup.noPlainFile', { path: file });
      return found('unreadable', reason);
    }
    if (hashed.sha256 !== record.sha256) return found('damaged', say('backup.otherHash'));
    if (!(await look.isOfItsChip(backup))) return found('damaged', say('backup.otherMac'));
    catalogue.noteSound(path, signatureOf(stats));
    return found('sound', null);
  } catch (reason) {
    if (isBkError(reason)) throw reason;
    const state = errnoOf(reason) === 'ENOENT' ? 'no-file' : 'unreadable';
    return found(state, refusalOf(reason));
  }
}

/** Why what the names alone tell is not sound. */
export const REASONS = {
  damaged: say('backup.sidecarUnreadable'),
  unreadable: say('backup.sidecarUnreadable'),
  'no-sidecar': say('backup.noSidecar'),
  'no-file': say('backup.bytesGone'),
  unfinished: say('backup.leftForNextTry'),
} as const;
