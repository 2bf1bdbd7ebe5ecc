import { SECTOR } from '../../chip/geometry';
import { runsOf, sectorsOf } from '../../chip/regions';
import { BkError, isBkError } from '../../errors';
import { say } from '../../texts/note';
import type { OpenBekenClient } from '../base/openbeken-client';
import type { WebContext } from '../base/web-context';
import { locateFiles } from '../base/web-flash';
import { clearUploads } from '../base/web-upload';

/** Each brings all that is still otherwise. */
const TRIES = 8;

/**
 * The file system as it was before an update. The first time all of it is sent, to where the firmware that runs now has
 * it; then only what is still otherwise.
 * @param client one whose questions nobody cancels
 * @returns whether it had to be put back
 * @throws BkError BK_CRC_MISMATCH where it does not come to be as it was
 */
export async function restoreFiles(
  context: WebContext,
  client: OpenBekenClient,
  files: Buffer,
): Promise<boolean> {
  for (let tries = 0; tries <= TRIES; tries++) {
    const now = await client.readFiles('verify');
    if (now?.equals(files)) return tries > 0;
    if (tries === TRIES) break;
    // A device that has less room now looks only at the start of what it is sent: the rest would go over what lies behind.
    if (now?.length !== files.length) continue;
    context.progress.say('write', say('openbeken.restoringFiles'));
    await clearUploads(client, 'write');
    const offset = tries === 0 ? null : await locateFiles(context, now, client);
    if (offset === null) {
      await send(client, '/api/fsblock', files);
      continue;
    }
    const otherwise = sectorsOf({ offset: 0, length: files.length }).filter(
      (at) => !now.subarray(at, at + SECTOR).equals(files.subarray(at, at + SECTOR)),
    );
    for (const run of runsOf(otherwise)) {
      const path = `/api/flash/${(offset + run.offset).toString(16)}`;
      await send(client, path, files.subarray(run.offset, run.offset + run.length));
    }
  }
  throw filesLost(context);
}

/** What came of it is looked at in any case. */
async function send(client: OpenBekenClient, path: string, bytes: Buffer): Promise<void> {
  await client.upload(path, bytes, 'write').catch((error: unknown) => {
    if (!isBkError(error) || isBkError(error, 'BK_PORT_DENIED', 'BK_WRONG_CHIP')) throw error;
  });
}

/** One of its first two blocks begins with its name. Source: the specification of littlefs. */
export function isFileSystem(files: Buffer): boolean {
  return [0, SECTOR].some(
    (block) => files.toString('latin1', block + 8, block + 16) === 'littlefs',
  );
}

export function filesLost({ port }: WebContext): BkError {
  return new BkError('BK_CRC_MISMATCH', say('openbeken.filesLost', { port }), {
    phase: 'verify',
    attempts: TRIES,
    advice: [say('openbeken.writeFilesBack')],
  });
}
