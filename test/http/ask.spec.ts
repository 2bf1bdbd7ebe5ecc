import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ErrorCode } from '../../src';
import { systemClock } from '../../src/clock';
import { ask, type HttpRequest } from '../../src/http/ask';
import { isSaid } from '../../src/texts/note';
import { noise } from '../support/bench-device';
import { rblFile } from '../support/images';
import { type OpenBekenOptions, OpenBekenServer } from '../support/openbeken-server';
import { rejection } from '../support/rejects';
import { nextSeed } from '../support/seed';
import { until } from '../support/until';
import { VirtualClock } from '../support/virtual-clock';

describe('asking an OpenBeken device', () => {
  const servers: OpenBekenServer[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function device(options: OpenBekenOptions = {}) {
    const server = await new OpenBekenServer(options).listen();
    servers.push(server);
    const { host, port } = server;
    const request = (path: string, more: Partial<HttpRequest> = {}) =>
      ask(
        {
          host,
          port,
          method: more.body === undefined ? 'GET' : 'POST',
          path,
          limit: 0x200000,
          idleMs: 10_000,
          totalMs: 30_000,
          ...more,
        },
        systemClock,
      );
    const asJson = async (path: string, more: Partial<HttpRequest> = {}) => {
      const { status, body } = await request(path, more);
      return { status, ...JSON.parse(body.toString()) };
    };
    return { server, request, asJson };
  }

  it('hears what it is', async () => {
    const { asJson } = await device({ model: 'BK7231T', name: 'lamp', version: '1.17.5' });
    const info = await asJson('/api/info');
    assert.equal(info.status, 200);
    assert.equal(info.chipset, 'BK7231T');
    assert.equal(info.shortName, 'lamp');
    assert.match(info.build, /version 1\.17\.5$/);
    const status = await asJson('/cm?cmnd=STATUS%200');
    assert.equal(status.StatusFWR.Hardware, 'BK7231T');
    assert.equal(status.StatusNET.Mac, '11:22:33:44:55:66');
  });

  it('reads flash of a length that is known, and is told how far it is', async () => {
    const { server, request } = await device();
    const heard: number[] = [];
    const length = 0x8000;
    const { body } = await request('/api/flash/11000-8000', {
      length,
      onBytes: (count) => heard.push(count),
    });
    assert.ok(body.equals(server.device.flash.subarray(0x11000, 0x19000)));
    assert.equal(heard.at(-1), length);
  });

  it('hears errors whose status is negative', async () => {
    const { asJson } = await device();
    const range = await asJson('/api/flash/1ff000-2000', { length: 0x2000 });
    assert.deepEqual(range, { status: -1, error: -1, msg: 'requested flash read out of range' });
    const refused = await asJson('/api/flash/1fffff', { body: Buffer.alloc(400) });
    assert.equal(refused.status, -20);
  });

  it('uploads an update, which is installed at the next start', async () => {
    const { server, asJson } = await device({ model: 'BK7231T', bootMs: 0 });
    const update = rblFile(noise(200_000), { version: '2.0.0' });
    const told = await asJson('/api/ota', { body: update });
    assert.deepEqual(told, { status: 200, size: update.length });
    const { offset } = server.device.slot;
    assert.ok(server.device.flash.subarray(offset, offset + update.length).equals(update));
    await server.powerCycle();
    assert.deepEqual(server.device.installed, ['2.0.0']);
    assert.match((await asJson('/api/info')).build, /version 2\.0\.0$/);
  });

  it('is let in with the password, and says nothing of it where it is wrong', async () => {
    const { request } = await device({ faults: { password: 'a secret of theirs' } });
    const { status } = await request('/api/info', { password: 'a secret of theirs' });
    assert.equal(status, 200);
    for (const password of [undefined, 'some other secret']) {
      const error = await rejection(request('/api/info?secret=1', { password }), 'BK_PORT_DENIED');
      const all = JSON.stringify([error.message, error.cause, error.stack]);
      assert.ok(!/secret|c2VjcmV0/.test(all), all);
    }
  });
});

/** What a server does with each connection. */
type Behaviour = (socket: Socket) => void;

const HEAD = 'HTTP/1.1 200 OK\nContent-type: text/plain\r\n\r\n';

describe('asking a server that is broken, or means ill', () => {
  let server: Server;
  let behave: Behaviour;
  let port: number;
  let clock: VirtualClock;
  let abort: AbortController;
  const sockets = new Set<Socket>();
  let connections = 0;

  beforeEach(async () => {
    clock = new VirtualClock();
    abort = new AbortController();
    connections = 0;
    server = createServer((socket) => {
      connections++;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
      behave(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  afterEach(async () => {
    // Nothing is left of a request, whatever became of it.
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
    for (const socket of sockets) socket.resume();
    await until(() => sockets.size === 0, 'all connections have ended');
    await new Promise((resolve) => server.close(resolve));
  });

  const get = (more: Partial<HttpRequest> = {}) =>
    ask(
      {
        host: '127.0.0.1',
        port,
        method: 'GET',
        path: '/api/info?a=hidden',
        password: 'hidden',
        limit: 10_000,
        idleMs: 1_000,
        totalMs: 5_000,
        signal: abort.signal,
        ...more,
      },
      clock,
    );
  const answering =
    (...pieces: (string | Buffer)[]): Behaviour =>
    (socket) => {
      socket.once('data', () => {
        for (const piece of pieces) socket.write(piece);
        socket.end();
      });
    };

  /** The error, in which nothing stands that is nobody's business. */
  async function refusal(code: ErrorCode, more: Partial<HttpRequest> = {}) {
    const error = await rejection(get(more), code);
    const all = JSON.stringify([error.message, error.cause, error.stack]);
    assert.ok(!/hidden|aGlkZGVu|YWRtaW46/.test(all), all);
    assert.ok(error.cause.advice.length > 0);
    return error;
  }

  it('that sends random bytes', async () => {
    behave = answering(noise(5_000, nextSeed()));
    await refusal('BK_BAD_RESPONSE');
    behave = answering('HTTP/1.1 ', noise(5_000, nextSeed()));
    await refusal('BK_BAD_RESPONSE');
  });

  it('that never ends its answer', async () => {
    let sent = 0;
    behave = (socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(16_384))) sent += 16_384;
      };
      socket.write(HEAD);
      socket.on('drain', more);
      more();
    };
    const error = await refusal('BK_BAD_RESPONSE');
    assert.ok(isSaid(error.text, 'http.tooLong'));
    assert.ok(sent < 50_000_000);
    // Who knows how much it is hears no more than that.
    const { body } = await get({ length: 9_000 });
    assert.equal(body.length, 9_000);
  });

  it('that says nothing', async () => {
    const heard = new Promise<void>((resolve) => {
      behave = (socket) => socket.once('data', () => resolve());
    });
    const failed = refusal('BK_NO_RESPONSE');
    await heard;
    await clock.advance(999);
    await clock.advance(1);
    assert.ok(isSaid((await failed).text, 'http.noAnswer'));
  });

  it('that stops in the middle of its answer', async () => {
    behave = (socket) => socket.once('data', () => socket.write(`${HEAD}so far`));
    let come = 0;
    const failed = refusal('BK_NO_RESPONSE', {
      onBytes: (count) => {
        come = count;
      },
    });
    await until(() => come === 6, 'the bytes that come');
    await clock.advance(1_000);
    assert.ok(isSaid((await failed).text, 'http.stopped'));
  });

  it('that trickles', async () => {
    let trickle: Socket | undefined;
    behave = (socket) => {
      socket.once('data', () => {
        trickle = socket;
        socket.write(HEAD);
      });
    };
    let come = 0;
    const failed = refusal('BK_NO_RESPONSE', {
      onBytes: (count) => {
        come = count;
      },
    });
    await until(() => trickle !== undefined, 'the connection');
    for (let second = 1; second <= 6; second++) {
      trickle?.write('.');
      if (second < 6) await until(() => come === second, 'the next byte');
      await clock.advance(900);
    }
    assert.ok(isSaid((await failed).text, 'http.tooSlow'));
  });

  it('whose head is without end', async () => {
    behave = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      socket.write('X: y\r\n'.repeat(200_000));
    };
    assert.ok(isSaid((await refusal('BK_BAD_RESPONSE')).text, 'http.badHead'));
  });

  it('that names lengths which are none, or codes its answer', async () => {
    for (const head of [
      'Content-Length: 99999999999999999999',
      'Content-Length: 99999999',
      'Content-Length: -1',
      'Content-Length: 3\r\nContent-Length: 5',
      'Transfer-Encoding: chunked',
      'A: \0',
    ]) {
      behave = answering(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`);
      await refusal('BK_BAD_RESPONSE');
    }
  });

  it('that sends people elsewhere', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const location = `http://127.0.0.1:${port}/elsewhere`;
      behave = answering(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\n\r\n`);
      connections = 0;
      assert.ok(isSaid((await refusal('BK_BAD_RESPONSE')).text, 'http.sentElsewhere'));
      assert.equal(connections, 1);
    }
  });

  it('that wants to switch to something else first', async () => {
    behave = answering('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    await refusal('BK_BAD_RESPONSE');
  });

  it('that has taken all before it was sent', async () => {
    behave = (socket) => {
      socket.pause();
      socket.write(`${HEAD}{"size":30000000}`);
    };
    const body = Buffer.alloc(30_000_000);
    const error = await refusal('BK_BAD_RESPONSE', { method: 'POST', body });
    assert.ok(isSaid(error.text, 'http.tooEarly'));
  });

  it('that refuses before all was sent, which is heard', async () => {
    behave = (socket) => {
      socket.pause();
      socket.write('HTTP/1.1 -20 OK\nContent-Length: 2\r\n\r\n{}');
    };
    const { status } = await get({ method: 'POST', body: Buffer.alloc(30_000_000) });
    assert.equal(status, -20);
  });

  it('that takes no more of what is sent', async () => {
    behave = (socket) => socket.pause();
    const failed = refusal('BK_NO_RESPONSE', { method: 'POST', body: Buffer.alloc(30_000_000) });
    await until(() => sockets.size === 1, 'the connection');
    const waiting = setInterval(() => void clock.advance(100), 5);
    await failed;
    clearInterval(waiting);
  });

  it('that closes at any byte of its answer', async () => {
    const whole = 'HTTP/1.1 200 OK\nContent-type: x\r\nContent-Length: 10\r\n\r\n0123456789';
    for (let at = 0; at < whole.length; at++) {
      behave = answering(whole.slice(0, at));
      await refusal(at === 0 ? 'BK_NO_RESPONSE' : 'BK_BAD_RESPONSE');
    }
    behave = answering(whole);
    assert.equal((await get()).body.toString(), '0123456789');
  });

  it('that resets the connection before and in its answer', async () => {
    behave = (socket) => socket.resetAndDestroy();
    await refusal('BK_NO_RESPONSE');
    behave = (socket) => socket.once('data', () => socket.write(`${HEAD}so far`));
    await refusal('BK_BAD_RESPONSE', {
      onBytes: () => {
        for (const socket of sockets) socket.resetAndDestroy();
      },
    });
  });

  it('that is not there', async () => {
    const { port: free } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await refusal('BK_PORT_NOT_FOUND', { port: free });
    await refusal('BK_PORT_NOT_FOUND', { host: 'no-such-host.invalid' });
    server.listen(free, '127.0.0.1');
    await once(server, 'listening');
  });

  it('is left at once when the job is cancelled', async () => {
    behave = (socket) => socket.write(`${HEAD}so far`);
    await rejection(get({ onBytes: () => abort.abort() }), 'BK_CANCELLED');
    await rejection(get(), 'BK_CANCELLED');
    assert.equal(connections, 1);
  });
});
