import assert from 'node:assert/strict';
import { simulatorTally } from '../src/simulator/simulator';

// A root hook: it looks back on the whole run, whichever specs were part of it.
after('no test has touched the bootloader of a basic chip, or burnt fuses', () => {
  assert.deepEqual(simulatorTally, { bootloaderTouches: 0, burns: 0 });
});
