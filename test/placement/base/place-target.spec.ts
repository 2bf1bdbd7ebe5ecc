import assert from 'node:assert/strict';
import type { PartitionEntry } from '../../../src/chip/layouts';
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

describe('a slot for code', () => {
  const entry = (name: string, offset: number, length: number): PartitionEntry => ({
    name,
    packets: false,
    offset,
    length,
  });
  const inTable = (
    name: 'app' | 'download',
    offset: number,
    length: number,
    flashSize = 0x200000,
  ) => slotInTable({ partitions: [entry(name, offset, length)], flashSize }, name);

  it('by a table that makes no sense is none, so that nothing goes there', () => {
    assert.deepEqual(inTable('app', 0x11000, 0x100100), { offset: 0x11000, length: 0x101000 });
    assert.deepEqual(inTable('download', 0x12000, 0x1000), { offset: 0x12000, length: 0x1000 });
    for (const nonsense of [
      inTable('app', 0x12000, 0x100000),
      inTable('app', 0x10000, 0x100000),
      inTable('download', 0x11000, 0x100000),
      inTable('download', 0x12a100, 0x1000),
      inTable('download', 0x12a000, 0),
      inTable('download', 0x12a000, 0x1000, 0x12a000),
    ])
      assert.equal(nonsense, null);
    const last = inTable('download', 0x12a000, 0x1000, 0x12b000);
    assert.deepEqual(last, { offset: 0x12a000, length: 0x1000 });
  });

  it('is where it is usual only as far as the flash reaches, and there is one', () => {
    const download = { offset: 0x12a000, length: 0xa6000 };
    assert.deepEqual(slotOf({ ...N, flashSize: 0x1d0000 }, 'download'), download);
    assert.equal(slotOf({ ...N, flashSize: 0x1cf000 }, 'download'), null);
    const other = { ...N, chip: 'BK7236', flashSize: 0x400000 } as const;
    assert.equal(slotOf(other, 'download'), null);
  });

  it('counts as the table has it, each for itself', () => {
    const partitions = [entry('app', 0x11000, 0x100000), entry('download', 0x150000, 0x80000)];
    const { app, download } = layoutOf({ ...N, partitions });
    assert.deepEqual(app, { offset: 0x11000, length: 0x100000 });
    assert.deepEqual(download, { offset: 0x150000, length: 0x80000 });
  });

  it('may hold the configuration of OpenBeken, up to its last sector', () => {
    const [app, wide] = [entry('app', 0x11000, 0x1c1000), entry('download', 0x12a000, 0x1000)];
    assert.equal(configInSlots({ ...N, partitions: [app, wide] }), 0x1d1000);
    const upTo = [entry('download', 0x12a000, 0xa7000)];
    assert.equal(configInSlots({ ...N, partitions: upTo }), null);
    const likeT = { ...N, calibration: 0x1e0000 };
    assert.equal(configInSlots({ ...likeT, flashSize: 0x1d2000 }), 0x1d1000);
    assert.equal(configInSlots({ ...likeT, flashSize: 0x1d1000 }), null);
    assert.equal(configInSlots({ ...likeT, chip: 'BK7231Q' }), null);
  });
});

describe('places of the calibration', () => {
  it('end where the flash ends: nothing is looked for, or kept, behind it', () => {
    assert.deepEqual(usualCalibrations({ ...N, flashSize: 0x1d1000 }), [0x1d0000]);
    assert.deepEqual(usualCalibrations({ ...N, flashSize: 0x1d0000 }), []);
    assert.equal(firstKept({ ...N, flashSize: 0x180000 }), 0x180000);
  });

  it('are those of any basic chip where it does not tell its model', () => {
    const untold = { ...T, chip: null, flashSize: 0x400000 };
    assert.deepEqual(usualCalibrations(untold), [0x1e0000, 0x3fe000]);
  });
});
