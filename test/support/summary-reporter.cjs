// Mocha's spec output, closed by one line that any CI can count: "N passed, N failed, N skipped".
const { Runner, reporters } = require('mocha');

module.exports = class SummaryReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      // Spec's own epilogue listens to the same event; the next tick is after it.
      process.nextTick(() => {
        console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
      });
    });
  }
};
