import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import sinon from 'sinon';
import { createEnvironment } from '../../src';
import { AdapterWatch } from '../../src/ports/adapter-watch';
import type { DescribedPort } from '../../src/transport/schemes/described-ports';
import { portsHere, signOfPorts } from '../../src/transport/schemes/described-ports';
import { UsbBus } from '../support/usb-bus';
import { VirtualClock } from '../support/virtual-clock';

let plugged = 0;

/** An adapter as it is passed it was plugged in. */
function adapter(name: string, more: Partial<DescribedPort> = {}): DescribedPort {
  const device = `/dev/${name}`;
  const ids = { vendorId: '1a86', productId: '7523', plugged: `1-${++plugged}` };
  return { path: device, label: name, device, port: device, ...ids, ...more };
}

const called = ({ device, byId }: DescribedPort) =>
  byId === undefined ? device : `${device} named`;

/** A computer on which adapters come and go, and how often it was asked. */
function world({ hasSign = true } = {}) {
  const clock = new VirtualClock();
  const state = { ports: [] as DescribedPort[], lists: 0, glances: 0, isBroken: false };
  const watch = new AdapterWatch(clock, {
    list: async () => {
      state.lists++;
      if (state.isBroken) throw new Error('EMFILE');
      return state.ports;
    },
    sign: async () => {
      state.glances++;
      return hasSign
        ? JSON.stringify(state.ports.map((port) => [port.device, port.plugged]))
        : null;
    },
  });
  const told: string[] = [];
  const listener = {
    onAppeared: (port: DescribedPort, wasThere: boolean) =>
      void told.push(`${wasThere ? '=' : '+'}${called(port)}`),
    onGone: (port: DescribedPort) => void told.push(`-${called(port)}`),
  };
  /** What was told meanwhile. */
  const passed = async (ms: number) => {
    await clock.advance(ms);
    return told.splice(0);
  };
  return { clock, state, watch, listener, passed };
}

describe('the watch for adapters', () => {
  it('tells of those that are there, that come once they have settled, and that go', async () => {
    const { state, watch, listener, passed } = world();
    const [first, second] = [adapter('ttyUSB0'), adapter('ttyUSB1')];
    state.ports = [first];
    const end = watch.watch(listener, 1500);
    assert.deepEqual(await passed(0), ['=/dev/ttyUSB0']);
    state.ports = [first, second];
    assert.deepEqual(await passed(1000), []);
    // Its lasting name comes a moment later.
    const named = { ...second, byId: '/dev/serial/by-id/usb-CH340' };
    state.ports = [first, named];
    assert.deepEqual(await passed(1499), []);
    assert.deepEqual(await passed(1), ['+/dev/ttyUSB1 named']);
    state.ports = [named];
    assert.deepEqual(await passed(1000), ['-/dev/ttyUSB0']);
    state.ports = [];
    assert.deepEqual(await passed(1000), ['-/dev/ttyUSB1 named']);
    end();
  });

  it('misses nobody who is plugged in anew between two looks, under the same name and serial number', async () => {
    const { state, watch, listener, passed } = world();
    state.ports = [adapter('ttyUSB0', { serialNumber: 'A1X' })];
    watch.watch(listener, 500);
    assert.deepEqual(await passed(5000), ['=/dev/ttyUSB0']);
    state.ports = [adapter('ttyUSB0', { serialNumber: 'A1X' })];
    assert.deepEqual(await passed(1000), ['-/dev/ttyUSB0']);
    assert.deepEqual(await passed(500), ['+/dev/ttyUSB0']);
  });

  it('says nothing of one that does not stay', async () => {
    const { state, watch, listener, passed } = world();
    watch.watch(listener, 1500);
    await passed(100);
    state.ports = [adapter('ttyUSB0')];
    await passed(1000);
    state.ports = [];
    assert.deepEqual(await passed(10_000), []);
  });

  it('asks for a list only when something has happened, and glances once a second', async () => {
    const { state, watch, listener, passed } = world();
    state.ports = [adapter('ttyUSB0')];
    watch.watch(listener, 1000);
    await passed(60_000);
    assert.equal(state.lists, 1);
    assert.ok(state.glances >= 59 && state.glances <= 62, `${state.glances}`);
  });

  it('lists every few seconds where a glance tells nothing', async () => {
    const { state, watch, listener, passed } = world({ hasSign: false });
    watch.watch(listener, 1000);
    await passed(60_000);
    assert.ok(state.lists >= 19 && state.lists <= 22, `${state.lists}`);
    state.ports = [adapter('ttyUSB0')];
    assert.deepEqual(await passed(7000), ['+/dev/ttyUSB0']);
  });

  it('leaves out built-in ports', async () => {
    const { state, watch, listener, passed } = world();
    const { vendorId: _, productId: __, ...builtIn } = adapter('ttyS0');
    state.ports = [builtIn, adapter('ttyUSB0')];
    watch.watch(listener, 1000);
    assert.deepEqual(await passed(0), ['=/dev/ttyUSB0']);
    assert.deepEqual(
      (await watch.list()).map(({ device }) => device),
      ['/dev/ttyUSB0'],
    );
  });

  it('takes nobody for gone because it could not look', async () => {
    const { state, watch, listener, passed } = world({ hasSign: false });
    state.ports = [adapter('ttyUSB0')];
    watch.watch(listener, 1000);
    await passed(1000);
    state.isBroken = true;
    await passed(10_000);
    state.isBroken = false;
    assert.deepEqual(await passed(10_000), []);
  });

  it('tells of one that has settled while it could not look, and of those that were there', async () => {
    const { state, watch, listener, passed } = world();
    state.isBroken = true;
    state.ports = [adapter('ttyUSB0')];
    watch.watch(listener, 1000);
    assert.deepEqual(await passed(2000), []);
    state.isBroken = false;
    assert.deepEqual(await passed(2000), ['=/dev/ttyUSB0']);
    state.ports = [...state.ports, adapter('ttyUSB1')];
    // Seen, and not settled yet.
    assert.deepEqual(await passed(1000), []);
    state.isBroken = true;
    assert.deepEqual(await passed(1500), []);
    state.isBroken = false;
    assert.deepEqual(await passed(5000), ['+/dev/ttyUSB1']);
  });

  it('tells one who has come while it could not look what there is', async () => {
    const { state, watch, listener, passed } = world();
    state.ports = [adapter('ttyUSB0')];
    watch.watch(listener, 1000);
    await passed(2000);
    state.isBroken = true;
    watch.watch(listener, 1000);
    assert.deepEqual(await passed(0), []);
    state.isBroken = false;
    assert.deepEqual(await passed(2000), ['=/dev/ttyUSB0']);
  });

  it('looks once for several, tells each of what is news to it, and rests when the last one leaves', async () => {
    const { clock, state, watch, listener, passed } = world();
    state.ports = [adapter('ttyUSB0')];
    const ends = [watch.watch(listener, 1000)];
    await passed(5000);
    const late: string[] = [];
    const other = { ...listener, onAppeared: (port: DescribedPort) => void late.push(port.device) };
    ends.push(watch.watch(other, 3000));
    assert.deepEqual(await passed(0), []);
    assert.deepEqual(late, ['/dev/ttyUSB0']);
    assert.equal(state.lists, 2);
    state.ports = [...state.ports, adapter('ttyUSB1')];
    assert.deepEqual(await passed(2100), ['+/dev/ttyUSB1']);
    assert.equal(late.length, 1);
    await passed(2000);
    assert.deepEqual(late, ['/dev/ttyUSB0', '/dev/ttyUSB1']);
    assert.equal(watch.watchers, 2);
    ends[0]?.();
    ends[0]?.();
    state.ports = [];
    assert.deepEqual(await passed(5000), ['-/dev/ttyUSB0', '-/dev/ttyUSB1']);
    ends[1]?.();
    assert.equal(watch.watchers, 0);
    assert.equal(clock.pending, 0);
    const { glances } = state;
    await passed(60_000);
    assert.equal(state.glances, glances);
  });

  it('leaves no timer of an adapter that has not settled, and tells nothing of it any more', async () => {
    const { clock, state, watch, listener, passed } = world();
    const end = watch.watch(listener, 5000);
    await passed(100);
    state.ports = [adapter('ttyUSB0')];
    await passed(1000);
    end();
    assert.equal(clock.pending, 0);
    assert.deepEqual(await passed(60_000), []);
  });

  it('goes on for the others when one of them throws', async () => {
    const { state, watch, listener, passed } = world();
    const broken = () => {
      throw new Error('no');
    };
    state.ports = [adapter('ttyUSB0')];
    watch.watch({ onAppeared: broken, onGone: broken }, 0);
    watch.watch(listener, 0);
    assert.deepEqual(await passed(0), ['=/dev/ttyUSB0']);
    assert.equal(watch.watchers, 1);
  });

  it('is one for an environment, and does nothing as long as nobody wants to know', () => {
    const clock = new VirtualClock();
    assert.equal(createEnvironment(clock).adapters.watchers, 0);
    assert.equal(clock.pending, 0);
  });

  describe('on the folders of Linux', () => {
    let bus: UsbBus;
    beforeEach(function () {
      // The kernel's folders are made up.
      if (process.platform !== 'linux') this.skip();
      bus = new UsbBus().install();
    });
    afterEach(() => {
      sinon.restore();
      bus?.remove();
    });

    it('sees adapters come and go, and stale files of devices in a container as none', async () => {
      const clock = new VirtualClock();
      const watch = new AdapterWatch(clock);
      const told: string[] = [];
      const end = watch.watch(
        {
          onAppeared: ({ usb }) => void told.push(`+${usb}`),
          onGone: ({ usb }) => void told.push(`-${usb}`),
        },
        1000,
      );
      const passes = async (count: number): Promise<void> => {
        for (let look = 0; told.length < count; look++) {
          assert.ok(look < 500, `${count} told: ${told}`);
          await clock.advance(1000);
          await readdir(bus.dev);
        }
      };
      bus.plugIn('1-1', 'ttyUSB0', { serial: 'A1X', named: true });
      await passes(1);
      bus.plugIn('1-2', 'ttyUSB1', { serial: 'B2Y' });
      await passes(2);
      // As in a container: the kernel has taken it away, and its file stays.
      await rm(`${bus.ttys}/ttyUSB1`, { recursive: true });
      await passes(3);
      bus.unplug('1-1');
      await passes(4);
      assert.deepEqual(told, [
        '+usb:1a86:7523:A1X',
        '+usb:1a86:7523:B2Y',
        '-usb:1a86:7523:B2Y',
        '-usb:1a86:7523:A1X',
      ]);
      end();
      assert.equal(clock.pending, 0);
    });

    it('tells by a glance that one was plugged in anew', async () => {
      bus.plugIn('1-1', 'ttyUSB0', { serial: 'A1X' });
      const [before, seen] = [await signOfPorts(), (await portsHere())[0]?.plugged];
      assert.equal(await signOfPorts(), before);
      bus.unplug('1-1');
      const without = await signOfPorts();
      bus.plugIn('1-1', 'ttyUSB0', { serial: 'A1X' });
      assert.notEqual(without, before);
      assert.notEqual(await signOfPorts(), before);
      assert.notEqual((await portsHere())[0]?.plugged, seen);
    });
  });
});
