import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/project';
import { type JobEnd, replay } from '../support/replayed';

const FOLDER = join(ROOT, 'test', 'field', 'records');

/** Records of what the engine does otherwise by now, and the line from which on it does. */
const MENDED: Readonly<Record<string, number>> = {
  'another-delay-before-a-new-rate.jsonl': 18,
};

/** What has to come out again: diagnosis and advice may become better. */
function outcome(end: JobEnd | null): unknown {
  if (end === null) return null;
  if (end.kind === 'done') {
    const { bytes, baud, recoveries } = end;
    return { bytes, baud, recoveries };
  }
  const { error, address, refusal, state } = end;
  return { error, address, refusal, state };
}

describe('the records of the field', function () {
  this.timeout(60_000);
  for (const name of readdirSync(FOLDER).filter((one) => one.endsWith('.jsonl'))) {
    const file = join(FOLDER, name);
    const image = file.replace(/\.jsonl$/, '.image');
    const extras = existsSync(image) ? { image: readFileSync(image) } : {};

    it(`${name} ${name in MENDED ? 'tells where the job goes another way by now' : 'comes to the same end'}`, async () => {
      const jobs = await replay(file, extras);
      assert.ok(jobs.length > 0, 'it holds no job');
      const parted = jobs.find(({ error }) => error?.code === 'BK_REPLAY')?.error;
      if (name in MENDED) {
        assert.equal(parted?.text.params.line, MENDED[name], parted?.message);
        return;
      }
      assert.equal(parted, undefined, parted?.message);
      for (const { recorded, played } of jobs) assert.deepEqual(outcome(played), outcome(recorded));
    });
  }
});
