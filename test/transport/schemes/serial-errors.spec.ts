import assert from 'node:assert/strict';
import { codeOf, deniedError, openingError } from '../../../src/transport/schemes/serial-errors';

describe("the serial library's errors", () => {
  for (const [text, code] of [
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'BK_PORT_NOT_FOUND'],
    ['Error: No such device or address, cannot open /dev/ttyS9', 'BK_PORT_NOT_FOUND'],
    ['Opening COM9: File not found', 'BK_PORT_NOT_FOUND'],
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'BK_PORT_DENIED'],
    ['Error Resource temporarily unavailable Cannot lock port', 'BK_PORT_BUSY'],
    ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'BK_PORT_BUSY'],
    ['Opening COM4: Access denied', 'BK_PORT_BUSY'],
    ['Error: Input/output error, cannot open /dev/ttyS3', 'BK_PORT_LOST'],
    ['Error: EIO: i/o error, write', 'BK_PORT_LOST'],
    ['Port is not open', 'BK_PORT_LOST'],
    ['Error: Invalid argument, cannot set baud rate', 'BK_BAD_SETTING'],
  ] as const) {
    it(`${code} for "${text}"`, async () => {
      assert.equal(codeOf(new Error(text)), code);
      const error = await openingError('/dev/ttyUSB0', 115200, new Error(text));
      assert.equal(error.code, code);
      assert.ok(error.message.includes('/dev/ttyUSB0'));
      assert.equal(error.cause.reason, text);
      assert.ok(error.cause.advice.length > 0);
    });
  }

  it('takes words that it does not know for a port that cannot be used', async () => {
    const error = await openingError('COM4', 115200, new Error('Unknown error code 31'));
    assert.equal(error.code, 'BK_PORT_NOT_FOUND');
    assert.ok(error.message.includes('Unknown error code 31'));
  });

  it('names what lets a user in', () => {
    const advice = deniedError('/dev/ttyUSB0', new Error('no')).cause.advice.join(' ');
    for (const word of ['dialout', '--device /dev/ttyUSB0', 'uart: true']) {
      assert.ok(advice.includes(word), word);
    }
  });
});
