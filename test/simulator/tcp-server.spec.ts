import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { systemClock } from '../../src/clock';
import { createSimulatedChip } from '../../src/simulator/simulator';
import { SimulatedChipServer } from '../../src/simulator/tcp-server';
import { english } from '../support/english';
import { LINK_CHECK, LINKED, le32, setBaud } from '../support/simulator';

/** Sends again and again what may fall into a boot, until something comes back. */
async function ask(socket: Socket, frame: string, length: number): Promise<string> {
  let heard = Buffer.alloc(0);
  const listen = (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes]);
  };
  socket.on('data', listen);
  socket.write(frame, 'hex');
  while (heard.length < length) await once(socket, 'data');
  socket.off('data', listen);
  return heard.toString('hex');
}

describe('simulated chip: over TCP', () => {
  it('serves one client at a time, at any rate', async () => {
    const lines: string[] = [];
    const chip = createSimulatedChip(
      { chip: 'bk7231n', speed: 'fast', window: 60_000 },
      systemClock,
    );
    const server = new SimulatedChipServer(chip, {
      port: 0,
      log: (line) => lines.push(english(line)),
    });
    const port = await server.listen();
    chip.reset();

    const first = connect(port, '127.0.0.1');
    assert.equal(await ask(first, LINK_CHECK, 8), LINKED);
    assert.equal(await ask(first, setBaud(921600, 1), 12), `040e0901e0fc0f${le32(921600)}01`);
    assert.equal(await ask(first, LINK_CHECK, 8), LINKED);

    const second = connect(port, '127.0.0.1');
    second.on('error', () => {});
    await once(second, 'close');
    assert.equal(await ask(first, LINK_CHECK, 8), LINKED);
    first.end();
    while (chip.attached) await new Promise((resolve) => setImmediate(resolve));

    const third = connect(port, '127.0.0.1');
    assert.equal(await ask(third, LINK_CHECK, 8), LINKED);
    const closed = once(third, 'close');
    await server.close();
    await closed;
    assert.equal(chip.attached, false);
    const said = lines.map((line) => line.replace(/^\S+ /, ''));
    assert.deepEqual(said, [
      'connected',
      "turned away: the chip's line is taken",
      'disconnected',
      'connected',
      'disconnected',
    ]);
  });

  it('says which port cannot be had', async () => {
    const chip = createSimulatedChip({ chip: 'bk7231n' }, systemClock);
    const server = new SimulatedChipServer(chip, { port: 0 });
    const port = await server.listen();
    const other = new SimulatedChipServer(chip, { port });
    await assert.rejects(other.listen(), {
      code: 'BK_PORT_BUSY',
      message: new RegExp(`127.0.0.1:${port}`),
    });
    await server.close();
  });
});
