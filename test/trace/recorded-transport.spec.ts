import assert from 'node:assert/strict';
import { BkError } from '../../src/errors';
import { verbatim } from '../../src/texts/note';
import { linesOf, tape } from '../support/records';

describe('a port that is recorded', () => {
  it('works as without, and tells rates, lines and what was sent', async () => {
    const { line, port, recorder } = tape();
    await line.setBaudRate(921_600);
    await line.setBaudRate(921_600);
    assert.equal(line.baudRate, 921_600);
    assert.equal(await line.setLines({ rts: true, dtr: false }), true);
    port.hasLines = false;
    assert.equal(await line.setLines({ rts: false, dtr: false }), false);
    await line.write(Buffer.from('reboot\r\n'));
    await line.drain();
    await line.close();
    const [, , ...lines] = recorder.record.lines();
    assert.deepEqual(lines, [
      { t: 0, kind: 'open', baud: 115_200, rates: true },
      { t: 0, kind: 'baud', baud: 921_600 },
      { t: 0, kind: 'lines', rts: true, dtr: false, done: true },
      { t: 0, kind: 'lines', rts: false, dtr: false, done: false },
      { t: 0, kind: 'out', bytes: ['7265626f6f740d0a'] },
      { t: 0, kind: 'drained' },
      { t: 0, kind: 'close' },
    ]);
    assert.deepEqual(port.written, [Buffer.from('reboot\r\n')]);
  });

  it('tells why a rate was refused', async () => {
    const { line, port, recorder } = tape();
    const error = new BkError('BK_BAD_SETTING', verbatim('not this one'));
    port.setBaudRate = () => Promise.reject(error);
    await assert.rejects(line.setBaudRate(123_456), error);
    const [told] = linesOf(recorder.record.lines(), 'baud');
    assert.deepEqual(told, { t: 0, kind: 'baud', baud: 123_456, error: 'BK_BAD_SETTING' });
  });

  it('tells once that the port went away, and not that it was closed then', async () => {
    const { line, port, recorder } = tape();
    const reasons: Error[] = [];
    line.onLost = (reason) => reasons.push(reason);
    const reason = new BkError('BK_PORT_BUSY', verbatim('somebody else'));
    port.lose(reason);
    port.lose(reason);
    await line.close();
    const lines = recorder.record.lines();
    assert.deepEqual(linesOf(lines, 'lost'), [{ t: 0, kind: 'lost', error: 'BK_PORT_BUSY' }]);
    assert.deepEqual(linesOf(lines, 'close'), []);
    assert.equal(reasons.length, 2);
  });
});
