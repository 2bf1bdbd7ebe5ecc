import { seedsFor } from './seed';

/** Mocha calls these around every test, whichever specs are run. */
export const mochaHooks = {
  // Each test gets its own chips, whichever others run before it.
  beforeEach(this: Mocha.Context): void {
    seedsFor(this.currentTest?.fullTitle() ?? '');
  },
};
