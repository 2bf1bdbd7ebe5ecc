import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ChipName } from '../../../src';
import { BOOTLOADER_END, SECTOR } from '../../../src/chip/geometry';
import { CHIPS } from '../../../src/chip/known/chips';
import { scratchFolder, testDevice } from '../../support/bench-device';

/** Everything that this package promises to do to a chip, on each model. */
describe('a chip is backed up, erased, written back and read again', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  const chips: [string, ChipName][] = [
    ['bk7231n', 'BK7231N'],
    ['bk7231t', 'BK7231T'],
    ['bk7231u', 'BK7231U'],
    ['bk7231q', 'BK7231Q'],
    ['bk7231m', 'BK7231M'],
    ['bk7238', 'BK7238'],
    ['bk7252', 'BK7252'],
    ['bk7252n', 'BK7252N'],
    ['bk7236', 'BK7236'],
    ['bk7258', 'BK7258'],
    // 2 MiB modules with these chips exist as well.
    ['bk7252?size=0x200000', 'BK7252'],
  ];
  for (const [sim, name] of chips) {
    it(`bit for bit on ${sim}`, async () => {
      const { device, chip } = testDevice(sim, { chip: name });
      const before = Buffer.from(chip.flash);
      const { payload: report } = await device.connect();
      assert.equal(report.chip, name);
      assert.equal(report.flash.size, before.length);

      const { payload: path, facts } = await device.read({ file: { folder: folder() } });
      assert.ok(typeof path === 'string');
      assert.ok(readFileSync(path).equals(before), 'the backup is what flash holds');
      assert.equal(facts.bytes, before.length);

      const { payload: erased } = await device.erase({ region: 'all' });
      assert.equal(erased.verified, true);
      const calibration = calibrationOf(before, name);
      const kept = (address: number) => address < BOOTLOADER_END || address === calibration;
      for (let address = 0; address < before.length; address += SECTOR) {
        const sector = chip.flash.subarray(address, address + SECTOR);
        const wanted = kept(address) ? before.subarray(address, address + SECTOR) : BLANK;
        assert.ok(sector.equals(wanted), `sector ${address.toString(16)} after the erase`);
      }

      const { payload: written } = await device.write({ image: { path } });
      assert.equal(written.verified, true);
      assert.equal(written.image.kind, 'dump');
      assert.ok(chip.flash.equals(before), 'flash is as it was');

      const { payload: again } = await device.read();
      assert.ok(Buffer.isBuffer(again) && again.equals(before), 'and reads so');
      assert.equal(chip.counters.bootloaderTouches, 0);
      await device.close();
    });
  }
});

const BLANK = Buffer.alloc(SECTOR, 0xff);

function calibrationOf(flash: Buffer, chip: ChipName): number | undefined {
  return CHIPS[chip].layout.calibration.find(
    (address) => flash.subarray(address, address + 4).toString('latin1') === 'TLV\0',
  );
}
