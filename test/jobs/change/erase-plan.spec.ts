import assert from 'node:assert/strict';
import type { EraseOptions } from '../../../src';
import { BLOCK, BOOTLOADER_END, SECTOR } from '../../../src/chip/geometry';
import { testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

const SIZE = 0x200000;

/** What an erase of a chip without a blank byte has made blank, as ranges of sectors, and what it said. */
async function erased(sim: string, options: EraseOptions, prepare?: (flash: Buffer) => void) {
  const { device, chip } = testDevice(`${sim}?speed=fast`);
  const { flash } = chip;
  for (let at = 0; at < flash.length; at += SECTOR) {
    if (flash[at] === 0xff) flash[at] = 0x5a;
  }
  prepare?.(flash);
  const before = Buffer.from(flash);
  const { payload, facts } = await device.erase(options);
  const ranges: [number, number][] = [];
  for (let at = 0; at < flash.length; at += SECTOR) {
    const sector = flash.subarray(at, at + SECTOR);
    if (!sector.every((byte) => byte === 0xff)) {
      assert.ok(sector.equals(before.subarray(at, at + SECTOR)), `${at} is as it was`);
      continue;
    }
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === at) last[1] += SECTOR;
    else ranges.push([at, at + SECTOR]);
  }
  await device.close();
  return { ranges, payload, warnings: facts.warnings.join() };
}

describe('what an erase is of', () => {
  it('is the application and its download slot where nothing else is said', async () => {
    for (const options of [{}, { region: 'app' }] as const) {
      const { ranges, warnings } = await erased('bk7231n', options);
      assert.deepEqual(ranges, [[BOOTLOADER_END, 0x1d0000]]);
      assert.equal(warnings, '');
    }
  });

  it('is everything behind them, but for the calibration', async () => {
    const { ranges } = await erased('bk7231n', { region: 'data' });
    assert.deepEqual(ranges, [[0x1d1000, SIZE]]);
  });

  it('is all but bootloader and calibration', async () => {
    const { ranges, payload } = await erased('bk7231n', { region: 'all' });
    assert.deepEqual(ranges, [
      [BOOTLOADER_END, 0x1d0000],
      [0x1d1000, SIZE],
    ]);
    assert.equal(payload.verified, true);
  });

  it('is the calibration, too, where that is asked for', async () => {
    const options = { region: 'all', calibration: 'erase' } as const;
    const { ranges } = await erased('bk7231n', options);
    assert.deepEqual(ranges, [[BOOTLOADER_END, SIZE]]);
  });

  it('is the bootloader, too, where that is asked for and can be put back', async () => {
    const options = { region: 'app', bootloader: 'erase' } as const;
    const full = await erased('bk7231n', options);
    assert.deepEqual(full.ranges, [[0, 0x1d0000]]);
    const basic = await erased('bk7231t', options);
    assert.equal(basic.ranges[0]?.[0], BOOTLOADER_END);
    assert.match(basic.warnings, /bootloader/);
  });

  it('is a range to the sector, and of it alone', async () => {
    const range = { region: 'range', offset: 0x123000, length: BLOCK + 2 * SECTOR } as const;
    const { ranges } = await erased('bk7231n', { ...range, bootloader: 'erase' });
    assert.deepEqual(ranges, [[0x123000, 0x123000 + BLOCK + 2 * SECTOR]]);
    const first = { region: 'range', offset: 0, length: SECTOR, bootloader: 'erase' } as const;
    assert.deepEqual((await erased('bk7231n', first)).ranges, [[0, SECTOR]]);
  });

  it('spares the usual places of a calibration where none is known, but not in a range', async () => {
    const lose = (flash: Buffer) => flash.fill(0x5a, 0x1d0000, 0x1d1000);
    const all = await erased('bk7231n', { region: 'all' }, lose);
    assert.ok(all.ranges.every(([start, end]) => end <= 0x1d0000 || start >= 0x1d1000));
    const range = { region: 'range', offset: 0x1d0000, length: SECTOR } as const;
    const { ranges, warnings } = await erased('bk7231n', range, lose);
    assert.deepEqual(ranges, [[0x1d0000, 0x1d1000]]);
    assert.doesNotMatch(warnings, /was kept/);
  });

  for (const [sim, bootloader, advice] of [
    ['bk7231n', 'keep', /0x11000.*bootloader/],
    ['bk7231t', 'keep', /0x11000/],
    ['bk7231t', 'erase', /0x11000/],
  ] as const) {
    it(`is never the bootloader unasked: ${sim}, ${bootloader}`, async () => {
      const { device, chip } = testDevice(sim);
      const before = Buffer.from(chip.flash);
      for (const offset of [0, BOOTLOADER_END - SECTOR]) {
        const job = device.erase({ region: 'range', offset, length: 2 * SECTOR, bootloader });
        const { message, cause } = await rejection(job, 'BK_BOOTLOADER_PROTECTED');
        assert.equal(cause.address, offset);
        assert.equal(cause.phase, 'erase');
        assert.ok(message.includes(`0x${offset.toString(16)}`));
        assert.match(cause.advice.join(), advice);
      }
      assert.ok(chip.flash.equals(before));
      await device.erase({ region: 'range', offset: BOOTLOADER_END, length: SECTOR, bootloader });
      await device.close();
    });
  }

  it('cannot be nothing', async () => {
    const { device } = testDevice('bk7231n');
    const job = device.erase({ region: 'range', offset: 0x1d0000, length: SECTOR });
    const { message, cause } = await rejection(job, 'BK_BAD_SETTING');
    assert.match(message, /0x200000/);
    assert.equal(cause.phase, 'erase');
    assert.ok(cause.advice.length > 0);
    await device.close();
  });

  it('does not go beyond the end of flash', async () => {
    const { device } = testDevice('bk7231n');
    const job = device.erase({ region: 'range', offset: SIZE - SECTOR, length: 2 * SECTOR });
    await rejection(job, 'BK_OUT_OF_RANGE');
    await device.close();
  });
});
