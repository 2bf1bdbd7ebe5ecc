import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { crc16, forgeCrc32 } from '../../../src/simulator/memory/checksums';
import { fillRandom, seeded } from '../../../src/simulator/setup/prng';

describe('simulated chip: checksums', () => {
  it('keeps the check bytes that the published vectors have', () => {
    const counted = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
    assert.equal(crc16(Buffer.from('123456789')), 0xaee7);
    assert.equal(crc16(Buffer.alloc(32)), 0x8029);
    assert.equal(crc16(Buffer.alloc(32, 0xff)), 0x000c);
    assert.equal(crc16(counted), 0x259d);
  });

  it('forges any crc32 with the last four bytes', () => {
    const random = seeded(3, 'cells');
    for (const target of [0, 0xffffffff, 0xe14191ba, 0x00000001, 0x80000000]) {
      for (const length of [4, 5, 256, 257]) {
        const bytes = fillRandom(random, Buffer.alloc(length));
        const before = Buffer.from(bytes);
        forgeCrc32(bytes, target);
        assert.equal(crc32(bytes), target);
        assert.deepEqual(bytes.subarray(0, length - 4), before.subarray(0, length - 4));
      }
    }
  });
});
