import { type ErrorCode, type Note, say } from '../src';

/** What the program ends with when all went well. */
export const DONE = 0;
/** What was typed, or set, cannot be. */
export const MISUSED = 2;
/** Somebody pressed Ctrl+C. */
export const INTERRUPTED = 130;

/** What each exit status means, in the order of the help. */
export const EXIT_STATUSES: readonly { status: number; meaning: Note }[] = [
  { status: DONE, meaning: say('cli.exitDone') },
  { status: 1, meaning: say('cli.exitInternal') },
  { status: MISUSED, meaning: say('cli.exitMisused') },
  { status: 3, meaning: say('cli.exitPort') },
  { status: 4, meaning: say('cli.exitLink') },
  { status: 5, meaning: say('cli.exitRefused') },
  { status: 6, meaning: say('cli.exitFlash') },
  { status: 7, meaning: say('cli.exitStorage') },
  { status: 8, meaning: say('cli.exitDownload') },
  { status: INTERRUPTED, meaning: say('cli.exitCancelled') },
];

/** The one table from failure to exit status. */
export const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  BK_INTERNAL: 1,
  BK_BAD_SETTING: MISUSED,
  BK_PORT_NOT_FOUND: 3,
  BK_PORT_DENIED: 3,
  BK_PORT_BUSY: 3,
  BK_PORT_LOST: 3,
  BK_REPLAY: 3,
  BK_NO_LINK: 4,
  BK_LINK_LOST: 4,
  BK_NO_RESPONSE: 4,
  BK_BAD_RESPONSE: 4,
  BK_UNKNOWN_CHIP: 5,
  BK_WRONG_CHIP: 5,
  BK_UNKNOWN_FLASH: 5,
  BK_FLASH_PROTECTED: 5,
  BK_BOOTLOADER_PROTECTED: 5,
  BK_OUT_OF_RANGE: 5,
  BK_BAD_IMAGE: 5,
  BK_WRONG_IMAGE: 5,
  BK_CRC_MISMATCH: 6,
  BK_BAD_SECTOR: 6,
  BK_BACKUP_FAILED: 7,
  BK_STORAGE: 7,
  BK_DOWNLOAD: 8,
  // The command has no queue: nothing of it fails by these.
  BK_QUEUE: 1,
  BK_REFUSED: 1,
  BK_BENCH_LOST: 1,
  BK_CANCELLED: INTERRUPTED,
};
