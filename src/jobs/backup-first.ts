import { findBackups, loadVerified } from '../backup/find';
import { checkFolder } from '../backup/folder';
import { BkError, isBkError } from '../errors';
import { chipCalibration } from './calibration';
import type { JobContext } from './context';
import { readToFile } from './read-to-file';
import type { BackupOptions } from './types';

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
    if (options.mode === 'once') {
      const found = await verifiedBackup(context, options.folder);
      if (found !== null) return found;
    }
    await checkFolder(options.folder);
    const range = { offset: 0, length: context.flash.size };
    const { path } = await readToFile(context, range, { folder: options.folder }, 'backup');
    return path;
  } catch (error) {
    if (isBkError(error, 'BK_STORAGE', 'BK_BAD_SETTING', 'BK_CRC_MISMATCH')) throw failed(error);
    throw error;
  }
}

/** A whole backup of this very chip, told by its MAC, whose bytes are what its sidecar says. */
async function verifiedBackup(context: JobContext, folder: string): Promise<string | null> {
  const { chip } = context.session.identity;
  const { mac } = await chipCalibration(context);
  if (mac === null) return null;
  for (const backup of await findBackups(folder, { chip, mac })) {
    const whole = backup.record.kind === 'full' && backup.record.length === context.flash.size;
    if (whole && (await loadVerified(backup)) !== null) return backup.path;
  }
  return null;
}

function failed(reason: BkError): BkError {
  return new BkError(
    'BK_BACKUP_FAILED',
    `No backup could be made, so nothing was changed: ${reason.message}`,
    {
      phase: 'backup',
      ...(reason.cause.address === null ? {} : { address: reason.cause.address }),
      attempts: reason.cause.attempts,
      likely: reason.cause.likely,
      advice: reason.cause.advice,
      reason,
    },
  );
}
