import type { BackupState } from '../../backup/care/check-backup';
import type { ChipName } from '../../chip/known/chips';
import type { Note } from '../../texts/note';
import type { ProgressListener } from './progress';

/** How a folder is checked. */
export interface CheckOptions {
  signal?: AbortSignal;
  onProgress?: ProgressListener;
}

/** One file of a folder of backups. What is not known of it is null. */
export interface CheckedBackup {
  /** Its name in the folder. */
  file: string;
  state: BackupState;
  /** A sentence; null where it is sound. */
  reason: string | null;
  reasonCode: Note | null;
  chip: ChipName | null;
  mac: string | null;
  kind: 'full' | 'part' | null;
  offset: number | null;
  /** Bytes, by the sidecar. */
  length: number | null;
  sha256: string | null;
  /** When it was made, ISO 8601. */
  date: string | null;
  /** What its application calls itself, with its version. */
  firmware: string | null;
}

/** The backups of one chip; where it has no MAC, of all chips of its model without one. */
export interface CheckedChip {
  chip: ChipName | null;
  mac: string | null;
  sound: number;
  damaged: number;
  /** Names of the newest and the oldest sound backup of the whole flash; null where there is none. */
  newest: string | null;
  oldest: string | null;
}

export interface BackupsCheck {
  /** Absolute path. */
  folder: string;
  /** Backups newest first, then what lies there besides. */
  backups: CheckedBackup[];
  chips: CheckedChip[];
  /** How many are in which state. */
  counts: Record<BackupState, number>;
  /** That were hashed. */
  bytes: number;
}
