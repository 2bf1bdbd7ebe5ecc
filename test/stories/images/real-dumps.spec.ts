import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from '../../../src/image/inspect/inspect';
import { scratchFolder, testDevice } from '../../support/bench-device';
import { container, openBekenTexts } from '../../support/images';
import { rejection } from '../../support/rejects';

/** Contents of real devices, where they are at hand; they hold other people's data and are never shown. */
const FOLDER = resolve('..', 'shared', 'data', 'dumps');
const SIZE = 0x200000;

/** N keeps its calibration at 0x1d0000, T at 0x1e0000. */
function chipOf(dump: Buffer): string {
  const isN = dump.toString('latin1', 0x1d0000, 0x1d0004) === 'TLV\0';
  return isN ? 'bk7231n' : 'bk7231t';
}

describe('the contents of a real device', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  const names = existsSync(FOLDER)
    ? readdirSync(FOLDER).filter((name) => statSync(join(FOLDER, name)).size === SIZE)
    : [];

  before(function () {
    if (names.length > 0) return;
    console.log('      skipped: no dumps of real devices on this computer');
    this.skip();
  });

  it('are there to be tried', () => assert.ok(names.length > 0));

  names.forEach((name, index) => {
    it(`survive backup, erase and write: dump ${index + 1}`, async () => {
      const path = join(FOLDER, name);
      const dump = readFileSync(path);
      const flash = encodeURIComponent(path);
      const { device, chip } = testDevice(`${chipOf(dump)}?flash=${flash}`);
      assert.ok(chip.flash.equals(dump));

      const { payload: report } = await device.connect();
      const { payload: backup } = await device.read({ file: { folder: folder() } });
      assert.ok(typeof backup === 'string' && readFileSync(backup).equals(dump));
      await device.erase({ region: 'all' });
      assert.ok(!chip.flash.equals(dump));
      if (report.mac !== null) assert.equal((await device.connect()).payload.mac, report.mac);

      const { payload } = await device.write({ image: { path: backup } });
      assert.equal(payload.verified, true);
      assert.ok(chip.flash.equals(dump), 'flash is as it was');
      assert.equal(chip.counters.bootloaderTouches, 0);
      await device.close();
    });

    it(`come back in parts, and tell OpenBeken their pins: dump ${index + 1}`, async () => {
      const path = join(FOLDER, name);
      const dump = readFileSync(path);
      const sim = chipOf(dump);
      const { device, chip } = testDevice(`${sim}?flash=${encodeURIComponent(path)}`);
      await device.erase({ region: 'all', calibration: 'erase' });
      for (const part of ['rf', 'app', 'tuya'] as const) {
        const { payload } = await device.write({ image: dump, part });
        for (const { offset, length } of payload.regions) {
          const held = chip.flash.subarray(offset, offset + length);
          assert.ok(held.equals(dump.subarray(offset, offset + length)), part);
        }
      }
      const [was, is] = [await inspect(dump), await inspect(chip.flash)];
      assert.equal(is.mac, was.mac);
      assert.deepEqual(is.tuya, was.tuya);
      assert.deepEqual(is.app, was.app);

      const hasPins = Object.keys(was.tuya?.pins ?? {}).length > 0;
      const image = container({ texts: openBekenTexts(sim.toUpperCase()), length: 0x9000 });
      const backup = { mode: 'always', folder: folder() } as const;
      const job = device.write({ image, openbeken: { pins: 'tuya' }, backup });
      if (hasPins) assert.deepEqual((await job).payload.openbeken?.pins, was.tuya?.pins);
      else assert.match((await rejection(job, 'BK_BAD_SETTING')).message, /TuyaMCU|paired/);
      await device.close();
    });
  });
});
