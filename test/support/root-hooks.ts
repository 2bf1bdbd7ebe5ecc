import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { simulatorTally } from '../../src/simulator/simulator';
import { RUN, seedsFor } from './seed';

// What is tried is told by the run's seed too: the same tests on another day try the same.
fc.configureGlobal({ seed: crc32(RUN) | 0 });

/** Mocha calls these around every test, whichever specs are run. */
export const mochaHooks = {
  // Each test gets its own chips, whichever others run before it.
  beforeEach(this: Mocha.Context): void {
    seedsFor(this.currentTest?.fullTitle() ?? '');
  },
  // Looks back on the whole run.
  afterAll(): void {
    const none = { bootloaderTouches: 0, burns: 0 };
    assert.deepEqual(simulatorTally, none, 'a basic bootloader was touched, or a fuse was burnt');
  },
};
