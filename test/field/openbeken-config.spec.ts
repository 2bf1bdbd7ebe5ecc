import assert from 'node:assert/strict';
import { inspect } from '../../src';
import { buildOpenBekenConfig } from '../../src/image/openbeken/openbeken-write';
import { testDevice } from '../support/bench-device';
import { flashImage, openBekenTexts } from '../support/images';
import { rejection } from '../support/rejects';

const AT = 0x1d1000;
const CONFIG = buildOpenBekenConfig({ name: 'plug' }, { chip: 'BK7231N' });

/** Bootloader and application, and the configuration where an N has it: no dump of a whole flash. */
function qio(config: Buffer): Buffer {
  const flash = flashImage({
    saysBk7231: true,
    name: 'BK7231N_1.0.1',
    calibration: null,
    app: { texts: openBekenTexts('BK7231N') },
  });
  config.copy(flash, AT);
  return flash.subarray(0, AT + 0x1000);
}

function damaged(): Buffer {
  const config = Buffer.from(CONFIG);
  config[0x100] = (config[0x100] ?? 0) ^ 1;
  return config;
}

describe("a QIO that carries OpenBeken's configuration", () => {
  it('is the same to bk-inspect and to bk-write', async () => {
    const image = qio(CONFIG);
    const found = await inspect(image);
    assert.equal(found.kind, 'qio');
    assert.equal(found.openbeken?.offset, AT);
    const { device, chip } = testDevice('bk7231n');
    const { payload } = await device.write({ image, part: 'openbeken' });
    assert.equal(payload.image.kind, 'qio');
    assert.deepEqual(payload.regions, [{ offset: AT, length: 0x1000 }]);
    assert.ok(chip.flash.subarray(AT, AT + 0x1000).equals(CONFIG));
    await device.close();
  });

  it('is written without it, which is said', async () => {
    const { device, chip } = testDevice('bk7231n');
    const before = Buffer.from(chip.flash.subarray(0x1d0000));
    const { facts } = await device.write({ image: qio(CONFIG) });
    assert.ok(chip.flash.subarray(0x1d0000).equals(before));
    assert.match(
      facts.warnings.join(' '),
      /also holds OpenBeken's configuration.*part to openbeken/,
    );
    await device.close();
  });

  for (const [what, image, offset] of [
    ['in a QIO', qio(damaged()), '0x1d1000'],
    ['alone', damaged(), '0x0'],
  ] as const)
    it(`is named as damaged where it is: ${what}`, async () => {
      const found = await inspect(image);
      assert.equal(found.openbeken, null);
      assert.match(
        found.warnings.join(' '),
        new RegExp(`OpenBeken's configuration at ${offset} is damaged: its checksum is wrong`),
      );
      const { device } = testDevice('bk7231n');
      const error = await rejection(device.write({ image, part: 'openbeken' }), 'BK_BAD_IMAGE');
      assert.match(error.message, new RegExp(`configuration at ${offset} of it is damaged`));
      await device.close();
    });
});
