import { seedsFor } from './support/seed';

// A root hook: each test gets its own chips, whichever others run before it.
beforeEach(function () {
  seedsFor(this.currentTest?.fullTitle() ?? '');
});
