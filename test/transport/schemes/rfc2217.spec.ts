import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import sinon from 'sinon';
import { Device, isBkError } from '../../../src';
import { systemClock } from '../../../src/clock';
import { openTransport } from '../../../src/transport/schemes/schemes';
import type { Transport } from '../../../src/transport/transport';
import { noise } from '../../support/bench-device';
import { rejection } from '../../support/rejects';
import { nextSeed } from '../../support/seed';
import { deafPort, SerialServer, type ServerHabits } from '../../support/serial-server';
import { environmentOn, openSimulated, prepareSimulatedChip } from '../../support/simulated-chips';
import { until } from '../../support/until';
import { VirtualClock } from '../../support/virtual-clock';
import { VirtualNetwork } from '../../support/virtual-network';

/** A clock on which nobody has to wait for an answer that never comes. */
const hasty = {
  ...systemClock,
  setTimeout: (callback: () => void, ms: number) => systemClock.setTimeout(callback, ms / 4),
};

describe('a serial line by RFC 2217', () => {
  const servers: SerialServer[] = [];
  const lines: Transport[] = [];

  afterEach(async () => {
    for (const line of lines.splice(0)) await line.close();
    for (const server of servers.splice(0)) await server.close();
  });

  async function serve(habits: ServerHabits = {}) {
    const port = deafPort();
    const server = new SerialServer(async () => port, habits);
    servers.push(server);
    const url = await server.listen();
    const open = async () => {
      const options = { baudRate: 115_200, clock: hasty, chips: environmentOn(hasty).ports.chips };
      const line = await openTransport(url, options);
      lines.push(line);
      return line;
    };
    return { port, server, url, open };
  }

  it('is set to 8N1 without flow control, its lines released, and emptied', async () => {
    const { server, port, open } = await serve();
    const line = await open();
    assert.equal(line.canSetBaudRate, true);
    assert.equal(line.baudRate, 115_200);
    const asked = server.requests.map(([code, value]) => `${code}:${value.toString('hex')}`);
    for (const request of ['1:0001c200', '2:08', '3:01', '4:01', '5:01', '5:0c', '5:09', '12:03']) {
      assert.ok(asked.includes(request), `${request} in ${asked}`);
    }
    assert.ok(port.log.includes('lines - -'));
  });

  it('carries every byte both ways', async () => {
    const { server, port, open } = await serve();
    const line = await open();
    const all = Buffer.from(Array.from({ length: 512 }, (_, index) => index & 0xff));
    let heard = Buffer.alloc(0);
    line.onData = (bytes) => {
      heard = Buffer.concat([heard, bytes]);
    };
    await line.write(all);
    await line.drain();
    assert.ok(server.received.equals(all));
    port.onData?.(all);
    await until(() => heard.length >= all.length, 'all bytes');
    assert.ok(heard.equals(all));
  });

  it('changes rate and lines in the order of what is written', async () => {
    const { port, open } = await serve();
    const line = await open();
    port.log.length = 0;
    await line.write(Buffer.from([1]));
    await line.drain();
    await line.setBaudRate(921_600);
    assert.equal(line.baudRate, 921_600);
    await line.write(Buffer.from([2]));
    assert.equal(await line.setLines({ rts: true, dtr: false }), true);
    assert.equal(await line.setLines({ rts: false, dtr: true }), true);
    assert.deepEqual(port.log, [
      'write 01',
      'baud 921600',
      'write 02',
      'lines rts -',
      'lines rts -',
      'lines - -',
      'lines - dtr',
    ]);
  });

  for (const [what, habits] of [
    ['answers nothing about lines', { silent: [5] }],
    ['answers nothing about purging', { silent: [12] }],
    ['answers nothing but that it takes commands', { silent: [1, 2, 3, 4, 5, 10, 11, 12] }],
    ['appends NULs and answers wrongly', { appended: Buffer.alloc(4), wrongControl: true }],
    ['hands on single bytes', { splits: true }],
  ] as const) {
    it(`works with a server that ${what}`, async () => {
      const { port, server, open } = await serve(habits);
      const line = await open();
      await line.setBaudRate(460_800);
      assert.equal(port.baudRate, 460_800);
      assert.equal(await line.setLines({ rts: true, dtr: false }), true);
      await line.write(Buffer.from('hello'));
      await line.drain();
      await until(() => server.received.toString() === 'hello', 'what was written');
    });
  }

  it('says which rate the server has set instead', async () => {
    const { url, open } = await serve({ onlyBaud: 115_200 });
    const line = await open();
    const error = await rejection(line.setBaudRate(921_600), 'BK_BAD_SETTING');
    assert.equal(
      error.message,
      `${url} does not do 921600 baud: its server has set the port to 115200 baud instead`,
    );
    assert.equal(line.baudRate, 115_200);
  });

  it('goes back to the rate of before where its server takes another one', async () => {
    const { server, port, open } = await serve({ rates: [115_200, 460_800], otherwise: 9_600 });
    const line = await open();
    await line.setBaudRate(460_800);
    await rejection(line.setBaudRate(921_600), 'BK_BAD_SETTING');
    assert.equal(port.baudRate, 460_800);
    assert.equal(line.baudRate, 460_800);
    assert.ok(server.requests.length > 0);
  });

  for (const habits of [{ raw: true }, { refuses: true }] as const) {
    it(`refuses a server that takes no commands: ${JSON.stringify(habits)}`, async () => {
      const { open } = await serve(habits);
      const error = await rejection(open(), 'BK_BAD_SETTING');
      assert.match(error.message, /does not say that it takes commands/);
      assert.match(error.cause.advice.join(' '), /telnet\(rfc2217\).*tcp:\/\//);
    });
  }

  it('tells once that the connection is cut, and ends what waits', async () => {
    const { server, open } = await serve({ silent: [5] });
    const line = await open();
    const told: Error[] = [];
    line.onLost = (reason) => told.push(reason);
    const waiting = line.drain();
    server.cut();
    await rejection(waiting, 'BK_PORT_LOST');
    await until(() => told.length > 0, 'the loss');
    await rejection(line.write(Buffer.from('x')), 'BK_PORT_LOST');
    assert.equal(told.length, 1);
  });

  it('is busy when its server says so, or closes without a word', async () => {
    for (const said of ['Port already in use\r\n', '']) {
      const { server, open } = await serve({ raw: true });
      const opening = open();
      await until(() => server.received.length > 0, 'the client');
      server.sendRaw(Buffer.concat([Buffer.from([255, 251, 3, 255, 253, 44]), Buffer.from(said)]));
      server.end();
      const line = await opening.catch((error: unknown) => error);
      if (line instanceof Error) assert.ok(isBkError(line, 'BK_PORT_BUSY'), line.message);
      else await rejection((line as Transport).drain(), 'BK_PORT_BUSY');
    }
  });

  it('holds what is written while the server asks to stop', async () => {
    const { server, open } = await serve();
    const line = await open();
    server.sendRaw([255, 250, 44, 108, 255, 240]);
    // The answer to a question comes behind the request to stop.
    await line.setBaudRate(230_400);
    const written = line.write(Buffer.from('late'));
    await line.setBaudRate(460_800);
    assert.equal(server.received.toString(), '');
    server.sendRaw([255, 250, 44, 109, 255, 240]);
    await written;
    await until(() => server.received.toString() === 'late', 'what was held');
  });

  it('is not led astray by options and messages that nobody asked for', async () => {
    const { server, open } = await serve();
    const line = await open();
    server.sendRaw([255, 253, 24, 255, 251, 1, 255, 250, 24, 1, 255, 240, 255, 250, 44, 255, 240]);
    server.sendRaw([255, 250, 44, 106, 96, 255, 240, 255, 250, 44, 101, 255, 240]);
    await line.setBaudRate(230_400);
    assert.equal(line.baudRate, 230_400);
  });
});

describe('a serial server', () => {
  afterEach(() => sinon.restore());

  async function connect(how: 'rfc2217' | 'tcp', habits: ServerHabits = {}) {
    const clock = new VirtualClock();
    const server = new SerialServer(async () => deafPort(), { raw: how === 'tcp', ...habits });
    const network = new VirtualNetwork(clock, (socket) => void server.serve(socket));
    const { chips } = environmentOn(clock).ports;
    const line = await openTransport(`${how}://bench:2217`, { baudRate: 115_200, clock, chips });
    const told: { error: Error; at: number }[] = [];
    line.onLost = (error) => told.push({ error, at: clock.now() });
    return { clock, network, line, told, since: clock.now() };
  }

  it('is told once of an option that this side does not use, however often it asks', async () => {
    const clock = new VirtualClock();
    const server = new SerialServer(async () => deafPort());
    const sockets: Duplex[] = [];
    const network = new VirtualNetwork(clock, (socket) => {
      sockets.push(socket);
      void server.serve(socket);
    });
    const { chips } = environmentOn(clock).ports;
    const line = await openTransport('rfc2217://bench:2217', { baudRate: 115_200, clock, chips });
    let refusals = 0;
    sockets[0]?.on('data', (bytes: Buffer) => {
      refusals += bytes.toString('latin1').split('\xff\xfc').length - 1;
    });
    const asks = Buffer.alloc(3 * 20_000, Buffer.from([255, 253, 24]));
    server.sendRaw(asks);
    await clock.advance(1000);
    assert.equal(refusals, 1);
    await line.close();
    network.cut('reset', 0);
  });

  it('is not waited for because of what it says of modem lines, or does not say', async () => {
    for (const habits of [{ wrongControl: true }, { silent: [5] }]) {
      const { clock, line, since } = await connect('rfc2217', habits);
      for (let time = 0; time < 10; time++)
        await line.setLines({ rts: time % 2 === 0, dtr: false });
      // The moment in which a chip listens is no longer than the wait for one such answer was.
      assert.ok(clock.now() - since < 50, `${clock.now() - since}`);
      await line.close();
      sinon.restore();
    }
  });

  it('has sent by a drain what was written just now, and long ago what was written before', async () => {
    const { clock, line } = await connect('rfc2217');
    for (let sector = 0; sector < 256; sector++) {
      await line.write(Buffer.alloc(4096));
      await clock.advance(360);
    }
    await line.write(Buffer.alloc(1152));
    const since = clock.now();
    await line.drain();
    // 100 ms for the last bytes at 115200 baud.
    assert.ok(clock.now() - since >= 100 && clock.now() - since < 110, `${clock.now() - since}`);
    await line.close();
  });

  for (const how of ['rfc2217', 'tcp'] as const) {
    it(`that answers nothing any more, though nobody has closed the connection, is lost after ten seconds (${how})`, async () => {
      const { clock, network, line, told, since } = await connect(how);
      network.cut('vanish', 60_000);
      for (let time = 0; time < 30; time++) {
        if (told.length === 0) await line.write(Buffer.from([1]));
        await clock.advance(500);
      }
      const [loss] = told;
      assert.ok(loss !== undefined && isBkError(loss.error, 'BK_PORT_LOST'));
      assert.match(loss.error.message, /has not answered for 10 s/);
      assert.ok(loss.at - since <= 10_500, `${loss.at - since}`);
      await line.close();
      await clock.advance(60_000);
      assert.equal(clock.pending, 0);
    });

    it(`is not taken for lost where only the chip is silent (${how})`, async () => {
      for (const silent of [[], [1]]) {
        const { clock, line, told } = await connect(how, { silent });
        for (let time = 0; time < 120; time++) {
          await line.write(Buffer.from([1]));
          await clock.advance(500);
        }
        assert.deepEqual(told, []);
        await line.close();
        await clock.advance(10);
        assert.equal(clock.pending, 0);
        sinon.restore();
      }
    });
  }
});

describe('a chip behind a serial server', function () {
  this.timeout(60_000);

  it('is linked by RTS, taken to a fast rate, written and read', async () => {
    const chipUrl = `sim://bk7231n?speed=fast&app=silent&reset=rts&seed=${nextSeed()}`;
    const chip = prepareSimulatedChip(chipUrl, systemClock);
    const server = new SerialServer(() => openSimulated(chipUrl, systemClock));
    const url = await server.listen();
    const device = new Device(
      { port: url, baud: 921_600, reset: 'rts' },
      environmentOn(systemClock),
    );
    try {
      const image = noise(0x20000);
      const { facts, payload } = await device.write({ image, offset: 0x40000 });
      assert.equal(payload.verified, true);
      assert.equal(facts.baud, 921_600);
      assert.ok(chip.flash.subarray(0x40000, 0x60000).equals(image));
      const read = await device.read({ offset: 0x40000, length: 0x20000 });
      assert.ok(Buffer.isBuffer(read.payload) && read.payload.equals(image));
    } finally {
      await device.close();
      await server.close();
    }
  });
});
