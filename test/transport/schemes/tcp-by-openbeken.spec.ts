import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { Device } from '../../../src';
import { systemClock } from '../../../src/clock';
import { isSaid } from '../../../src/texts/note';
import { openTransport } from '../../../src/transport/schemes/schemes';
import type { Transport } from '../../../src/transport/transport';
import { noise } from '../../support/bench-device';
import { type OpenBekenOptions, OpenBekenServer } from '../../support/openbeken-server';
import { rejection } from '../../support/rejects';
import { nextSeed } from '../../support/seed';
import { deafPort } from '../../support/serial-server';
import { environmentOn, openSimulated, prepareSimulatedChip } from '../../support/simulated-chips';
import { until } from '../../support/until';

const PINS = { 26: { role: 'Rel_n', channel: 3 }, 8: { role: 'Rel', channel: 4 } };

/** How a module is named whose programs listen where there was room. */
function addressOf({ host, port, uartPort }: OpenBekenServer, more = ''): string {
  return `tcp://${host}:${uartPort}?control=openbeken&http=${port}${more}`;
}

describe('a serial line of an OpenBeken module', () => {
  const servers: OpenBekenServer[] = [];
  const lines: Transport[] = [];

  afterEach(async () => {
    for (const line of lines.splice(0)) await line.close();
    for (const server of servers.splice(0)) await server.close();
  });

  async function serve(options: OpenBekenOptions = {}) {
    const port = deafPort();
    const server = new OpenBekenServer({ line: async () => port, pins: PINS, ...options });
    servers.push(await server.listen());
    const open = async (more = '', password?: string) => {
      const { chips } = environmentOn(systemClock).ports;
      const asked = { baudRate: 115_200, clock: systemClock, chips, password };
      const line = await openTransport(addressOf(server, more), asked);
      lines.push(line);
      return line;
    };
    return { server, port, open };
  }

  const written = (port: { log: string[] }) =>
    port.log
      .filter((one) => one.startsWith('write '))
      .map((one) => one.slice(6))
      .join('');

  it('starts the driver with rate and buffer, and stops it at the end', async () => {
    const { server, open } = await serve();
    const line = await open('&buffer=4096');
    assert.equal(line.canSetBaudRate, true);
    assert.equal(line.holds, 4096);
    assert.equal(line.baudRate, 115_200);
    assert.deepEqual(server.device.commands, [
      'stopDriver UartTCP',
      'startDriver UartTCP 115200 4096',
    ]);
    await line.close();
    assert.deepEqual([...server.device.running], []);
  });

  it('leaves a driver that ran before as its start has it', async () => {
    const { server, open } = await serve({
      startCommand: 'backlog startDriver NTP; startDriver UartTCP 57600 2048 5; setChannel 9 1',
    });
    const line = await open();
    await line.close();
    assert.ok(server.device.running.has('UartTCP'));
    const { baudRate, bufferSize, channel } = server.uart;
    assert.deepEqual(
      { baudRate, bufferSize, channel },
      { baudRate: 57_600, bufferSize: 2048, channel: 5 },
    );
  });

  it('says no more to the module than numbers of what it has found there', async () => {
    const { server, open } = await serve({
      startCommand: 'startDriver UartTCP 9600 512 $CH3\nrestart',
    });
    await (await open()).close();
    assert.equal(server.device.commands.at(-1), 'startDriver UartTCP 9600 512');
  });

  it('carries every byte both ways', async () => {
    const { port, open } = await serve();
    const line = await open();
    const all = Buffer.from(Array.from({ length: 5000 }, (_, index) => index & 0xff));
    let heard = Buffer.alloc(0);
    line.onData = (bytes) => {
      heard = Buffer.concat([heard, bytes]);
    };
    await line.write(all);
    await line.drain();
    await until(() => written(port).length === 2 * all.length, 'all bytes at the pins');
    assert.equal(written(port), all.toString('hex'));
    port.onData?.(all);
    await until(() => heard.length >= all.length, 'all bytes back');
    assert.ok(heard.equals(all));
  });

  it('changes the rate behind all that was written before, and before all that is written after', async () => {
    const { port, open } = await serve();
    const line = await open();
    port.log.length = 0;
    await line.write(Buffer.alloc(2_500, 1));
    const changed = line.setBaudRate(921_600);
    const after = line.write(Buffer.from([2]));
    await Promise.all([changed, after]);
    assert.equal(line.baudRate, 921_600);
    await until(() => port.log.at(-1) === 'write 02', 'all at the pins');
    const change = port.log.indexOf('baud 921600');
    assert.equal(written({ log: port.log.slice(0, change) }), '01'.repeat(2_500));
    assert.deepEqual(port.log.slice(change), ['baud 921600', 'write 02']);
  });

  it('hears on after a change of rate, and is not lost by it', async () => {
    const { server, port, open } = await serve();
    const line = await open();
    let lost = 0;
    let heard = '';
    line.onLost = () => {
      lost++;
    };
    line.onData = (bytes) => {
      heard += bytes.toString();
    };
    for (const rate of [230_400, 460_800, 921_600]) {
      const clients = server.count('client');
      await line.setBaudRate(rate);
      await until(() => server.count('client') > clients, 'the new connection');
      port.onData?.(Buffer.from(`${rate};`));
      await until(() => heard.endsWith(`${rate};`), 'what the chip says');
    }
    assert.equal(heard, '230400;460800;921600;');
    assert.equal(lost, 0);
  });

  for (const [pin, low, high] of [
    [26, 1, 0],
    [8, 0, 1],
  ] as const) {
    it(`holds the chip in reset by pin ${pin}, whichever way it is switched`, async () => {
      const { server, port, open } = await serve({ resetPin: pin });
      const line = await open(`&reset=${pin}`);
      const { channel } = PINS[pin];
      assert.equal(server.device.channels.get(channel), high);
      assert.equal(await line.setLines({ rts: true, dtr: false }), true);
      assert.equal(server.device.channels.get(channel), low);
      assert.equal(port.log.at(-1), 'lines rts -');
      await line.setLines({ rts: false, dtr: true });
      assert.equal(server.device.channels.get(channel), high);
      assert.equal(port.log.at(-1), 'lines - -');
    });
  }

  it('lets a chip out of reset when it is closed', async () => {
    const { server, open } = await serve();
    const line = await open('&reset=26');
    await line.setLines({ rts: true, dtr: false });
    assert.equal(server.device.channels.get(3), 1);
    await line.close();
    assert.equal(server.device.channels.get(3), 0);
  });

  it('has no modem lines without a pin', async () => {
    const { open } = await serve();
    const line = await open();
    assert.equal(await line.setLines({ rts: true, dtr: true }), false);
  });

  it('is refused for a pin that is no relay, and the driver left alone', async () => {
    const { server, open } = await serve();
    const error = await rejection(open('&reset=5'), 'BK_BAD_SETTING');
    assert.ok(isSaid(error.text, 'transport.pinIsNoRelay'));
    assert.deepEqual(server.device.commands, []);
  });

  it('is refused where OpenBeken has no such driver', async () => {
    const { open } = await serve({ drivers: ['NTP'] });
    const error = await rejection(open(), 'BK_BAD_SETTING');
    assert.ok(isSaid(error.text, 'transport.noUartDriver'));
  });

  it('is refused where something else answers', async () => {
    for (const answers of [
      { status: 200, body: '<html>a router</html>' },
      { status: 404, body: '{}' },
      { status: 200, body: '{"chipset":5}' },
      { status: 200, body: 'null' },
      { status: 302, body: '' },
    ]) {
      const { open } = await serve({ faults: { answers } });
      const error = await rejection(open(), 'BK_BAD_SETTING');
      assert.ok(isSaid(error.text, 'transport.noOpenBeken'), JSON.stringify(answers));
    }
  });

  it('needs the password of the module, and says nothing of it', async () => {
    const { server, open } = await serve({ faults: { password: 'a secret of theirs' } });
    const line = await open('', 'a secret of theirs');
    assert.ok(!line.port.includes('secret'));
    await line.close();
    for (const password of [undefined, 'some other secret']) {
      const error = await rejection(open('', password), 'BK_PORT_DENIED');
      assert.equal(error.cause.phase, 'open');
      assert.ok(!JSON.stringify([error.message, error.cause, error.stack]).includes('secret'));
    }
    assert.equal(server.device.running.size, 0);
  });

  it('asks again where an answer broke off', async () => {
    const { server, open } = await serve({ faults: { resetsDownload: { bytes: 20, times: 2 } } });
    await open();
    assert.equal(server.requests.filter(({ path }) => path === '/api/info').length, 3);
  });

  it('is not there where nobody answers', async () => {
    const { server, open } = await serve();
    await server.close();
    servers.length = 0;
    await rejection(open(), 'BK_PORT_NOT_FOUND');
  });

  it('is given up at once when the job is cancelled while it opens', async () => {
    const { server, port } = await serve({ faults: { slowMs: 50 } });
    const { chips } = environmentOn(systemClock).ports;
    const abort = new AbortController();
    const asked = { baudRate: 115_200, clock: systemClock, chips, signal: abort.signal };
    const opening = openTransport(addressOf(server), asked);
    await server.happens('request');
    abort.abort();
    await rejection(opening, 'BK_CANCELLED');
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
    assert.deepEqual(server.device.commands, []);
    assert.deepEqual(
      port.log.filter((one) => one.startsWith('baud')),
      [],
    );
  });

  it('takes nothing any more once it is closed, and is closed only once', async () => {
    const { server, open } = await serve();
    const line = await open('&reset=26');
    let lost = 0;
    line.onLost = () => {
      lost++;
    };
    await Promise.all([line.close(), line.close()]);
    await rejection(line.write(Buffer.from([1])), 'BK_PORT_LOST');
    await rejection(line.drain(), 'BK_PORT_LOST');
    await rejection(line.setBaudRate(9600), 'BK_PORT_LOST');
    assert.equal(await line.setLines({ rts: true, dtr: false }), false);
    assert.equal(lost, 0);
    const stops = server.device.commands.filter((one) => one === 'stopDriver UartTCP');
    assert.equal(stops.length, 2);
  });

  it('is lost when its driver is stopped, its connection cut, or its rate not taken', async () => {
    for (const spoil of [
      async ({ device }: OpenBekenServer) => void device.run('stopDriver UartTCP'),
      async (server: OpenBekenServer) => server.cutClients(),
      async (server: OpenBekenServer, line: Transport) => {
        server.faults.answers = { status: 400, body: '{}' };
        await rejection(line.setBaudRate(921_600), 'BK_PORT_LOST');
      },
    ]) {
      const { server, open } = await serve();
      const line = await open();
      let lost: Error | null = null;
      line.onLost = (reason) => {
        lost = reason;
      };
      await until(() => server.count('client') > 0, 'the connection');
      await spoil(server, line);
      await until(() => lost !== null, 'the loss');
      await rejection(line.write(Buffer.from([1])), 'BK_PORT_LOST');
    }
  });
});

describe('a chip behind an OpenBeken module', function () {
  this.timeout(60_000);

  async function bench(options: OpenBekenOptions = {}) {
    const chipUrl = `sim://bk7231n?speed=fast&app=silent&reset=rts&window=1000&seed=${nextSeed()}`;
    const chip = prepareSimulatedChip(chipUrl, systemClock);
    const server = await new OpenBekenServer({
      line: () => openSimulated(chipUrl, systemClock),
      pins: PINS,
      resetPin: 26,
      ...options,
    }).listen();
    const device = new Device(
      { port: addressOf(server, '&reset=26'), baud: 'auto', reset: 'rts', password: 'theirs' },
      environmentOn(systemClock),
    );
    return { chip, server, device };
  }

  it('is linked by the reset pin, taken to a fast rate by itself, written and read', async () => {
    const { chip, server, device } = await bench({ faults: { password: 'theirs' } });
    try {
      const image = noise(0x20000);
      const { facts, payload } = await device.write({ image, offset: 0x40000 });
      assert.equal(payload.verified, true);
      assert.ok((facts.baud ?? 0) > 115_200, String(facts.baud));
      assert.ok(chip.flash.subarray(0x40000, 0x60000).equals(image));
      const read = await device.read({ offset: 0x40000, length: 0x20000 });
      assert.ok(Buffer.isBuffer(read.payload) && read.payload.equals(image));
      assert.equal(server.uart.overruns, 0);
    } finally {
      await device.close();
      await server.close();
    }
  });

  const DISTURBANCES: Readonly<Record<string, (server: OpenBekenServer) => unknown>> = {
    'the Wi-Fi goes away': (server) => server.wifiGone(300),
    'its connections are cut': (server) => server.cutClients(),
    'somebody stops the driver': (server) => server.device.run('stopDriver UartTCP'),
    'the module loses its supply for a moment': (server) => server.powerCycle(),
  };
  for (const [what, disturb] of Object.entries(DISTURBANCES)) {
    it(`is written to its end though ${what}`, async () => {
      const { chip, server, device } = await bench();
      try {
        const image = noise(0x20000, 7);
        let disturbed: unknown;
        const { payload, facts } = await device.write(
          { image, offset: 0x40000 },
          {
            onProgress: ({ phase, percent }) => {
              if (phase === 'write' && (percent ?? 0) > 30) disturbed ??= disturb(server) ?? true;
            },
          },
        );
        assert.notEqual(disturbed, undefined);
        assert.equal(payload.verified, true);
        assert.ok(facts.recoveries.length > 0);
        assert.equal(server.uart.overruns, 0);
        assert.ok(chip.flash.subarray(0x40000, 0x60000).equals(image));
      } finally {
        await device.close();
        await server.close();
      }
    });
  }

  it('is taken to a fast rate though the web server of the module is slow', async () => {
    const { server, device } = await bench({ faults: { slowMs: 200 } });
    try {
      const { facts } = await device.connect();
      assert.ok((facts.baud ?? 0) > 115_200, String(facts.baud));
      assert.deepEqual(facts.recoveries, []);
    } finally {
      await device.close();
      await server.close();
    }
  });
});
