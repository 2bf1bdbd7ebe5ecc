import { statfs } from 'node:fs/promises';
import { BkError } from '../../errors';
import { sizeText } from '../../texts/amounts';
import { say } from '../../texts/note';

/** What lies beside a backup, what the disk keeps of its own, and whoever else writes there meanwhile, bytes. */
const RESERVE = 1024 * 1024;

/**
 * Makes sure that a backup will fit, so that no long read is in vain. What is not known refuses nothing: where the
 * disk is full in truth, writing says so.
 * @param folder of the backup, which exists
 * @param length of the backup, bytes
 * @param removable bytes in the folder that can go for it
 * @throws BkError BK_STORAGE
 */
export async function mustHaveRoom(folder: string, length: number, removable = 0): Promise<void> {
  const free = await freeBytes(folder);
  const wanted = length + RESERVE;
  if (free === null || free + removable >= wanted) return;
  const amounts = { free: sizeText(free + removable), wanted: sizeText(wanted) };
  throw new BkError('BK_STORAGE', say('backup.noRoom', { folder, ...amounts }), {
    advice: [say('backup.makeRoomOrFolder')],
  });
}

/**
 * What the user that runs this may still write below a folder, bytes. Null where that is not to be had: network folders tell
 * of no size at all, or of nothing free though they take files.
 */
async function freeBytes(folder: string): Promise<number | null> {
  const told = await statfs(folder).catch(() => null);
  if (told === null) return null;
  const { bsize, blocks, bavail } = told;
  const isKnown = bsize > 0 && bavail > 0 && bavail <= blocks;
  return isKnown ? bsize * bavail : null;
}
