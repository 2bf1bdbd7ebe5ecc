import { SECTOR } from '../../chip/geometry';
import { BkError } from '../../errors';
import { say } from '../../texts/note';
import type { OpenBekenClient } from '../base/openbeken-client';
import type { WebContext } from '../base/web-context';
import { clearUploads } from '../base/web-upload';

const TRIES = 3;

/**
 * The file system as it was before an update.
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
    context.progress.say('write', say('openbeken.restoringFiles'));
    await clearUploads(client, 'write');
    await client.upload('/api/fsblock', files, 'write').catch((error: unknown) => {
      // What came of it is looked at in any case.
      if (!(error instanceof BkError) || error.code === 'BK_PORT_DENIED') throw error;
    });
  }
  throw filesLost(context);
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
