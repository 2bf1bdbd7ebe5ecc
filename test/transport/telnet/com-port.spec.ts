import assert from 'node:assert/strict';
import { ASK, ComPort } from '../../../src/transport/telnet/com-port';
import { VirtualClock } from '../../support/virtual-clock';

/** The answer of a server that has set its port to a rate. */
function atRate(baudRate: number): Buffer {
  const message = Buffer.alloc(5);
  message[0] = 101;
  message.writeUInt32BE(baudRate, 1);
  return message;
}

function port() {
  const clock = new VirtualClock();
  const sent: Buffer[] = [];
  const comPort = new ComPort(clock, (bytes) => sent.push(bytes));
  const answers = (baudRate: number, afterMs: number): void => {
    clock.setTimeout(() => comPort.take(atRate(baudRate)), afterMs);
  };
  return { clock, sent, comPort, answers };
}

describe('requests for a served port', () => {
  it('are answered by the rate that the server has, which may be another one', async () => {
    const { clock, comPort, answers } = port();
    answers(9_600, 20);
    assert.equal(await comPort.rate(921_600), 9_600);
    assert.equal(clock.now(), 20, 'no better answer is waited for');
    assert.equal(comPort.hasAnswered, true);
  });

  it('are not answered by what belongs to an earlier one', async () => {
    const { comPort, answers } = port();
    assert.equal(await comPort.rate(ASK), null);
    answers(115_200, 10);
    answers(921_600, 30);
    assert.equal(await comPort.rate(921_600), 921_600);
    // Nor by the answer to a question that nobody waits for.
    comPort.ask();
    answers(921_600, 10);
    answers(230_400, 30);
    assert.equal(await comPort.rate(230_400), 230_400);
  });

  it('take a late answer where no better one comes', async () => {
    const { comPort, answers } = port();
    assert.equal(await comPort.rate(ASK), null);
    answers(115_200, 10);
    assert.equal(await comPort.rate(921_600), 115_200);
  });

  it('wait longer where answers take longer', async () => {
    const { comPort, answers } = port();
    assert.equal(comPort.patience, 300);
    answers(115_200, 250);
    await comPort.rate(ASK);
    assert.equal(comPort.patience, 1_000);
    answers(115_200, 900);
    assert.equal(await comPort.rate(ASK), 115_200);
    assert.equal(comPort.patience, 3_000);
  });

  it('give up waiting for a server that never answers, but not for its rates', async () => {
    const { clock, comPort } = port();
    await comPort.rate(ASK);
    await comPort.rate(ASK);
    const since = clock.now();
    await comPort.rate(ASK);
    assert.equal(clock.now(), since);
    await comPort.rate(921_600);
    assert.equal(clock.now(), since + 300);
  });

  it('are held no longer than ten seconds by a server that asks to stop and nothing more', async () => {
    const { clock, comPort } = port();
    const stop = Buffer.from([108]);
    comPort.take(stop);
    // Asking again and again makes it no longer.
    for (let second = 1; second < 10; second++)
      clock.setTimeout(() => comPort.take(stop), second * 1000);
    await comPort.running;
    assert.equal(clock.now(), 10_000);
    comPort.take(stop);
    comPort.take(Buffer.from([109]));
    await comPort.running;
    assert.equal(clock.now(), 10_000);
    assert.equal(clock.pending, 0, 'no timer is left');
  });

  it('are over when the line is', async () => {
    const { clock, comPort } = port();
    const asked = comPort.rate(ASK);
    comPort.end();
    assert.equal(await asked, null);
    assert.equal(clock.pending, 0);
  });
});
