import assert from 'node:assert/strict';
import { BkError } from '../../src';
import { verbatim } from '../../src/texts/note';
import { UnstuckTransport } from '../../src/transport/unstuck';
import { rejection } from '../support/rejects';
import { ScriptedTransport } from '../support/scripted-transport';
import { VirtualClock } from '../support/virtual-clock';

const NEVER = () => new Promise<never>(() => {});

function world() {
  const clock = new VirtualClock();
  const inner = new ScriptedTransport(clock);
  const port = new UnstuckTransport(inner, clock, false);
  const losses: Error[] = [];
  port.onLost = (reason) => losses.push(reason);
  return { clock, inner, port, losses };
}

describe('a port that may get stuck', () => {
  for (const call of ['write', 'drain', 'setBaudRate'] as const) {
    it(`counts as lost when ${call} does not come back`, async () => {
      const { clock, inner, port, losses } = world();
      inner[call] = NEVER;
      const calls = {
        write: () => port.write(Buffer.alloc(5)),
        drain: () => port.drain(),
        setBaudRate: () => port.setBaudRate(9600),
      };
      const error = await rejection(calls[call](), 'BK_PORT_LOST');
      assert.match(error.message, /scripted .* any more/);
      assert.deepEqual(losses, [error]);
      await rejection(port.write(Buffer.alloc(1)), 'BK_PORT_LOST');
      await port.close();
      assert.equal(losses.length, 1);
      assert.equal(clock.pending, 0);
    });
  }

  it('has no lines when they cannot be set any more', async () => {
    const { clock, inner, port, losses } = world();
    inner.setLines = NEVER;
    assert.equal(await port.setLines({ rts: true, dtr: false }), false);
    assert.equal(losses.length, 1);
    assert.equal(clock.pending, 0);
  });

  it('gives many bytes the time that they need at a low rate', async () => {
    const { clock, inner, port, losses } = world();
    inner.baudRate = 1200;
    const bytes = Buffer.alloc(10_000);
    inner.drain = () => new Promise((resolve) => clock.setTimeout(resolve, 83_334));
    await port.write(bytes);
    await port.drain();
    assert.equal(losses.length, 0);
    assert.equal(clock.pending, 0);
  });

  it('ends all calls that wait when it goes away, and when it is closed', async () => {
    for (const end of ['lose', 'close'] as const) {
      const { clock, inner, port, losses } = world();
      inner.write = NEVER;
      inner.drain = NEVER;
      const calls = [port.write(Buffer.alloc(1)), port.drain()].map((call) =>
        rejection(call, 'BK_PORT_LOST'),
      );
      if (end === 'lose') inner.lose(new Error('unplugged'));
      else await port.close();
      await Promise.all(calls);
      assert.equal(losses.length, end === 'lose' ? 1 : 0);
      assert.equal(clock.pending, 0);
    }
  });

  it('that went away before anybody listened says so at its first use', async () => {
    const { inner, port, losses } = world();
    const listener = port.onLost;
    port.onLost = null;
    inner.lose(new Error('unplugged'));
    port.onLost = listener;
    await rejection(port.write(Buffer.alloc(1)), 'BK_PORT_LOST');
    assert.match(losses.join(), /unplugged|went away/);
  });

  it('that only a failing call tells of is lost for all', async () => {
    const { inner, port, losses } = world();
    inner.writeError = new BkError('BK_PORT_LOST', verbatim('gone'));
    await rejection(port.write(Buffer.alloc(1)), 'BK_PORT_LOST');
    assert.equal(losses.length, 1);
  });

  it('is not waited for for ever when it is closed', async () => {
    const { clock, inner, port } = world();
    inner.close = NEVER;
    await Promise.all([port.close(), port.close()]);
    assert.equal(clock.pending, 0);
  });

  it('passes on what its port says', async () => {
    const { inner, port } = world();
    const heard: Buffer[] = [];
    port.onData = (bytes) => heard.push(bytes);
    inner.say('01 02');
    assert.deepEqual(heard, [Buffer.from([1, 2])]);
    inner.setBaudRate = async () => {
      throw new BkError('BK_BAD_SETTING', verbatim('no such rate'));
    };
    await rejection(port.setBaudRate(1), 'BK_BAD_SETTING');
    assert.equal(await port.setLines({ rts: true, dtr: true }), true);
    assert.deepEqual(inner.lines, [{ rts: true, dtr: true }]);
  });
});
