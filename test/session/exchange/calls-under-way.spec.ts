import assert from 'node:assert/strict';
import { CallsUnderWay, SecondLook } from '../../../src/session/exchange/calls-under-way';
import { VirtualClock } from '../../support/virtual-clock';

describe('calls under way', () => {
  it('are answered in order, so that counting tells which were sent behind a question', () => {
    const calls = new CallsUnderWay();
    calls.sent(0);
    calls.sent(5);
    calls.asks();
    calls.sent(10);
    assert.equal(calls.latest, 10);
    assert.equal(calls.arrived(), false);
    assert.equal(calls.arrived(), false);
    assert.equal(calls.arrived(), true);
  });

  it('from before a question that was answered will never be answered', () => {
    const calls = new CallsUnderWay();
    calls.sent(0);
    calls.asks();
    calls.answered();
    calls.sent(10);
    assert.equal(calls.arrived(), true);
  });
});

describe('a second look', () => {
  /** When calls were made, and when it was over. */
  async function looked(repeats: boolean, stopAt = Number.POSITIVE_INFINITY) {
    const clock = new VirtualClock();
    const calls: number[] = [];
    let over: number | null = null;
    const look = new SecondLook(clock, {
      wayMs: 200,
      repeats,
      call: () => calls.push(clock.now()),
      onOver: () => {
        over = clock.now();
      },
    });
    if (stopAt < 2000) clock.setTimeout(() => look.stop(), stopAt);
    await clock.advance(2000);
    assert.equal(clock.pending, 0);
    return { calls, over };
  }

  it('calls once, and takes the way and a standstill', async () => {
    assert.deepEqual(await looked(false), { calls: [0], over: 1200 });
  });

  it('calls again and again a chip that may have rebooted', async () => {
    const { calls, over } = await looked(true);
    assert.equal(over, 1200);
    assert.ok(calls.length >= 40, `${calls.length}`);
  });

  it('ends at once when the answer is there', async () => {
    const { calls, over } = await looked(true, 60);
    assert.deepEqual(calls, [0, 25, 50]);
    assert.equal(over, null);
  });
});
