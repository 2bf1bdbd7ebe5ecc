import assert from 'node:assert/strict';
import { inspect } from '../../src';
import type { DetectedImage } from '../../src/image/detect/detect';
import { testDevice } from '../support/bench-device';
import { detectImage } from '../support/detect-image';
import { allEnglish } from '../support/english';
import {
  container,
  flashImage,
  openBekenTexts,
  paddedContainer,
  TUYA_TEXTS,
  updatedContainer,
} from '../support/images';
import { rejection } from '../support/rejects';

const damageOf = ({ damaged }: DetectedImage) => allEnglish(damaged);

describe('the header behind code', function () {
  this.timeout(60_000);

  it('counts padding of FF as well as padding that holds its count', async () => {
    for (const [padding, stored] of [
      [1, 0xff],
      [12, 0xff],
      [12, 0],
      [16, 0xff],
    ] as const) {
      const image = paddedContainer({ texts: openBekenTexts('BK7252'), padding, stored });
      assert.deepEqual(damageOf(detectImage(image)), [], `${padding}`);
      assert.deepEqual(allEnglish(detectImage(image).doubts), [], `${padding}`);
      assert.match(allEnglish(detectImage(image).checks).join(' '), /CRC and hash of app fit/);
    }
    const image = paddedContainer({ texts: openBekenTexts('BK7252'), padding: 12 });
    const { device } = testDevice('bk7252');
    assert.equal((await device.write({ image })).payload.verified, true);
    await device.close();
  });

  it('tells damage, however its padding is counted', async () => {
    const image = paddedContainer({ texts: openBekenTexts('BK7252'), padding: 12 });
    image[5000] = (image[5000] ?? 0) ^ 1;
    const { device } = testDevice('bk7252');
    await rejection(device.write({ image }), 'BK_BAD_IMAGE');
    await device.close();
  });
});

const EARLIER = container({ texts: TUYA_TEXTS.N, length: 0x80000, saysBk7231: true, seed: 9 });

/** A device that has installed an update over a longer application. */
function updated(key: 'tuya' | 'none' | 'other', length = 0x30000): Buffer {
  const app = updatedContainer({
    key,
    length,
    texts: ['oem_bk7231n_plug', '2.0.7'],
    saysBk7231: true,
    before: EARLIER,
  });
  const flash = flashImage({ key, saysBk7231: true, name: 'BK7231N_1.0.1' });
  app.copy(flash, 0x11000);
  return flash;
}

describe('an application that came as an update', function () {
  this.timeout(60_000);

  it('is whole, with old packets behind its end', async () => {
    for (const key of ['tuya', 'none'] as const)
      for (const length of [0x30000, 0x30010, 0x2fff0]) {
        const flash = updated(key, length);
        const dump = detectImage(flash);
        assert.deepEqual(damageOf(dump), [], `${key} ${length}`);
        assert.deepEqual(allEnglish(dump.doubts), []);
        assert.match(allEnglish(dump.checks).join(' '), /describes the update that it came in/);
        assert.deepEqual(damageOf(detectImage(flash.subarray(0x11000, 0x129f70))), []);
      }
  });

  it('is named by its own texts, not by those of the code that was there', async () => {
    const { app, warnings } = await inspect(updated('tuya'));
    assert.equal(app?.version, '2.0.7');
    assert.deepEqual(warnings, []);
  });

  it('goes to another device, and back to its own', async () => {
    const flash = updated('tuya');
    for (const options of [
      { image: flash },
      { image: flash, part: 'app' as const },
      { image: flash.subarray(0x11000, 0x129f70) },
    ]) {
      const { device, chip } = testDevice('bk7231n');
      const { payload, facts } = await device.write(options);
      assert.equal(payload.verified, true);
      assert.ok(!facts.warnings.some((text) => /damage/i.test(text)), facts.warnings.join(' '));
      // Header and all, as a bootloader looks for it there.
      assert.ok(chip.flash.subarray(0x11000, 0x129f70).equals(flash.subarray(0x11000, 0x129f70)));
      await device.close();
    }
  });

  it('is told to be damaged where a byte of its own code changed', () => {
    const flash = updated('tuya');
    const at = 0x11000 + 34 * 100 + 5;
    flash[at] = (flash[at] ?? 0) ^ 1;
    assert.match(damageOf(detectImage(flash)).join(' '), /code packets.*hash of app does not fit/);
    const app = flash.subarray(0x11000, 0x129f70);
    assert.match(damageOf(detectImage(app)).join(' '), /code packets/);
  });

  it('is not called damaged where its key is not known', async () => {
    const { warnings } = await inspect(updated('other'));
    assert.match(warnings.join(' '), /cannot be told without its key/);
    assert.doesNotMatch(warnings.join(' '), /does not fit|wrong CRC/);
  });

  it('is followed by its own header, though one of an earlier firmware lies in front of that', () => {
    const small = container({ texts: TUYA_TEXTS.N, length: 0x50000, size: 0x60004, seed: 4 });
    const before = Buffer.from(EARLIER);
    small.copy(before);
    const app = updatedContainer({ length: 0x20000, texts: ['oem_bk7231n_plug', '2.0.7'], before });
    assert.deepEqual(damageOf(detectImage(app)), []);
  });

  it('is backed up and put back whole, on chips of any key', async () => {
    for (const sim of ['bk7231n', 'bk7231t', 'bk7238', 'bk7252'].map(
      (chip) => `${chip}?contents=updated`,
    )) {
      const { device, chip } = testDevice(sim);
      const before = Buffer.from(chip.flash);
      const dump = detectImage(before);
      assert.deepEqual(damageOf(dump), [], sim);
      assert.match(allEnglish(dump.checks).join(' '), /describes the update/, sim);
      assert.deepEqual((await inspect(before)).warnings, [], sim);
      await device.erase({ region: 'app' });
      const { facts } = await device.write({ image: before, part: 'app' });
      assert.deepEqual(facts.warnings, [], sim);
      assert.ok(chip.flash.subarray(0x11000, 0x129f70).equals(before.subarray(0x11000, 0x129f70)));
      await device.close();
    }
  });
});
