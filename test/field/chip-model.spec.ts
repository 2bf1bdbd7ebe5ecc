import assert from 'node:assert/strict';
import type { DeviceSettings } from '../../src';
import { sum, type TestDevice, testDevice } from '../support/bench-device';
import { bootloader, container, openBekenTexts } from '../support/images';
import { rejection } from '../support/rejects';

/** A basic chip whose bootloader is not known; it may call itself something. */
function untold(
  sim: string,
  name: string | null = null,
  settings: Partial<DeviceSettings> = {},
): TestDevice {
  const bench = testDevice(`${sim}?bootloader=unknown`, settings);
  if (name !== null) {
    const own = bootloader({ key: 'none', download: null });
    const named = bootloader({ key: 'none', download: null, name });
    assert.ok(!own.equals(named));
    named.copy(bench.chip.flash);
  }
  return bench;
}

const openBeken = (chip: string) => container({ key: 'none', texts: openBekenTexts(chip) });

async function refused(
  { device, chip }: TestDevice,
  image: Buffer,
  offset: number | 'auto' = 'auto',
) {
  const error = await rejection(device.write({ image, offset }), 'BK_WRONG_IMAGE');
  assert.equal(sum(chip.counters.erases), 0);
  await device.close();
  return error;
}

describe('a basic chip that does not tell its model', () => {
  for (const sim of ['bk7231u', 'bk7231q', 'bk7252'])
    for (const offset of ['auto', 0x11000] as const)
      it(`takes no image that names a chip where nothing tells: ${sim}, ${offset}`, async () => {
        const error = await refused(untold(sim), openBeken('BK7252'), offset);
        assert.match(error.message, /is for BK7252, and the chip on sim:.*does not tell its model/);
        assert.match(
          error.message,
          /neither its bootloader nor its key speaks.*othing was changed/,
        );
        assert.match(
          error.cause.advice.join(' '),
          /Read the model off the chip.*chip of the device/,
        );
      });

  it('takes what its setting names, and nothing else', async () => {
    const set = { chip: 'BK7231U' as const };
    const { device, chip } = untold('bk7231u', null, set);
    const image = openBeken('BK7231U');
    const { facts } = await device.write({ image });
    assert.ok(chip.flash.subarray(0x11000, 0x11000 + image.length).equals(image));
    assert.match(facts.warnings.join(' '), /taken from the device's setting/);
    await device.close();
    await refused(untold('bk7231u', null, set), openBeken('BK7252'));
  });

  it('takes what is named all the same with anyImage', async () => {
    const { device } = untold('bk7231u');
    const { payload } = await device.write({ image: openBeken('BK7231U'), anyImage: true });
    assert.equal(payload.verified, true);
    await device.close();
  });

  it('is likely what its bootloader calls itself, and that is said', async () => {
    const { device } = untold('bk7231u', 'BK7231U_3.2.1');
    const { payload, facts } = await device.connect();
    assert.equal(payload.chip, null);
    assert.match(facts.warnings.join(' '), /likely BK7231U: The bootloader calls itself BK7231U_3/);
    await device.close();
  });

  it('takes an image for what it likely is, and is told what was compared', async () => {
    const { device } = untold('bk7231u', 'BK7231U_3.2.1');
    const { facts } = await device.write({ image: openBeken('BK7231U') });
    assert.match(
      facts.warnings.join(' '),
      /image is for BK7231U.*compared with what is likely only: BK7231U\. The bootloader calls/,
    );
    await device.close();
  });

  it('takes none for what it likely is not', async () => {
    for (const name of ['BK7252', 'BK7231Q']) {
      const error = await refused(untold('bk7231u', 'BK7231U_3.2.1'), openBeken(name));
      assert.match(error.message, /is likely BK7231U \(The bootloader calls itself/);
    }
  });

  it('costs one sector to look at, once for a link', async () => {
    const { device, chip } = untold('bk7231u');
    await device.connect();
    const reads = chip.counters.commands.L09;
    assert.ok(reads !== undefined && reads > 0);
    await device.connect();
    assert.equal(chip.counters.commands.L09, reads);
    await device.close();
  });
});
