import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { joinCrcs } from '../../src/protocol/checksum';
import { noise } from '../support/bench-device';

describe('checksums of two stretches', () => {
  it('make the one of both', () => {
    const bytes = noise(70_000, 3);
    for (const at of [1, 2, 255, 4096, 65_535, 69_999]) {
      const [first, second] = [bytes.subarray(0, at), bytes.subarray(at)];
      assert.equal(joinCrcs(crc32(first), crc32(second), second.length), crc32(bytes), `${at}`);
    }
  });
});
