import assert from 'node:assert/strict';
import { DeviceLog } from '../../../../nodes/flasher/devices/device-log';
import { verbatim } from '../../../../src/texts/note';

describe('the log of a device', () => {
  it('numbers its lines, tells each once as news, and keeps the newest 500', () => {
    const log = new DeviceLog(() => new Date(0));
    for (let line = 1; line <= 300; line++) log.add('info', verbatim(`${line}`));
    assert.equal(log.takeNews().length, 300);
    assert.deepEqual(log.takeNews(), []);
    for (let line = 301; line <= 100_000; line++) log.add('error', verbatim(`${line}`));
    assert.equal(log.entries.length, 500);
    assert.equal(log.takeNews().length, 500);
    assert.deepEqual(log.entries.at(-1), {
      number: 100_000,
      at: '1970-01-01T00:00:00.000Z',
      level: 'error',
      text: { code: 'common.verbatim', params: { text: '100000' } },
    });
  });
});
