import assert from 'node:assert/strict';
import { looksOf } from '../../src/trace/stray-looks';

describe('what strays look like', () => {
  it('is told by how much there is of text, noise and echoes', () => {
    const bytes = Buffer.concat([
      Buffer.from('8081', 'hex'),
      Buffer.from('password=hunter2'),
      Buffer.from('01e0fc0100', 'hex'),
      Buffer.from('short'),
    ]);
    assert.deepEqual(looksOf(bytes), [
      { n: 2, of: 'noise' },
      { n: 16, of: 'text' },
      '01e0fc',
      { n: 7, of: 'noise' },
    ]);
  });

  it('keeps frames of a Tuya module with zeros for their data, and a sum that fits', () => {
    const frame = Buffer.from('55aa00070005 0501000101 00'.replaceAll(' ', ''), 'hex');
    frame[11] = frame.reduce((sum, byte) => sum + byte, 0) & 0xff;
    assert.deepEqual(looksOf(frame), ['55aa0007000500000000000b']);
    frame[11] = 1;
    assert.deepEqual(looksOf(frame), [{ n: 12, of: 'noise' }]);
  });

  it('is bounded', () => {
    const bytes = Buffer.from('01e0fc80'.repeat(1000), 'hex');
    const looks = looksOf(bytes);
    assert.ok(looks.length < 70);
    const total = looks.reduce(
      (sum, one) => sum + (typeof one === 'string' ? one.length / 2 : one.n),
      0,
    );
    assert.equal(total, bytes.length);
  });
});
