import { basename, resolve } from 'node:path';
import {
  BACKUP_STATES,
  type BackupState,
  checkBackup,
  REASONS,
  type Verdict,
} from '../backup/care/check-backup';
import { contentsOf } from '../backup/care/folder-contents';
import { Catalogue, type ListedBackup } from '../backup/catalogue';
import { type Clock, systemClock } from '../clock';
import { BkError, isBkError, textOf } from '../errors';
import { say } from '../texts/note';
import { render } from '../texts/render';
import type { BackupsCheck, CheckedBackup, CheckedChip, CheckOptions } from './base/backups-check';
import { ProgressReporter } from './base/progress';
import { tellsItsMac } from './chip/told-backup';
import { takeCheckOptions } from './options/job-options';

/** A disk gives so much a second, at the least, bytes: for the first guess of how long it takes. */
const SLOW_DISK = 20_000_000;

/**
 * Compares every backup in a folder with the hash in its sidecar; nothing of what was known before is believed. No chip is
 * needed, nothing is changed, and no more than a piece of a file is held at once.
 * @param given path of the folder; a relative one begins where the program was started
 * @throws BkError BK_STORAGE (no such folder, no backup in it), BK_CANCELLED, BK_BAD_SETTING
 */
export async function checkBackups(
  given: string,
  options: CheckOptions = {},
  clock: Clock = systemClock,
): Promise<BackupsCheck> {
  const checked = takeCheckOptions(options);
  const folder = resolve(given);
  try {
    return await check(folder, checked, clock);
  } catch (reason) {
    if (isBkError(reason)) throw reason;
    throw new BkError('BK_INTERNAL', say('backup.checkBroke', { folder, reason: textOf(reason) }), {
      reason,
      advice: [say('device.reportThis')],
    });
  }
}

async function check(
  folder: string,
  { signal, onProgress }: CheckOptions,
  clock: Clock,
): Promise<BackupsCheck> {
  const catalogue = await Catalogue.open(folder);
  const { backups, others } = await contentsOf(folder, catalogue);
  if (backups.length + others.length === 0)
    throw new BkError('BK_STORAGE', say('backup.noBackups', { folder }), {
      phase: 'open',
      advice: [say('backup.nameFolderOfBackups')],
    });
  const subject = { operation: 'inspect', device: folder, port: '' } as const;
  const progress = new ProgressReporter(subject, clock, onProgress);
  const total = backups.reduce((sum, { record }) => sum + record.length, 0);
  progress.begin('verify', total, total / SLOW_DISK, say('backup.checking', { file: folder }));
  let bytes = 0;
  const result: BackupsCheck = { folder, backups: [], chips: [], counts: noCounts(), bytes };
  for (const backup of backups) {
    const message = say('backup.checking', { file: basename(backup.path) });
    let done = 0;
    const count = (piece: number) => {
      const counted = Math.min(piece, backup.record.length - done);
      done += counted;
      if (counted > 0) progress.advance('verify', counted, null, message);
    };
    const onPiece = (piece: number) => {
      if (signal?.aborted)
        throw new BkError('BK_CANCELLED', say('backup.checkCancelled', { folder }));
      bytes += piece;
      count(piece);
    };
    onPiece(0);
    const verdict = await checkBackup(catalogue, backup, { onPiece, isOfItsChip: tellsItsMac });
    // What was not read is done as well.
    count(backup.record.length);
    if (verdict !== null) result.backups.push(entryOf(verdict));
  }
  await catalogue.save();
  progress.finish();
  result.backups.push(...others.map(otherEntry));
  for (const { state } of result.backups) result.counts[state]++;
  return { ...result, chips: chipsOf(result.backups), bytes };
}

function noCounts(): Record<BackupState, number> {
  return Object.fromEntries(BACKUP_STATES.map((state) => [state, 0])) as Record<
    BackupState,
    number
  >;
}

function entryOf({ state, reason, backup }: Verdict): CheckedBackup {
  const { record, traits }: ListedBackup = backup;
  const { chip, mac, kind, offset, length, sha256, date } = record;
  return {
    file: basename(backup.path),
    state,
    reason: reason && render(reason),
    reasonCode: reason,
    ...{ chip, mac, kind, offset, length, sha256, date },
    firmware: traits.firmware,
  };
}

function otherEntry({ file, state }: { file: string; state: keyof typeof REASONS }): CheckedBackup {
  const reasonCode = REASONS[state];
  return {
    file,
    state,
    reason: render(reasonCode),
    reasonCode,
    chip: null,
    mac: null,
    kind: null,
    offset: null,
    length: null,
    sha256: null,
    date: null,
    firmware: null,
  };
}

/** @param backups newest first */
function chipsOf(backups: readonly CheckedBackup[]): CheckedChip[] {
  const chips = new Map<string, CheckedChip>();
  for (const { file, state, chip, mac, kind } of backups) {
    // Of the rest nothing tells whose it is.
    if (kind === null) continue;
    const key = `${chip} ${mac}`;
    const found = chips.get(key) ?? { chip, mac, sound: 0, damaged: 0, newest: null, oldest: null };
    chips.set(key, found);
    if (state === 'sound') {
      found.sound++;
      if (kind !== 'full') continue;
      found.newest ??= file;
      found.oldest = file;
    } else if (state === 'damaged') found.damaged++;
  }
  return [...chips.values()];
}
