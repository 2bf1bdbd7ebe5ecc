import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '../texts/note';
import { discard, replaceFile } from './atomic';
import { makeFolder } from './folder';
import { storageError } from './storage';

/** So many records stay in a folder that this program fills: a flow may fail every minute, for years. */
const MOST_RECORDS = 100;
const ENDING = '.jsonl';
const NAME =
  /^\d{8}-\d{6}-\d{3}(_\d+)?_(connect|read|write|erase|examine|listen)_(failed|done)\.jsonl$/;

/** What happened on a port, as text. */
export interface Recorded {
  text(): string;
}

/** Of which job a record is, for its name. */
export interface RecordedJob {
  operation: 'connect' | 'read' | 'write' | 'erase' | 'examine' | 'listen';
  outcome: 'failed' | 'done';
  /** When it ended. */
  date: Date;
}

/**
 * Saves a record as one file that its owner alone may read, in place of what had that name.
 * @param path absolute, in a folder that exists
 * @throws BkError BK_STORAGE
 */
export async function saveRecord(path: string, record: Recorded): Promise<void> {
  try {
    await replaceFile(path, Buffer.from(record.text(), 'utf8'), 'owner');
  } catch (reason) {
    throw storageError(reason, (why) => say('backup.recordUnwritable', { path, why }));
  }
}

/**
 * Saves a record under a name of its own, `<time>_<operation>_<failed or done>.jsonl`, and lets the oldest of such
 * files go where there are more than a hundred.
 * @param folder absolute; made when missing
 * @returns its path
 * @throws BkError BK_STORAGE, BK_BAD_SETTING (a relative path)
 */
export async function addRecord(
  folder: string,
  record: Recorded,
  job: RecordedJob,
): Promise<string> {
  await makeFolder(folder, 'owner');
  const path = await unusedPath(folder, job);
  await saveRecord(path, record);
  await letOldestGo(folder);
  return path;
}

async function unusedPath(folder: string, { operation, outcome, date }: RecordedJob) {
  const [day = '', time = ''] = date.toISOString().split('T');
  const stamp = `${day}-${time}`
    .replace(/[-:]/g, '')
    .replace(/^(\d{8})(\d{6})\.(\d{3})Z$/, '$1-$2-$3');
  for (let count = 1; ; count++) {
    const again = count === 1 ? '' : `_${count}`;
    const path = join(folder, `${stamp}${again}_${operation}_${outcome}${ENDING}`);
    const isFree = await lstat(path).then(
      () => false,
      () => true,
    );
    if (isFree) return path;
  }
}

/** Only files that have such names: whatever else lies there is somebody's. */
async function letOldestGo(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => NAME.test(name)).sort();
  for (const name of names.slice(0, -MOST_RECORDS)) await discard(join(folder, name));
}
