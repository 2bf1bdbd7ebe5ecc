import assert from 'node:assert/strict';
import { type ChipReport, inspect } from '../../src';
import { sum, testDevice } from '../support/bench-device';
import { container, openBekenTexts, plainCode, rblFile } from '../support/images';
import { rejection } from '../support/rejects';

async function connected(sim: string, settings: Parameters<typeof testDevice>[1] = {}) {
  const { device, chip } = testDevice(sim, settings);
  const { payload, facts } = await device.connect();
  await device.close();
  return { ...(payload as ChipReport), flashBytes: chip.flash, said: facts.warnings.join(' ') };
}

describe('bootloaders that are known', function () {
  this.timeout(60_000);

  for (const [crc, sim, name, version] of [
    ['698e014a', 'bk7231n', 'Dreo', null],
    ['8e4e6cdb', 'bk7231n', 'BK72xx', null],
    ['6c86cd3d', 'bk7238', 'BK72xx', null],
    ['ae323e12', 'bk7231n', 'Uascent', '1.0.13'],
    ['42c221ea', 'bk7231q', 'BK7231Q', null],
  ] as const) {
    it(`are told: ${crc}`, async () => {
      const found = await connected(`${sim}?bootloader=${crc}`);
      assert.equal(found.chip, sim.toUpperCase());
      assert.deepEqual(found.bootloader, { name, version, crc, known: true });
      assert.doesNotMatch(found.said, /not a known one/);
      assert.equal((await inspect(found.flashBytes)).bootloader?.crc, crc);
    });
  }

  it('have their own download slot, where an update goes', async () => {
    const { device } = testDevice('bk7231n?bootloader=ae323e12&efuse=none');
    const image = rblFile(plainCode({ texts: openBekenTexts('BK7231N') }), { compression: 1 });
    const { payload } = await device.write({ image });
    assert.equal(payload.regions[0]?.offset, 0x143000);
    await device.close();
  });

  it('do not speak for a key where nobody reported one', async () => {
    for (const [key, told] of [
      ['none', 'none'],
      ['tuya', 'tuya'],
      ['4862379a8612784b85c5e25875754528', 'custom'],
    ] as const)
      for (const crc of ['698e014a', '8e4e6cdb', '6c86cd3d'])
        assert.equal(
          (await connected(`bk7231n?bootloader=${crc}&key=${key}&efuse=none`)).encryptionKey,
          told,
          `${crc} ${key}`,
        );
  });
});

describe('a bootloader that several models have', function () {
  this.timeout(60_000);
  const SIMS = ['bk7231u?bootloader=8bcec3b4', 'bk7252?bootloader=8bcec3b4'];

  it('does not tell the model', async () => {
    for (const sim of SIMS) {
      const found = await connected(sim);
      assert.equal(found.chip, null, sim);
      assert.equal(found.encryptionKey, 'none');
      assert.equal(found.flash.size, sim.startsWith('bk7252') ? 0x400000 : 0x200000);
      assert.deepEqual(found.bootloader.known, true);
      assert.equal(found.bootloader.version, '1.0.15');
      assert.match(found.said, /may be BK7231U or BK7252\. Set it in the device/);
    }
  });

  it('leaves it to the setting of the device, within these models', async () => {
    for (const chip of ['BK7231U', 'BK7252'] as const) {
      const found = await connected(SIMS[0] as string, { chip });
      assert.equal(found.chip, chip);
      assert.match(found.said, /taken from the device's setting: its bootloader is one of/);
    }
    for (const chip of ['BK7231T', 'BK7231Q'] as const) {
      const { device } = testDevice(SIMS[0] as string, { chip });
      await rejection(device.connect(), 'BK_WRONG_CHIP');
      await device.close();
    }
  });

  it('lets no image for another model through', async () => {
    for (const sim of SIMS)
      for (const name of ['BK7231Q', 'BK7231N'] as const) {
        const { device, chip } = testDevice(sim);
        const image = container({ texts: openBekenTexts(name), key: 'none' });
        const error = await rejection(device.write({ image }), 'BK_WRONG_IMAGE');
        assert.match(error.message, /BK7231[QM]/);
        assert.equal(sum(chip.counters.erases), 0);
        await device.close();
      }
  });

  it('does not tell the model of a dump or of a file either', async () => {
    const found = await connected(SIMS[0] as string);
    const { chip, chipEvidence, bootloader } = await inspect(found.flashBytes);
    assert.equal(chip, null);
    assert.match(chipEvidence.join(' '), /bootloader is that of BK7231U or BK7252/);
    assert.equal(bootloader?.version, '1.0.15');
  });

  it('is taken for none that a simulated chip cannot have', async () => {
    for (const sim of ['bk7231n?bootloader=8bcec3b4', 'bk7231t?bootloader=42c221ea'])
      assert.throws(() => testDevice(sim), { code: 'BK_BAD_SETTING' });
  });
});
