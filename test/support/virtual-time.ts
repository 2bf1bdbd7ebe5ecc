import sinon from 'sinon';
import { systemClock } from '../../src';
import { PreciseClock } from '../../src/simulator/simulator';
import { VirtualClock } from './virtual-clock';

/** Puts a virtual clock in the place of the computer's for engine, nodes and simulated chips; `sinon.restore()` ends it. */
export function useVirtualTime(): VirtualClock {
  const clock = new VirtualClock();
  for (const method of ['now', 'date', 'setTimeout', 'clearTimeout'] as const)
    sinon.stub(systemClock, method).callsFake(clock[method].bind(clock) as never);
  // The simulated chip looks at the clock in every turn near a timer's end: no virtual time passes so.
  for (const method of ['setTimeout', 'clearTimeout'] as const)
    sinon.stub(PreciseClock.prototype, method).callsFake(clock[method].bind(clock) as never);
  return clock;
}
