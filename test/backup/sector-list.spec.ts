import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { isSectorList, listSectors, sectorCrc } from '../../src/backup/sector-list';
import { SECTOR } from '../../src/chip/geometry';
import { noise } from '../support/bench-device';

describe('the list of sectors beside a backup', () => {
  const bytes = noise(3 * SECTOR);
  const list = listSectors(0x11000, bytes) ?? '';

  it('has the checksum of each sector', () => {
    for (const at of [0, SECTOR, 2 * SECTOR]) {
      assert.equal(sectorCrc(list, at), crc32(bytes.subarray(at, at + SECTOR)));
    }
    for (const at of [-SECTOR, 3 * SECTOR, 1]) assert.equal(sectorCrc(list, at), undefined);
  });

  it('keeps zeros in front', () => {
    // Four bytes make any checksum: this sector has a small one.
    const sector = Buffer.alloc(SECTOR);
    for (let number = 0; crc32(sector) > 0x00ffffff; number++) sector.writeUInt32LE(number, 0);
    const small = listSectors(0, sector) ?? '';
    assert.equal(small.length, 8);
    assert.equal(sectorCrc(small, 0), crc32(sector));
  });

  it('is made of whole sectors only', () => {
    assert.equal(listSectors(0x11001, bytes), undefined);
    assert.equal(listSectors(0, bytes.subarray(1)), undefined);
    assert.equal(listSectors(0, Buffer.alloc(0)), undefined);
  });

  it('counts only where it is of as many bytes', () => {
    assert.ok(isSectorList(list, bytes.length));
    for (const [text, length] of [
      [list, bytes.length - SECTOR],
      [list.slice(8), bytes.length],
      [list.toUpperCase().replace(/[0-9]/g, 'A'), bytes.length],
      [`${list.slice(1)}g`, bytes.length],
      [[list], bytes.length],
      [undefined, bytes.length],
    ] as const) {
      assert.equal(isSectorList(text, length), false);
    }
  });
});
