import assert from 'node:assert/strict';
import { testDevice } from '../support/bench-device';

/*
 * Adapters and networks that keep each answer back for longer than a call used to be given at a new rate: every rate was
 * taken for one that fails, the chip was rebooted for each, and the job stayed at 115200.
 */
describe('in the field: slow adapters', () => {
  for (const latency of [16, 60, 90]) {
    it(`proves fast rates where answers are kept back for ${latency} ms`, async () => {
      const { device, chip } = testDevice(`bk7231n?latency=${latency}`);
      const { payload, facts } = await device.connect();
      assert.ok((payload.baud ?? 0) >= 921_600, `${payload.baud} baud`);
      assert.deepEqual(facts.recoveries, []);
      assert.equal(chip.counters.boots, 1);
      await device.close();
    });
  }
});
