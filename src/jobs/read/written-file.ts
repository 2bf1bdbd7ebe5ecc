import type { FolderTurns } from '../../backup/folder-turns';
import { type BackupRequest, writeBackup } from '../../backup/write-backup';
import type { Note } from '../../texts/note';
import type { FileOutput, JobFacts } from '../base/job-types';

export interface WrittenFile {
  /** Absolute path. */
  path: string;
  facts: Pick<
    JobFacts,
    'filename' | 'removed' | 'sha256' | 'crc32' | 'bytesRead' | 'bytesReused' | 'bytesBlank'
  >;
}

/** What was read, and what its sidecar is to say of it. */
type Read = Pick<BackupRequest, 'bytes' | 'subject' | 'date' | 'pause' | 'makeRoom'> & {
  facts: object;
  counts: Pick<WrittenFile['facts'], 'bytesRead' | 'bytesReused' | 'bytesBlank'>;
};

/**
 * Writes what was read as the output asks for it, with its facts beside it, and lets old backups go by its rules.
 * @param warnings of the job; what could not be removed is told there
 * @throws BkError BK_STORAGE, BK_BAD_SETTING (the file name); nothing is left behind then
 */
export async function writeToFile(
  turns: FolderTurns,
  output: FileOutput,
  { counts, facts, ...read }: Read,
  warnings: Note[],
): Promise<WrittenFile> {
  const { folder, filename, keep, keepDays, keepFirst = true, fileMode } = output;
  const { path, record, removed, doubts } = await writeBackup(turns, {
    ...read,
    folder,
    filename,
    keep,
    keepDays,
    keepFirst,
    fileMode,
    facts: { ...facts, ...counts },
  });
  warnings.push(...doubts);
  const { sha256, crc32 } = record;
  const goes = (keep ?? 0) > 0 || (keepDays ?? 0) > 0;
  return {
    path,
    facts: { filename: path, sha256, crc32, ...(goes ? { removed } : {}), ...counts },
  };
}
