import assert from 'node:assert/strict';
import { SectorMap } from '../../../../nodes/flasher/devices/sector-map';
import type { ChipReport } from '../../../../src';

const SECTOR = 4096;
const SIZE = 0x40000;

function report(changes: Partial<ChipReport['layout']> = {}, size = SIZE): ChipReport {
  return {
    chip: 'BK7231N',
    aliases: [],
    family: 'full',
    chipId: '7231c',
    bootloader: { name: 'BK7231N', version: null, crc: '0', known: true },
    flash: { id: 'eb6015', name: null, size },
    encryptionKey: 'tuya',
    mac: null,
    layout: {
      app: { offset: 0x11000, length: 0xf000 },
      download: { offset: 0x20000, length: 0x10000 },
      calibration: null,
      from: 'model',
      ...changes,
    },
    baud: 921_600,
    linkMs: 10,
  };
}

describe('the map of a flash', () => {
  it('is none before its chip is known', () => {
    const map = new SectorMap();
    map.set({ offset: 0, length: SECTOR, state: 'read' });
    assert.equal(map.whole, null);
    assert.equal(map.takeChange(), null);
  });

  it('begins unknown, with the regions of its chip', () => {
    const map = new SectorMap();
    assert.ok(map.show(report({ calibration: 0x31000 }), true));
    assert.deepEqual(map.whole, {
      size: SIZE,
      sectors: '.'.repeat(SIZE / SECTOR),
      regions: [
        { name: 'region.bootloader', offset: 0, length: 0x11000 },
        { name: 'region.app', offset: 0x11000, length: 0xf000 },
        { name: 'region.download', offset: 0x20000, length: 0x10000 },
        { name: 'region.data', offset: 0x30000, length: 0x10000 },
        { name: 'region.calibration', offset: 0x31000, length: SECTOR },
      ],
      revision: 0,
    });
    assert.deepEqual(map.takeChange()?.runs, []);
  });

  it('tells of changes in runs, each once, and counts what it has told', () => {
    const map = new SectorMap();
    map.show(report(), true);
    map.takeChange();
    map.set({ offset: 0x20000, length: 0x10000, state: 'erased' });
    map.set({ offset: 0x20000, length: SECTOR, state: 'written' });
    map.set({ offset: 0, length: 2 * SECTOR, state: 'protected' });
    assert.deepEqual(map.takeChange(), {
      revision: 2,
      runs: [
        [0, 2, 'p'],
        [32, 1, 'w'],
        [33, 15, 'e'],
      ],
    });
    map.set({ offset: 0x20000, length: SECTOR, state: 'written' });
    assert.equal(map.takeChange(), null);
    assert.equal(map.whole?.revision, 2);
  });

  it('keeps what is known where only the layout is learned, and says all of it anew', () => {
    const map = new SectorMap();
    map.show(report(), true);
    map.set({ offset: 0x20000, length: SECTOR, state: 'read' });
    map.takeChange();
    assert.ok(!map.show(report(), false));
    assert.ok(map.show(report({ calibration: 0x31000 }), false));
    const change = map.takeChange();
    assert.deepEqual(change?.runs, [[32, 1, 'r']]);
    assert.equal(change?.fresh?.regions.at(-1)?.name, 'region.calibration');
  });

  it('begins anew with a job that deals with flash, or with another size', () => {
    for (const [isNew, size] of [
      [true, SIZE],
      [false, 2 * SIZE],
    ] as const) {
      const map = new SectorMap();
      map.show(report(), true);
      map.set({ offset: 0x20000, length: SECTOR, state: 'read' });
      assert.ok(map.show(report({}, size), isNew));
      assert.equal(map.whole?.sectors, '.'.repeat(size / SECTOR));
      assert.deepEqual(map.takeChange()?.runs, []);
    }
  });

  it('takes what reaches past its end for as much of it as there is', () => {
    const map = new SectorMap();
    map.show(report(), true);
    map.set({ offset: SIZE - SECTOR, length: 0x10000, state: 'read' });
    assert.equal(map.whole?.sectors.length, SIZE / SECTOR);
    assert.deepEqual(map.takeChange()?.runs, [[63, 1, 'r']]);
  });
});
