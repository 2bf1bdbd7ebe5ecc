import assert from 'node:assert/strict';
import { BOOTLOADER_END } from '../../../src/chip/geometry';
import { testDevice } from '../../support/bench-device';

describe('the bootloader', () => {
  it('of a full chip that has lost it is named on connect, and comes back from its dump', async () => {
    const { device, chip } = testDevice('bk7231n');
    const dump = Buffer.from(chip.flash);
    chip.flash.fill(0xff, 0, BOOTLOADER_END);
    const { payload: report, facts } = await device.connect();
    assert.equal(report.bootloader.name, 'blank');
    assert.equal(report.bootloader.crc, 'b397b8f6');
    assert.ok(facts.warnings.some((warning) => /sector 0 is all FF/.test(warning)));

    const kept = await device.write({ image: dump });
    assert.ok(chip.flash.subarray(0, BOOTLOADER_END).every((byte) => byte === 0xff));
    assert.ok(kept.facts.warnings.some((warning) => /sector 0 is all FF/.test(warning)));

    const { facts: after } = await device.write({ image: dump, bootloader: 'replace' });
    assert.ok(chip.flash.equals(dump));
    assert.deepEqual(after.warnings, []);
    const { payload: again } = await device.connect();
    assert.equal(again.bootloader.known, true);
    await device.close();
  });

  it('of a full chip is erased only when asked for, and that is said', async () => {
    const { device, chip } = testDevice('bk7231n');
    const { facts } = await device.erase({ region: 'all', bootloader: 'erase' });
    assert.ok(chip.flash.subarray(0, BOOTLOADER_END).every((byte) => byte === 0xff));
    assert.ok(facts.warnings.some((warning) => /cannot start/.test(warning)));
    await device.close();
  });

  it('of a basic chip stays, whatever is asked for', async () => {
    const { device, chip } = testDevice('bk7231t');
    const dump = Buffer.from(chip.flash);
    const { facts } = await device.erase({ region: 'all', bootloader: 'erase' });
    assert.ok(facts.warnings.some((warning) => /bootloader was kept/.test(warning)));
    await device.write({ image: dump, bootloader: 'replace' });
    assert.ok(chip.flash.equals(dump));
    assert.equal(chip.counters.bootloaderTouches, 0);
    await device.close();
  });
});
