import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { SECTOR } from '../../../src/chip/geometry';
import { joinedCrc, KnownSectors } from '../../../src/session/memory/known-sectors';
import { noise } from '../../support/bench-device';

describe('what the chip has confirmed of its flash', () => {
  const known = () => {
    const sectors = new KnownSectors();
    for (const address of [0x11000, 0x12000, 0x13000]) sectors.note(address, address);
    return sectors;
  };

  it('covers a range where all of its sectors are known', () => {
    const sectors = known();
    assert.ok(sectors.covers({ offset: 0x11000, length: 3 * SECTOR }));
    assert.ok(!sectors.covers({ offset: 0x10000, length: 2 * SECTOR }));
    assert.ok(!sectors.covers({ offset: 0x13000, length: 2 * SECTOR }));
    assert.equal(sectors.crcAt(0x12000), 0x12000);
  });

  it('is forgotten of every sector that a change touches, if only by a byte', () => {
    const sectors = known();
    sectors.forget({ offset: 0x11fff, length: 2 });
    assert.equal(sectors.crcAt(0x11000), undefined);
    assert.equal(sectors.crcAt(0x12000), undefined);
    assert.equal(sectors.crcAt(0x13000), 0x13000);
  });

  it('is forgotten altogether when the firmware may have run', () => {
    const sectors = known();
    sectors.clear();
    assert.equal(sectors.crcAt(0x11000), undefined);
  });
});

describe('the checksum of sectors, made of theirs', () => {
  const sectorCrcs = (bytes: Buffer): number[] =>
    Array.from({ length: bytes.length / SECTOR }, (_, index) =>
      crc32(bytes.subarray(index * SECTOR, (index + 1) * SECTOR)),
    );

  it('is that of all the bytes', () => {
    for (const sectors of [1, 2, 16, 33]) {
      const bytes = noise(sectors * SECTOR, sectors);
      bytes.fill(0xff, bytes.length - SECTOR / 2);
      assert.equal(joinedCrc(sectorCrcs(bytes)), crc32(bytes));
    }
  });

  it('is that of nothing without any', () => {
    assert.equal(joinedCrc([]), crc32(Buffer.alloc(0)));
  });

  it('depends on their order', () => {
    const [one = 0, other = 0] = sectorCrcs(noise(2 * SECTOR));
    assert.notEqual(joinedCrc([one, other]), joinedCrc([other, one]));
  });
});
