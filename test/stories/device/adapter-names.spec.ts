import assert from 'node:assert/strict';
import { existsSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import sinon from 'sinon';
import { BkError, Device, type DeviceSettings } from '../../../src';
import { SECTOR } from '../../../src/chip/geometry';
import { PortRegistry } from '../../../src/ports/port-registry';
import { verbatim } from '../../../src/texts/note';
import { serialScheme } from '../../../src/transport/schemes/serial';
import { noise } from '../../support/bench-device';
import { InterposedTransport } from '../../support/interposed-transport';
import { rejection } from '../../support/rejects';
import { nextSeed } from '../../support/seed';
import {
  environmentOn,
  openSimulated,
  prepareSimulatedChip,
  unplugSimulated,
} from '../../support/simulated-chips';
import { UsbBus } from '../../support/usb-bus';
import { VirtualClock } from '../../support/virtual-clock';

const FTDI = { vendorId: '0403', productId: '6001', named: true };
const [ONE, TWO] = ['FT1XQ', 'FT2YR'].map((serial) => ({ ...FTDI, serial })) as [
  typeof FTDI & { serial: string },
  typeof FTDI & { serial: string },
];
const CH340 = { named: true };

/** A line that says which port it is, as the adapter's own does. */
class NamedLine extends InterposedTransport {
  readonly #name: string;

  constructor(inner: InterposedTransport['inner'], name: string) {
    super(inner);
    this.#name = name;
  }

  override get port(): string {
    return this.#name;
  }
}

describe('an adapter that is named in several ways', () => {
  let bus: UsbBus;
  beforeEach(function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    bus = new UsbBus().install();
  });
  afterEach(() => {
    sinon.restore();
    bus?.remove();
  });

  describe('has one turn', () => {
    const registry = () => new PortRegistry(new VirtualClock());

    /** Ends with the turn given. */
    async function given(ports: PortRegistry, port: string): Promise<void> {
      const { release } = await ports.turn(port, undefined);
      release();
    }

    /** Not one of the ports is given to anybody, as far as one can wait for that. */
    async function notGiven(ports: PortRegistry, ...names: string[]): Promise<void> {
      const abort = new AbortController();
      const given: string[] = [];
      const asked = names.map((name) =>
        ports.turn(name, abort.signal).then(
          ({ release }) => {
            given.push(name);
            release();
          },
          () => {},
        ),
      );
      await looked(200);
      abort.abort();
      await Promise.all(asked);
      assert.deepEqual(given, []);
    }

    const byId = () => bus.at('serial/by-id/usb-0403_6001_FT1XQ-if00-port0');
    const byPath = (socket: string) => bus.at(`serial/by-path/pci-usb-0:${socket}:1.0-port0`);

    it('whoever names it, and however', async () => {
      bus.plugIn('1-1', 'ttyUSB0', ONE);
      const names = [
        bus.at('ttyUSB0'),
        byId(),
        byPath('1-1'),
        'usb:0403:6001',
        'usb:0403:6001:FT1XQ',
        'USB:403:6001:ft1xq#0',
      ];
      for (const first of names) {
        const ports = registry();
        const { release } = await ports.turn(first, undefined);
        await notGiven(ports, ...names);
        release();
        for (const other of names) await given(ports, other);
        assert.equal(ports.size, 0);
      }
    });

    it('while it is away, and when it is back under another number', async () => {
      for (const adapter of [ONE, CH340]) {
        bus.plugIn('1-1', 'ttyUSB0', adapter);
        const ports = registry();
        const name = adapter === CH340 ? 'usb:1a86:7523' : 'usb:0403:6001:FT1XQ';
        const { release } = await ports.turn(bus.at('ttyUSB0'), undefined);
        bus.unplug('1-1');
        await notGiven(ports, name, byPath('1-1'), bus.at('ttyUSB0'));
        bus.plugIn('1-1', 'ttyUSB1', adapter);
        await notGiven(ports, name, byPath('1-1'), bus.at('ttyUSB1'));
        release();
        assert.equal(ports.size, 0);
        bus.unplug('1-1');
      }
    });

    it('and its twins have turns of their own', async () => {
      bus.plugIn('1-1', 'ttyUSB0', CH340);
      const ports = registry();
      const { release } = await ports.turn('usb:1a86:7523', undefined);
      bus.plugIn('1-2', 'ttyUSB1', CH340);
      await notGiven(ports, byPath('1-1'));
      await given(ports, byPath('1-2'));
      await given(ports, bus.at('ttyUSB1'));
      release();
    });

    it('also for who waited under a name that has passed on to an adapter in use', async () => {
      bus.plugIn('1-1', 'ttyUSB0', ONE);
      bus.plugIn('1-2', 'ttyUSB1', TWO);
      const ports = registry();
      const one = await ports.turn('usb:0403:6001:FT1XQ', undefined);
      const two = await ports.turn('usb:0403:6001:FT2YR', undefined);
      let isServed = false;
      const waiting = ports.turn(bus.at('ttyUSB0'), undefined).then((turn) => {
        isServed = true;
        return turn;
      });
      await looked(200);
      for (const socket of ['1-1', '1-2']) bus.unplug(socket);
      bus.plugIn('1-1', 'ttyUSB1', ONE);
      bus.plugIn('1-2', 'ttyUSB0', TWO);
      one.release();
      await looked(200);
      assert.equal(isServed, false);
      two.release();
      const { slot, release } = await waiting;
      assert.equal(slot, two.slot);
      release();
      assert.equal(ports.size, 0);
    });
  });

  describe('is worked with by its identity', () => {
    const clock = () => new VirtualClock();

    /** Chips behind the devices of the bus, until `sinon.restore()`. */
    function bench(time: VirtualClock) {
      const behind = new Map<string, string>();
      const opened: string[] = [];
      sinon.replace(serialScheme, 'open', async (path, { named = path }) => {
        const url = existsSync(path) ? behind.get(realpathSync(path)) : undefined;
        if (url === undefined) throw new BkError('BK_PORT_NOT_FOUND', verbatim(`no ${path}`));
        opened.push(url);
        return new NamedLine(await openSimulated(url, time), named);
      });
      const environment = environmentOn(time);
      return {
        opened,
        chip: () => {
          const url = `sim://bk7231n?seed=${nextSeed()}`;
          return { url, chip: prepareSimulatedChip(url, time) };
        },
        plugIn: (socket: string, name: string, adapter: object, url: string) => {
          for (const device of bus.plugIn(socket, name, adapter)) behind.set(device, url);
        },
        unplug: (socket: string, name: string) => {
          bus.unplug(socket);
          const url = behind.get(bus.at(name)) ?? '';
          behind.delete(bus.at(name));
          unplugSimulated(url);
        },
        device: (port: string, settings: Partial<DeviceSettings> = {}) =>
          new Device({ port, ...settings }, environment),
      };
    }

    for (const [adapter, port] of [
      [ONE, 'usb:0403:6001:FT1XQ'],
      [CH340, 'usb:1a86:7523'],
    ] as const) {
      it(`${port} is taken up again under another number in the middle of a write`, async () => {
        const time = clock();
        const { chip, plugIn, unplug, device } = bench(time);
        const lamp = chip();
        plugIn('1-1', 'ttyUSB0', adapter, lamp.url);
        const own = device(port);
        const image = noise(16 * SECTOR);
        let pulled = false;
        const { payload, facts } = await own.write(
          { image, offset: 0x100000 },
          {
            onProgress: ({ phase, done }) => {
              if (pulled || phase !== 'write' || done < 4 * SECTOR) return;
              pulled = true;
              unplug('1-1', 'ttyUSB0');
              time.setTimeout(() => plugIn('1-1', 'ttyUSB3', adapter, lamp.url), 3000, {
                background: true,
              });
            },
          },
        );
        assert.ok(pulled);
        assert.equal(payload.verified, true);
        assert.equal(facts.port, port);
        assert.ok(lamp.chip.flash.subarray(0x100000, 0x110000).equals(image));
        await own.close();
      });
    }

    it('and no twin is taken for it that is plugged in while it is away', async () => {
      const time = clock();
      const { chip, plugIn, unplug, device, opened } = bench(time);
      const lamp = chip();
      const other = chip();
      const before = Buffer.from(other.chip.flash);
      plugIn('1-1', 'ttyUSB0', CH340, lamp.url);
      const own = device('usb:1a86:7523');
      const image = noise(16 * SECTOR);
      let pulled = false;
      const { payload } = await own.write(
        { image, offset: 0x100000 },
        {
          onProgress: ({ phase, done }) => {
            if (pulled || phase !== 'write' || done < 4 * SECTOR) return;
            pulled = true;
            unplug('1-1', 'ttyUSB0');
            time.setTimeout(
              () => {
                plugIn('1-2', 'ttyUSB7', CH340, other.url);
              },
              3000,
              { background: true },
            );
            time.setTimeout(() => plugIn('1-1', 'ttyUSB8', CH340, lamp.url), 20_000, {
              background: true,
            });
          },
        },
      );
      assert.equal(payload.verified, true);
      assert.ok(lamp.chip.flash.subarray(0x100000, 0x110000).equals(image));
      assert.ok(other.chip.flash.equals(before));
      assert.ok(!opened.includes(other.url));
      await own.close();
    });

    it('and a link that is kept serves nobody who names another adapter by its former name', async () => {
      const time = clock();
      const { chip, plugIn, unplug, device } = bench(time);
      const [lamp, other] = [chip(), chip()];
      plugIn('1-1', 'ttyUSB0', ONE, lamp.url);
      const own = device(bus.at('ttyUSB0'));
      let pulled = false;
      await own.read(
        {},
        {
          onProgress: ({ phase, done }) => {
            if (pulled || phase !== 'read' || done === 0) return;
            pulled = true;
            unplug('1-1', 'ttyUSB0');
            plugIn('1-3', 'ttyUSB5', ONE, lamp.url);
          },
        },
      );
      plugIn('1-1', 'ttyUSB0', TWO, other.url);
      const { payload } = await own.read();
      assert.ok(Buffer.isBuffer(payload) && payload.equals(other.chip.flash));
      await own.close();
    });

    it('and is not guessed where several are alike', async () => {
      const { chip, plugIn, device } = bench(clock());
      plugIn('1-1', 'ttyUSB0', CH340, chip().url);
      plugIn('1-2', 'ttyUSB1', CH340, chip().url);
      const error = await rejection(device('usb:1a86:7523').connect(), 'BK_BAD_SETTING');
      assert.match(error.cause.advice.join(' '), /by-path/);
    });
  });
});

/** Lets what reads folders end, so many times. */
async function looked(times: number): Promise<void> {
  for (let time = 0; time < times; time++) await readdir('.');
}
