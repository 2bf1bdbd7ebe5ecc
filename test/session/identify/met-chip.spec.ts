import assert from 'node:assert/strict';
import { Device } from '../../../src';
import { noise, type TestDevice, testDevice } from '../../support/bench-device';

/** Commands that a connect sends, and what it tells. */
async function connect({ device, chip }: TestDevice) {
  const before = { ...chip.counters.commands };
  const { payload } = await device.connect();
  await device.close();
  const counts = Object.entries(chip.counters.commands);
  return {
    report: { ...payload, linkMs: 0 },
    sent: counts.reduce((sum, [key, count]) => sum + (count ?? 0) - (before[key] ?? 0), 0),
  };
}

describe('a chip that was met before', () => {
  for (const sim of ['bk7231n', 'bk7231t', 'bk7238', 'bk7231m', 'bk7252']) {
    it(`is asked little, and told as the first time: ${sim}`, async () => {
      const own = testDevice(sim, { idle: 0 });
      const first = await connect(own);
      const second = await connect(own);
      assert.deepEqual(second.report, first.report);
      assert.ok(second.sent * 2 < first.sent, `${second.sent} after ${first.sent}`);
    });
  }

  for (const [what, change] of [
    [
      'its MAC is another one',
      ({ chip }: TestDevice) => chip.flash.fill(0x42, 0x1d0000 + 64, 0x1d0000 + 128),
    ],
    [
      'its code is other code',
      ({ chip }: TestDevice) => noise(0x1000, 8).copy(chip.flash, 0x11000),
    ],
    [
      'its calibration is gone',
      ({ chip }: TestDevice) => chip.flash.fill(0xff, 0x1d0000, 0x1d1000),
    ],
  ] as const) {
    it(`is identified anew where ${what}`, async () => {
      const own = testDevice('bk7231n', { idle: 0 });
      const first = await connect(own);
      change(own);
      const second = await connect(own);
      assert.ok(second.sent > first.sent / 2, `${second.sent} after ${first.sent}`);
    });
  }

  it('without a calibration is identified anew each time', async () => {
    const own = testDevice('bk7231n?calibration=none', { idle: 0 });
    const first = await connect(own);
    const second = await connect(own);
    assert.ok(second.sent > first.sent / 2);
  });

  it('is identified anew at another rate, and for a whole record', async () => {
    const own = testDevice('bk7231n', { idle: 0 });
    const first = await connect(own);
    for (const settings of [{ baud: 460_800 }, { record: 'all' }] as const) {
      const device = new Device({ port: own.url, idle: 0, ...settings }, own.environment);
      const { sent } = await connect({ ...own, device });
      assert.ok(sent > first.sent / 2, `${sent} after ${first.sent}`);
    }
  });

  it('is known again after a job that changed neither its calibration nor the beginning of its code', async () => {
    const own = testDevice('bk7231n', { idle: 0 });
    const first = await connect(own);
    await own.device.write({ image: noise(0x1000), offset: 0x100000 });
    assert.ok((await connect(own)).sent * 2 < first.sent);
    await own.device.write({ image: noise(0x1000), offset: 0x11000 });
    assert.ok((await connect(own)).sent > first.sent / 2);
    assert.ok((await connect(own)).sent * 2 < first.sent);
  });

  it('is what it was on a line that loses and changes answers', async () => {
    const own = testDevice('bk7231n?lose=0.05&corrupt=0.05', { idle: 0 });
    const first = await connect(own);
    for (let round = 0; round < 10; round++) {
      const { report } = await connect(own);
      assert.deepEqual(
        [report.chip, report.mac, report.flash],
        [first.report.chip, first.report.mac, first.report.flash],
      );
    }
  });
});
