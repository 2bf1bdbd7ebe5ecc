import { resolve } from 'node:path';
import { type BackupOptions, type FileMode, say } from '../../src';
import { type Given, oneOf, standing, text } from './option';

/** Where backups go unless somebody says otherwise: below the folder that the command is started in. */
export const BACKUP_FOLDER = 'bk-backups';

/** Who may read what is made. */
export const FILE_MODE = {
  fileMode: oneOf<FileMode>(['owner', 'group', 'all'], say('cli.optFileMode')),
};

/** The backup before a change. */
export const BACKUP = {
  backup: oneOf(['once', 'always', 'never'], say('cli.optBackup')),
  backupFolder: standing(text('FOLDER', say('cli.optBackupFolder')), BACKUP_FOLDER),
  ...FILE_MODE,
};

export function backupOf(
  { backup, backupFolder, fileMode }: Given<typeof BACKUP>,
  folder: string,
): BackupOptions {
  return { mode: backup, folder: resolve(folder, backupFolder), fileMode };
}
