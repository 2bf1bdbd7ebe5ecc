import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { BkError, type FoundBackup, listBackups, say } from '../../../src';
import { backupFolder } from '../../shared/paths';
import { shown } from '../../shared/settings';
import type { BackupEntry, ShownChip } from '../messages';

/** As many are told of. */
const MOST_BACKUPS = 200;

/**
 * Backups of a chip in the folder of the backups, newest first; all that lie there where the chip does not tell its
 * MAC, or none is known.
 */
export async function backupsFor(RED: NodeAPI, chip: ShownChip | null): Promise<BackupEntry[]> {
  const all = await listBackups(backupFolder(RED));
  const mac = chip?.mac?.toLowerCase() ?? null;
  const own = mac === null ? all : all.filter(({ record }) => record.mac === mac);
  return own.slice(0, MOST_BACKUPS).map(entryOf);
}

/**
 * The path of a backup that is listed. The name is only compared with those of the files that lie there.
 * @throws BkError BK_BAD_SETTING
 */
export async function backupNamed(RED: NodeAPI, name: string): Promise<string> {
  const folder = backupFolder(RED);
  const found = (await listBackups(folder)).find((one) => path.basename(one.path) === name);
  if (found !== undefined) return found.path;
  throw new BkError('BK_BAD_SETTING', say('flasher.backupGone', { given: shown(name), folder }), {
    phase: 'open',
    advice: [say('flasher.chooseBackup')],
  });
}

function entryOf({ path: file, record }: FoundBackup): BackupEntry {
  const { date, length, chip, mac } = record;
  return { filename: path.basename(file), at: date, size: length, chip, mac };
}
