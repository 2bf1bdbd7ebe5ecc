import assert from 'node:assert/strict';
import { noise, testDevice } from '../support/bench-device';
import {
  bootloader,
  calibrationSector,
  container,
  flashImage,
  openBekenTexts,
} from '../support/images';

const APP = container({ texts: openBekenTexts('BK7231N'), length: 0x9000 });
const QIO = Buffer.concat([bootloader({ name: 'BK7231N_1.0.1' }), APP]);
const THIS_FILE = /very file has a bootloader for it: write it once more with bootloader set to/;
const OTHER_FILE = /this file brings none: nothing starts. Write a backup .* or a QIO file/;
const NO_CALIBRATION = /no calibration of its radio left.*MAC that others have.*part set to rf/;

/** An N whose flash is all FF, as after a mass erase. */
function erased() {
  const bench = testDevice('bk7231n');
  bench.chip.flash.fill(0xff);
  return bench;
}

describe('firmware for a chip whose whole flash is blank', () => {
  it('starts with the bootloader that this very file has, which is said where it is kept', async () => {
    const { device, chip } = erased();
    const { warnings } = (await device.write({ image: QIO })).facts;
    assert.match(warnings.join('\n'), THIS_FILE);
    assert.match(warnings.join('\n'), NO_CALIBRATION);
    assert.ok(chip.flash.subarray(0, 0x11000).every((byte) => byte === 0xff));

    const again = await device.write({ image: QIO, bootloader: 'replace' });
    assert.ok(chip.flash.subarray(0, QIO.length).equals(QIO));
    assert.doesNotMatch(again.facts.warnings.join('\n'), /nothing starts|cannot start/);
    assert.match(again.facts.warnings.join('\n'), NO_CALIBRATION);
    await device.close();
  });

  it('is said before anything is written, too', async () => {
    const { device } = erased();
    const { warnings } = (await device.write({ image: QIO, dryRun: true })).facts;
    assert.match(warnings.join('\n'), THIS_FILE);
    assert.match(warnings.join('\n'), NO_CALIBRATION);
    await device.close();
  });

  it('needs another file where this one has no bootloader', async () => {
    const { device } = erased();
    const { warnings } = (await device.write({ image: APP })).facts;
    assert.match(warnings.join('\n'), OTHER_FILE);
    assert.doesNotMatch(warnings.join('\n'), THIS_FILE);
    await device.close();
  });

  it('is said at an offset as well, but not of other bytes', async () => {
    const { device } = erased();
    const skipped = { offset: 0x11000, skip: 0x11000 } as const;
    const { warnings } = (await device.write({ image: QIO, ...skipped })).facts;
    assert.match(warnings.join('\n'), THIS_FILE);
    const data = await device.write({ image: noise(0x1000), offset: 0x1f0000 });
    assert.doesNotMatch(data.facts.warnings.join('\n'), /nothing starts|no calibration/);
    await device.close();
  });

  it('has its calibration where that is left, wherever it lies', async () => {
    for (const at of [0x1d0000, 0x1e0000]) {
      const { device, chip } = erased();
      calibrationSector([2, 0, 0, 0, 0, 1]).copy(chip.flash, at);
      const { facts } = await device.write({ image: QIO, bootloader: 'replace' });
      assert.doesNotMatch(facts.warnings.join('\n'), /no calibration/);
      assert.equal(chip.flash.toString('latin1', 0x1d0000, 0x1d0003), 'TLV');
      await device.close();
    }
  });

  it("starts with the bootloader of another device's dump, which is said", async () => {
    const { device } = erased();
    const { warnings } = (await device.write({ image: flashImage({ saysBk7231: true }) })).facts;
    assert.match(warnings.join('\n'), THIS_FILE);
    await device.close();
  });

  it('names a QIO file where the chip is only connected', async () => {
    const { device } = erased();
    const { warnings } = (await device.connect()).facts;
    assert.match(
      warnings.join('\n'),
      /Write a backup .* with bootloader set to replace, or a QIO file for it/,
    );
    await device.close();
  });
});

describe('firmware for a chip in use', () => {
  it('needs nothing of the kind', async () => {
    const { device } = testDevice('bk7231n');
    const { warnings } = (await device.write({ image: QIO })).facts;
    assert.deepEqual(warnings, []);
    await device.close();
  });

  it('is told of a calibration that is missing', async () => {
    const { device } = testDevice('bk7231n?calibration=none');
    const { warnings } = (await device.write({ image: QIO })).facts;
    assert.match(warnings.join('\n'), NO_CALIBRATION);
    await device.close();
  });
});
