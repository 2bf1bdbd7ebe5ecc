import assert from 'node:assert/strict';
import { readPartitions } from '../../../src/image/code/partitions';
import {
  configInSlots,
  firstKept,
  isLaidOutAsUsual,
  layoutOf,
  slotInTable,
  slotOf,
  usualCalibrations,
} from '../../../src/placement/base/place-target';
import { bootloader, container, TUYA_TEXTS } from '../../support/images';
import { BK7238, N, place, T } from '../../support/placing';

const tableWith = (download: number) => readPartitions(bootloader({ download }));
const LIKE_T = { ...N, partitions: tableWith(0x132000) };
const NEITHER = { ...N, partitions: tableWith(0x143000) };

describe('the layout of a chip', () => {
  it('is its model’s where nothing of it was read', () => {
    assert.deepEqual(layoutOf(N).calibration, [0x1d0000]);
    assert.deepEqual(slotOf(N, 'download'), { offset: 0x12a000, length: 0xa6000 });
    assert.equal(slotInTable(N, 'download'), null);
    assert.ok(isLaidOutAsUsual(N));
  });

  it('is that of the table in its bootloader, which outranks the place of its calibration', () => {
    assert.deepEqual(slotOf(LIKE_T, 'download'), { offset: 0x132000, length: 0xa6000 });
    assert.deepEqual(layoutOf(LIKE_T).calibration, [0x1e0000]);
    assert.deepEqual(usualCalibrations(LIKE_T), [0x1e0000, 0x1d0000]);
    assert.ok(!isLaidOutAsUsual(LIKE_T));
    const both = { ...LIKE_T, calibration: 0x1d0000 };
    assert.equal(slotOf(both, 'download')?.offset, 0x132000);
    assert.equal(firstKept(both), 0x1d0000);
  });

  it('is that of its calibration, where it has no table', () => {
    const chip = { ...N, calibration: 0x1e0000 };
    assert.equal(slotOf(chip, 'download')?.offset, 0x132000);
    assert.equal(firstKept(chip), 0x1e0000);
    assert.ok(!isLaidOutAsUsual(chip));
    assert.equal(slotOf({ ...T, calibration: 0x1d0000 }, 'download')?.offset, 0x12a000);
  });

  it('need not be that of any model', () => {
    assert.equal(slotOf(NEITHER, 'download')?.offset, 0x143000);
    assert.deepEqual(layoutOf(NEITHER).calibration, [0x1d0000]);
  });

  it('varies on some models, so that nothing is unusual there', () => {
    for (const calibration of [0x1e0000, 0x1e3000, 0x1d0000])
      assert.ok(isLaidOutAsUsual({ ...BK7238, calibration }));
  });

  it('has a configuration of OpenBeken in the midst of the slots, where those are another model’s', () => {
    assert.equal(configInSlots(LIKE_T), 0x1d1000);
    assert.equal(configInSlots(N), null);
    assert.equal(configInSlots({ ...T, partitions: tableWith(0x132000) }), null);
  });

  it('gives an application the room up to the download slot', () => {
    const long = container({ texts: TUYA_TEXTS.N, saysBk7231: true, size: 34 * 36_000 });
    assert.deepEqual(place(long, { ...NEITHER, calibration: 0x1e9000 }).warnings, []);
    assert.throws(() => place(long, N), { code: 'BK_WRONG_IMAGE' });
  });
});
