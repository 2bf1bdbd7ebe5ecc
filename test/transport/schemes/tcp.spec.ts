import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { BkError } from '../../../src';
import { systemClock } from '../../../src/clock';
import { openTcp } from '../../../src/transport/schemes/tcp';
import type { Transport } from '../../../src/transport/transport';
import { rejection } from '../../support/rejects';
import { until } from '../../support/until';

describe('a serial line over TCP', () => {
  let server: Server;
  let far: Socket;
  let port: Transport;
  let url: string;
  let now: number;
  const clock = { ...systemClock, now: () => now };

  beforeEach(async () => {
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    now = 0;
    const accepted = once(server, 'connection');
    port = await openTcp(url, clock);
    [far] = (await accepted) as [Socket];
    far.on('error', () => {});
  });

  afterEach(async () => {
    await port.close();
    far.destroy();
    server.close();
  });

  /** What an open line tells once of its loss. */
  async function lostBy(end: () => void, line = port): Promise<BkError> {
    const reasons: Error[] = [];
    line.onLost = (reason) => reasons.push(reason);
    end();
    await until(() => reasons.length > 0, 'the loss is told');
    assert.equal(reasons.length, 1);
    return reasons[0] as BkError;
  }

  it('carries bytes both ways', async () => {
    let sent = '';
    let received = '';
    far.on('data', (bytes) => {
      sent += bytes.toString('latin1');
    });
    port.onData = (bytes) => {
      received += bytes.toString('latin1');
    };
    await port.write(Buffer.from('\x01\xe0\xfc', 'latin1'));
    await port.drain();
    far.write(Buffer.from('\x04\x0e\xff', 'latin1'));
    await until(() => sent.length === 3 && received.length === 3, 'all bytes');
    assert.equal(sent, '\x01\xe0\xfc');
    assert.equal(received, '\x04\x0e\xff');
  });

  it('stays at the rate of its server and has no lines', async () => {
    assert.equal(port.port, url);
    assert.equal(port.baudRate, 115200);
    assert.equal(port.canSetBaudRate, false);
    await port.setBaudRate(115200);
    const error = await rejection(port.setBaudRate(921600), 'BK_BAD_SETTING');
    assert.ok(error.message.includes(url));
    assert.equal(await port.setLines({ rts: true, dtr: true }), false);
  });

  it('delivers what was written before it is closed', async () => {
    let sent = 0;
    far.on('data', (bytes) => {
      sent += bytes.length;
    });
    void port.write(Buffer.alloc(100_000));
    await port.close();
    await until(() => sent === 100_000, 'all bytes');
  });

  it('tells once that the server has gone', async () => {
    now = 1000;
    const error = await lostBy(() => far.destroy());
    assert.equal(error.code, 'BK_PORT_LOST');
    assert.ok(error.message.includes(url));
    assert.equal(await rejection(port.write(Buffer.from('x')), 'BK_PORT_LOST'), error);
    await rejection(port.drain(), 'BK_PORT_LOST');
    await port.close();
  });

  it('is busy when it is closed at once without a word', async () => {
    for (const end of ['destroy', 'resetAndDestroy', 'end'] as const) {
      now = 0;
      const accepted = once(server, 'connection');
      const other = await openTcp(url, clock);
      const [socket] = (await accepted) as [Socket];
      socket.on('error', () => {});
      now = 999;
      const error = await lostBy(() => socket[end](), other);
      assert.equal(error.code, 'BK_PORT_BUSY', end);
      assert.equal(
        error.message,
        `${url} took the connection and closed it at once: another program may be using it`,
      );
      assert.ok(error.cause.advice.length > 0);
      // Whoever asks later hears the same.
      now = 60_000;
      assert.equal(await rejection(other.write(Buffer.from('x')), 'BK_PORT_BUSY'), error);
      await other.close();
    }
  });

  it('is busy when its server says so', async () => {
    const error = await lostBy(() => far.end('Port already in use\r\n'));
    assert.equal(error.code, 'BK_PORT_BUSY');
    assert.match(error.message, /may be using it\. It said "Port already in use"$/);
  });

  it('is lost when the chip has spoken before', async () => {
    for (const said of [Buffer.from([4, 14, 5]), Buffer.from('BK7231n_1.0.1\r\n')]) {
      const accepted = once(server, 'connection');
      const other = await openTcp(url, clock);
      const [socket] = (await accepted) as [Socket];
      assert.equal((await lostBy(() => socket.end(said), other)).code, 'BK_PORT_LOST');
      await other.close();
    }
  });

  it('is silent after it was closed', async () => {
    let lost = 0;
    port.onLost = () => lost++;
    await Promise.all([port.close(), port.close()]);
    await rejection(port.write(Buffer.from('x')), 'BK_PORT_LOST');
    assert.equal(lost, 0);
  });

  it('says that nothing listens', async () => {
    const { port: number } = server.address() as AddressInfo;
    server.close();
    const error = await rejection(
      openTcp(`tcp://127.0.0.1:${number}`, systemClock),
      'BK_PORT_NOT_FOUND',
    );
    assert.ok(error.message.includes(url));
    assert.match(error.message, /nothing listens/);
  });

  it('does not wait for a server after a cancel', async () => {
    const abort = new AbortController();
    const timers = new Set<unknown>();
    const clock = {
      ...systemClock,
      setTimeout: () => {
        const timer = {};
        timers.add(timer);
        return timer;
      },
      clearTimeout: (timer: unknown) => void timers.delete(timer),
    };
    const opening = openTcp('tcp://192.0.2.1:7231', clock, abort.signal);
    abort.abort();
    const error = await rejection(opening, 'BK_CANCELLED');
    assert.ok(error.message.includes('tcp://192.0.2.1:7231'));
    assert.equal(timers.size, 0);
    await rejection(openTcp('tcp://192.0.2.1:7231', clock, abort.signal), 'BK_CANCELLED');
    const listeners = getEventListeners(abort.signal, 'abort');
    assert.deepEqual(listeners, []);
  });

  it('gives up on a server that does not answer', async () => {
    let fire = (): void => {};
    const clock = {
      ...systemClock,
      setTimeout: (callback: () => void, ms: number) => {
        assert.equal(ms, 10_000);
        fire = callback;
        return null;
      },
      clearTimeout: () => {},
    };
    // An address of the range that is set aside for documentation: nobody has it.
    const opening = openTcp('tcp://192.0.2.1:7231', clock);
    fire();
    const error = await rejection(opening, 'BK_PORT_NOT_FOUND');
    assert.ok(error.message.includes('tcp://192.0.2.1:7231'));
  });
});
