import assert from 'node:assert/strict';
import type { Clock, Timer } from '../../../src/clock';
import { PreciseClock, ROUGH } from '../../../src/simulator/line/precise-clock';

/** A clock whose time stands still until told, and which notes what it is asked to wait for. */
class StandingClock implements Clock {
  time = 0;
  asked: number[] = [];
  waiting = new Map<number, () => void>();

  now(): number {
    return this.time;
  }

  date(): Date {
    return new Date(0);
  }

  setTimeout(callback: () => void, ms: number): Timer {
    this.asked.push(ms);
    this.waiting.set(this.asked.length, callback);
    return this.asked.length;
  }

  clearTimeout(timer: Timer): void {
    this.waiting.delete(timer as number);
  }

  fire(): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const callback of all) callback();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('precise clock', () => {
  it('wakes early and looks at the time in every turn until it has come', async () => {
    const base = new StandingClock();
    const clock = new PreciseClock(base);
    let fired = false;
    clock.setTimeout(() => {
      fired = true;
    }, 10);
    assert.deepEqual(base.asked, [8]);
    base.time = 8.9;
    base.fire();
    await turn();
    assert.equal(fired, false);
    base.time = 9.99;
    await turn();
    assert.equal(fired, false);
    base.time = 10;
    await turn();
    await turn();
    assert.equal(fired, true);
  });

  it('never calls back at once', async () => {
    const base = new StandingClock();
    let fired = false;
    new PreciseClock(base).setTimeout(() => {
      fired = true;
    }, 0);
    assert.equal(fired, false);
    await turn();
    await turn();
    assert.equal(fired, true);
  });

  it('can be cleared while it waits and while it looks', async () => {
    const base = new StandingClock();
    const clock = new PreciseClock(base);
    const never = () => assert.fail('fired');
    clock.clearTimeout(clock.setTimeout(never, 10));
    assert.equal(base.waiting.size, 0);
    const looking = clock.setTimeout(never, 10);
    base.fire();
    clock.clearTimeout(looking);
    clock.clearTimeout(clock.setTimeout(never, 0));
    base.time = 100;
    await turn();
    await turn();
  });

  it('leaves what may be late to the other clock', () => {
    const base = new StandingClock();
    const clock = new PreciseClock(base);
    clock.setTimeout(() => {}, 4.5, ROUGH);
    clock.setTimeout(() => {}, 1, { background: true });
    assert.deepEqual(base.asked, [4.5, 1]);
  });
});
