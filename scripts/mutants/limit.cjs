/** Tests that do not say so take less, ms, also on a busy machine: what waits for ever is soon told from them. */
const LONGEST_MS = 6_000;

exports.mochaHooks = {
  beforeEach() {
    // Stryker sets it to 0; what is more was asked for by the test itself.
    if (this.currentTest.timeout() === 0) this.currentTest.timeout(LONGEST_MS);
  },
};
