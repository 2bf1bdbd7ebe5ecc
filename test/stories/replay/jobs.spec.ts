import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Device } from '../../../src';
import { noise, scratchFolder, testDevice } from '../../support/bench-device';
import { replay } from '../../support/replayed';

const KIB = 1024;
const AT = 0x11000;

/** Jobs by what is special about them. */
const JOBS: Readonly<Record<string, (device: Device, folder: string) => Promise<unknown>>> = {
  'a connect': (device) => device.connect(),
  'a write that begins and ends inside sectors': (device) =>
    device.write({ image: noise(9 * KIB + 100, 3), offset: AT + 0x234 }),
  'a write after a backup': (device, folder) =>
    device.write({
      image: noise(20 * KIB, 4),
      offset: AT,
      backup: { mode: 'once', folder: join(folder, 'made') },
    }),
  'a write of what is there already': async (device) => {
    const image = noise(80 * KIB, 5);
    await device.write({ image, offset: AT });
    await device.write({ image, offset: AT });
  },
  'a write of blank and written sectors': (device) =>
    device.write({
      image: Buffer.concat([noise(8 * KIB, 6), Buffer.alloc(8 * KIB, 0xff), noise(8 * KIB, 7)]),
      offset: AT,
    }),
  'a listening': (device) => device.listen(),
  'a write whose firmware is to start': (device) =>
    device.write({ image: noise(8 * KIB, 11), offset: AT, startCheck: true }),
  'a dry run': (device) => device.write({ image: noise(20 * KIB, 8), offset: AT, dryRun: true }),
  'an erase after a backup': (device, folder) =>
    device.erase({
      region: 'range',
      offset: 0x20000,
      length: 0x4000,
      backup: { mode: 'always', folder: join(folder, 'made') },
    }),
  'a read into a file': (device, folder) =>
    device.read({ offset: AT, length: 40 * KIB, file: { folder, filename: 'a.bin' } }),
};

describe('a record of', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  for (const chip of ['bk7231n', 'bk7231t']) {
    for (const [name, job] of Object.entries(JOBS)) {
      it(`${name} on a ${chip} replays to the same end`, async () => {
        const own = testDevice(chip, { record: 'all', reset: 'rts', idle: 5 });
        // Something to be erased, and to be left alone.
        noise(32 * KIB, 9).copy(own.chip.flash, 0x12000);
        noise(8 * KIB, 10).copy(own.chip.flash, 0x21000);
        await job(own.device, folder());
        const file = join(folder(), 'record.jsonl');
        await own.device.record()?.save(file);
        await own.device.close();
        const jobs = await replay(file);
        assert.ok(jobs.length > 0);
        for (const { recorded, played, error } of jobs) {
          assert.deepEqual(played, recorded, error?.message);
        }
      });
    }
  }
});
