import assert from 'node:assert/strict';
import { BOOTLOADER_END, SECTOR } from '../../src/chip/geometry';
import { noise, testDevice } from '../support/bench-device';
import { calibrationSector } from '../support/images';
import { spoilAnswers } from '../support/spoil-answers';

const SDK = 0x1e0000;
const TUYA = 0x1e3000;
const OTHER = calibrationSector([2, 0, 0, 1, 2, 3]);

/** A BK7238 with a calibration in each of the two places where such a chip can have one. */
function twice() {
  const bench = testDevice('bk7238');
  const { flash } = bench.chip;
  const own = [SDK, TUYA].find((at) => flash.toString('latin1', at, at + 3) === 'TLV') ?? SDK;
  OTHER.copy(flash, own === SDK ? TUYA : SDK);
  noise(SECTOR, 4).copy(flash, 0x100000);
  const kept = [SDK, TUYA].map((at) => Buffer.from(flash.subarray(at, at + SECTOR)));
  return { ...bench, kept };
}

function held(flash: Buffer): Buffer[] {
  return [SDK, TUYA].map((at) => flash.subarray(at, at + SECTOR));
}

describe('an erase that keeps the calibration', () => {
  it('keeps each sector of it', async () => {
    for (const region of ['all', 'data'] as const) {
      const { device, chip, kept } = twice();
      await device.erase({ region });
      assert.deepEqual(held(chip.flash), kept, region);
      assert.ok(region !== 'all' || chip.flash[0x100000] === 0xff);
      await device.close();
    }
  });

  it('says which of a range it kept', async () => {
    const { device, chip, kept } = twice();
    const range = { offset: SDK, length: 0x10000 };
    const { facts } = await device.erase({ region: 'range', ...range });
    assert.deepEqual(held(chip.flash), kept);
    assert.match(facts.warnings.join(), /at 0x1e0000, 0x1e3000 was kept/);
    await device.close();
  });

  it('keeps it though the line changes a byte of it on the way back', async () => {
    const { device, chip, kept } = twice();
    const spoilt = new Set<number>();
    spoilAnswers(chip, [0x09], (answer) => {
      // The first read of each place.
      const address = answer.readUInt32LE(11);
      if ((address !== SDK && address !== TUYA) || spoilt.has(address)) return;
      answer[15] = (answer[15] as number) ^ 0xff;
      spoilt.add(address);
    });
    await device.erase({ region: 'range', offset: SDK, length: 0x10000 });
    assert.equal(spoilt.size, 2);
    assert.deepEqual(held(chip.flash), kept);
    await device.close();
  });
});

describe('an erase of small flash', () => {
  for (const [jedec, size] of [
    ['eb6012', 0x40000],
    ['854412', 0x40000],
    ['c44011', 0x20000],
  ] as const) {
    it(`lifts the protection of a ${jedec} and leaves the bootloader`, async () => {
      const { device, chip } = testDevice(`bk7231n?jedec=${jedec}&size=${size}`);
      const bootloader = Buffer.from(chip.flash.subarray(0, BOOTLOADER_END));
      await device.erase({ region: 'all' });
      assert.deepEqual(chip.flash.subarray(0, BOOTLOADER_END), bootloader);
      assert.ok(chip.flash.subarray(BOOTLOADER_END).every((byte) => byte === 0xff));
      const image = noise(SECTOR, 5);
      await device.write({ image, offset: size - SECTOR, anyImage: true });
      assert.deepEqual(chip.flash.subarray(size - SECTOR), image);
      assert.equal(chip.counters.bootloaderTouches, 0);
      await device.close();
    });
  }
});

describe('a dry run of an erase', () => {
  it('says what would be erased and how long that takes at most, and touches nothing', async () => {
    const { device, chip } = testDevice('bk7231n');
    noise(0x40000, 6).copy(chip.flash, 0x100000);
    const before = Buffer.from(chip.flash);
    const range = { offset: 0x101000, length: 0x21000 };
    const { payload, facts } = await device.erase({ region: 'range', ...range, dryRun: true });
    const { seconds, ...plan } = payload;
    assert.deepEqual(plan, {
      regions: [range],
      bytes: range.length,
      sectorsErased: 17,
      blocksErased: 1,
      verified: false,
      backup: null,
    });
    assert.ok(seconds !== undefined && seconds > 1 && seconds < 10, `${seconds}`);
    assert.ok(before.equals(chip.flash));
    assert.equal(facts.operation, 'erase');
    await device.close();
  });

  it('makes no backup, and refuses what the erase would refuse', async () => {
    const { device } = testDevice('bk7231n');
    const nowhere = { mode: 'always', folder: '/proc/no-such-folder' } as const;
    const { payload } = await device.erase({ region: 'data', backup: nowhere, dryRun: true });
    assert.equal(payload.backup, null);
    const bootloader = { region: 'range', offset: 0, length: SECTOR, dryRun: true } as const;
    await assert.rejects(device.erase(bootloader), { code: 'BK_BOOTLOADER_PROTECTED' });
    await device.close();
  });
});
