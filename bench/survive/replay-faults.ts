import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { BkError, JobResult } from '../../src';
import { type ReplayedJob, replay } from '../../test/support/replayed';
import { type Trial, told } from './trial';

/** Of so many seeds of each trial the records are played again: more of them tell nothing new. */
const REPLAYED = 5;

/** How a job ended. */
interface End {
  result: JobResult<unknown> | null;
  error: BkError | null;
}

/**
 * Does a trial's latest job once more against its record, and says in what it ended otherwise; null where it ended
 * alike, and for seeds of which no record is played.
 */
export async function replayFault(own: Trial, seed: number, end: End): Promise<string | null> {
  if (seed > REPLAYED) return null;
  const folder = mkdtempSync(join(tmpdir(), 'bk72xx-survive-'));
  const file = join(folder, 'record.jsonl');
  try {
    writeFileSync(file, own.device.record()?.text() ?? '');
    const [job] = await replay(file);
    return job === undefined ? 'its record holds no job' : difference(job, end);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function difference({ recorded, played, result, error }: ReplayedJob, end: End): string | null {
  if (error?.code !== end.error?.code) {
    return `played again it ended with ${error === null ? 'success' : told(error)}`;
  }
  if (!isDeepStrictEqual(played, recorded)) {
    return `played again it ended as ${JSON.stringify(played)}, and not as ${JSON.stringify(recorded)}`;
  }
  const [now, then] = [summaryOf(result), summaryOf(end.result)];
  return isDeepStrictEqual(now, then)
    ? null
    : `played again it came to ${JSON.stringify(now)}, and not to ${JSON.stringify(then)}`;
}

/** What was done, without bytes that are made up. */
function summaryOf(result: JobResult<unknown> | null): unknown {
  if (result === null) return null;
  const { payload, facts } = result;
  return {
    payload: Buffer.isBuffer(payload) ? payload.length : payload,
    crc32: facts.crc32,
    bytes: facts.bytes,
    baud: facts.baud,
    recoveries: facts.recoveries.map(({ phase, address, causeCode, actionCode }) => [
      phase,
      address,
      causeCode.code,
      actionCode.code,
    ]),
  };
}
