import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { FREE_BYTES, forge } from '../../src/replay/forge';

describe('a checksum that is forged', () => {
  it('comes out, whatever the bytes and wherever the free ones are, and changes no others', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: FREE_BYTES, maxLength: 300 }),
        fc.nat(),
        fc.nat({ max: 0xffff_ffff }),
        (given, where, crc) => {
          const at = where % (given.length - FREE_BYTES + 1);
          const bytes = Buffer.from(given);
          forge(bytes, at, crc);
          assert.equal(crc32(bytes), crc);
          const kept = [bytes.subarray(0, at), bytes.subarray(at + FREE_BYTES)];
          const had = [given.subarray(0, at), given.subarray(at + FREE_BYTES)];
          assert.deepEqual(
            kept.map(String),
            had.map((one) => String(Buffer.from(one))),
          );
        },
      ),
    );
  });

  it('is the one of a real sector', () => {
    const sector = Buffer.alloc(4096, 0x5a);
    const crc = crc32(sector);
    const other = Buffer.alloc(4096, 0xa5);
    forge(other, 2000, crc);
    assert.equal(crc32(other), crc);
    assert.ok(!other.equals(sector));
  });
});
