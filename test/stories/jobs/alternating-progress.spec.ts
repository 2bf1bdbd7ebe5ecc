import assert from 'node:assert/strict';
import { type Phase, type Progress, ProgressThrottle } from '../../../src';
import { VirtualClock } from '../../support/virtual-clock';

function progress(phase: Phase, done: number, total: number): Progress {
  return {
    operation: 'write',
    phase,
    done,
    total,
    percent: 0,
    bytesPerSecond: null,
    etaSeconds: null,
    overallPercent: 0,
    overallEtaSeconds: null,
    address: null,
    device: '',
    port: '',
    mac: null,
    message: '',
    code: '',
    params: {},
    waitsForPerson: false,
  };
}

describe('progress of phases that alternate', () => {
  it('comes at most five times a second, with the first and the last of each phase', async () => {
    const clock = new VirtualClock();
    const sent: { at: number; phase: Phase; done: number }[] = [];
    const throttle = new ProgressThrottle(clock, ({ phase, done }) =>
      sent.push({ at: clock.now(), phase, done }),
    );
    for (let block = 1; block <= 40; block++) {
      throttle.report(progress('erase', block, 40));
      await clock.advance(25);
      throttle.report(progress('write', block, 40));
      await clock.advance(25);
    }
    throttle.flush();
    for (const phase of ['erase', 'write'] as const) {
      const own = sent.filter((one) => one.phase === phase).map(({ done }) => done);
      assert.equal(own[0], 1, 'the first');
      assert.equal(own.at(-1), 40, 'the last');
      assert.deepEqual(
        own,
        own.toSorted((a, b) => a - b),
        'never falling',
      );
    }
    // Two seconds: five each, and the firsts and lasts of two phases.
    assert.ok(sent.length <= 10 + 4, `${sent.length}`);
  });
});
