import { findBackups } from '../../backup/find';
import { checkFolder } from '../../backup/folder';
import { settleLeftovers } from '../../backup/unfinished/leftovers';
import { removeSuperseded } from '../../backup/unfinished/partial';
import type { Region } from '../../chip/layouts';
import { BkError, isBkError } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { BackupOptions } from '../base/job-types';
import { loadAsTold } from '../chip/told-backup';
import { readToFile, subjectOf } from '../read/read-to-file';

/**
 * Makes sure that a backup of the whole chip exists before anything on it is changed.
 * @returns the path of the backup that was made or found; null where none is wanted
 * @throws BkError BK_BACKUP_FAILED: no backup, no change; errors of the link pass as they are
 */
export async function backUpFirst(
  context: JobContext,
  options: BackupOptions | undefined,
): Promise<string | null> {
  if (options === undefined || options.mode === 'never') return null;
  try {
    const range = { offset: 0, length: context.flash.size };
    if (options.mode === 'once') {
      const found = await verifiedBackup(context, options.folder, range);
      if (found !== null) return found;
    }
    const { mode: _, ...output } = options;
    await checkFolder(output.folder, output.fileMode);
    const { path } = await readToFile(context, range, output, 'backup');
    return path;
  } catch (error) {
    if (isBkError(error, 'BK_STORAGE', 'BK_BAD_SETTING', 'BK_CRC_MISMATCH')) throw noBackup(error);
    throw error;
  }
}

/**
 * The backup that a change would find and not make; null where it would make one, or where none is wanted. Only looks.
 */
export async function backupThere(
  context: JobContext,
  options: BackupOptions | undefined,
): Promise<string | null> {
  if (options?.mode !== 'once') return null;
  const range = { offset: 0, length: context.flash.size };
  const subject = await subjectOf(context, range);
  return subject.mac === null ? null : newestWhole(options.folder, subject, range);
}

/** A whole backup of this very chip, told by its MAC, whose bytes are what its sidecar says. */
async function verifiedBackup(
  context: JobContext,
  folder: string,
  range: Region,
): Promise<string | null> {
  const subject = await subjectOf(context, range);
  if (subject.mac === null) return null;
  // One that a crash kept from its name counts, once it has it.
  await settleLeftovers(
    context.folders,
    folder,
    subject,
    '',
    context.session.clock.date().getTime(),
  );
  const path = await newestWhole(folder, subject, range);
  if (path !== null) await removeSuperseded(folder, subject, path);
  return path;
}

async function newestWhole(
  folder: string,
  subject: Awaited<ReturnType<typeof subjectOf>>,
  range: Region,
): Promise<string | null> {
  for (const { path, record } of await findBackups(folder, subject)) {
    const whole = record.kind === 'full' && record.length === range.length;
    if (whole && (await loadAsTold({ path, record })) !== null) return path;
  }
  return null;
}

/** What a change that wants a backup ends with where there is none. */
export function noBackup(reason: BkError): BkError {
  const { address, attempts, likely, advice } = reason.details;
  const details = { phase: 'backup', address, attempts, likely, advice, reason } as const;
  return new BkError('BK_BACKUP_FAILED', say('job.noBackup', { reason: reason.text }), details);
}
