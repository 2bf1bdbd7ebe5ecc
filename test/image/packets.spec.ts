import assert from 'node:assert/strict';
import { countValidPackets, crc16, stripPackets } from '../../src/image/packets';
import { packets } from '../support/images';

describe('code packets', () => {
  const vectors: [Buffer, number][] = [
    [Buffer.from('123456789'), 0xaee7],
    [Buffer.alloc(32), 0x8029],
    [Buffer.alloc(32, 0xff), 0x000c],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x259d],
  ];
  for (const [bytes, crc] of vectors) {
    it(`have the CRC-16 ${crc.toString(16)} for ${bytes.toString('hex').slice(0, 18)}…`, () => {
      assert.equal(crc16(bytes), crc);
    });
  }

  it('are counted as valid, blank and invalid', () => {
    const bytes = Buffer.concat([packets(3), Buffer.alloc(68, 0xff), packets(2)]);
    (bytes as Buffer)[5 * 34] = ((bytes[5 * 34] as number) + 1) & 0xff;
    assert.deepEqual(countValidPackets(bytes, 0, 100), { valid: 4, blank: 2, invalid: 1 });
    assert.deepEqual(countValidPackets(bytes, 34, 2), { valid: 2, blank: 0, invalid: 0 });
    assert.deepEqual(countValidPackets(bytes, 6 * 34 + 1, 2), { valid: 0, blank: 0, invalid: 0 });
  });

  it('give back their data', () => {
    const bytes = packets(2);
    const data = stripPackets(bytes, 0, 5);
    assert.equal(data.length, 64);
    assert.deepEqual(data.subarray(32), bytes.subarray(34, 66));
    assert.equal(stripPackets(bytes, 100, 5).length, 0);
  });
});
