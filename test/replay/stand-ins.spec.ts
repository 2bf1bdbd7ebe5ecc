import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { standInFor } from '../../src/replay/stand-ins';
import { hex8 } from '../support/replay-script';

describe('bytes that stand for those that a record leaves out', () => {
  it('are those that are told, and for the rest some with the checksum', () => {
    const bytes = standInFor(['0102', { n: 4096, crc: 'deadbeef' }]);
    assert.equal(bytes.length, 4098);
    assert.equal(bytes.toString('hex', 0, 2), '0102');
    assert.equal(crc32(bytes.subarray(2)), 0xdeadbeef);
  });

  it('are the same each time, and others for another checksum', () => {
    const one = standInFor([{ n: 256, crc: '00000001' }]);
    assert.deepEqual(standInFor([{ n: 256, crc: '00000001' }]), one);
    assert.notDeepEqual(standInFor([{ n: 256, crc: '00000002' }]), one);
  });

  it('keep the parts that are told, parts in parts too, and have the checksum of the whole', () => {
    const inner = { n: 100, crc: 'cafebabe' };
    const bytes = standInFor([
      { n: 216, crc: '12345678', parts: ['aabbccdd', inner, { n: 2 }, { n: 110 }] },
    ]);
    assert.equal(bytes.toString('hex', 0, 4), 'aabbccdd');
    assert.equal(crc32(bytes.subarray(4, 104)), 0xcafebabe);
    assert.equal(crc32(bytes), 0x12345678);
  });

  it('are blank, zeros or text where the record says so', () => {
    const blank = Buffer.alloc(64, 0xff);
    assert.deepEqual(standInFor([{ n: 64, crc: hex8(crc32(blank)), of: 'ff' }]), blank);
    assert.deepEqual(standInFor([{ n: 3, of: '00' }]), Buffer.alloc(3));
    assert.match(standInFor([{ n: 20, of: 'text' }]).toString('latin1'), /^[ -~]{20}$/);
  });

  it('are the beginning of no frame and of no command', () => {
    const bytes = standInFor([{ n: 5000 }]);
    assert.ok(bytes.every((byte) => byte >= 0x80));
  });
});
