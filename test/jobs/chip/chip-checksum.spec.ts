import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { SECTOR } from '../../../src/chip/geometry';
import { joinedCrc } from '../../../src/jobs/chip/chip-checksum';
import { noise } from '../../support/bench-device';

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
