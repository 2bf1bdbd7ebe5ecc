import assert from 'node:assert/strict';
import { BkError } from '../../src';
import { AdapterFollower } from '../../src/transport/follow';
import type { PortInfo } from '../../src/transport/ports';
import type { Transport } from '../../src/transport/transport';
import { rejection } from '../support/rejects';
import { VirtualClock } from '../support/virtual-clock';

const BY_ID = '/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0';
const OWN: PortInfo = {
  path: '/dev/ttyUSB0',
  label: 'CH340',
  serialNumber: 'A1',
  vendorId: '1a86',
  productId: '7523',
};
const OTHER: PortInfo = { ...OWN, path: '/dev/ttyUSB1', serialNumber: 'B2' };

/** A world in which ports come and go. */
function world(ports: PortInfo[]) {
  const clock = new VirtualClock();
  const opened: string[] = [];
  const state = { ports, refusal: 'BK_PORT_NOT_FOUND' as 'BK_PORT_NOT_FOUND' | 'BK_PORT_DENIED' };
  const follower = new AdapterFollower(
    '/dev/ttyUSB0',
    { baudRate: 115_200, clock },
    {
      list: async () => state.ports,
      open: async (port) => {
        if (!state.ports.some(({ path }) => path === port)) throw new BkError(state.refusal, port);
        opened.push(port);
        return { port } as Transport;
      },
    },
  );
  return { clock, state, follower, opened };
}

describe('an adapter that was unplugged', () => {
  it('is opened again under its own name', async () => {
    const { clock, state, follower } = world([OWN, OTHER]);
    await follower.remember();
    state.ports = [OTHER];
    clock.setTimeout(() => {
      state.ports = [OTHER, OWN];
    }, 3000);
    assert.equal((await follower.reopen(60_000, undefined)).port, '/dev/ttyUSB0');
    assert.ok(clock.now() >= 3000 && clock.now() <= 3500);
  });

  it('is followed to another name by its serial number, and no other adapter is taken for it', async () => {
    const { clock, state, follower, opened } = world([OWN, OTHER]);
    await follower.remember();
    state.ports = [OTHER];
    clock.setTimeout(() => {
      state.ports = [OTHER, { ...OWN, path: '/dev/ttyUSB2' }];
    }, 1000);
    assert.equal((await follower.reopen(60_000, undefined)).port, '/dev/ttyUSB2');
    assert.deepEqual(opened, ['/dev/ttyUSB2']);
  });

  it('without a serial number is known by its lasting name', async () => {
    const lasting: PortInfo = { path: BY_ID, label: 'USB Serial (/dev/ttyUSB0)' };
    const { clock, state, follower } = world([lasting]);
    await follower.remember();
    state.ports = [];
    clock.setTimeout(() => {
      state.ports = [{ path: BY_ID, label: 'USB Serial (/dev/ttyUSB3)' }];
    }, 1000);
    assert.equal((await follower.reopen(60_000, undefined)).port, BY_ID);
  });

  it('is waited for while the system does not let it be opened yet', async () => {
    const { clock, state, follower } = world([OWN]);
    await follower.remember();
    state.ports = [];
    state.refusal = 'BK_PORT_DENIED';
    clock.setTimeout(() => {
      state.ports = [OWN];
    }, 2000);
    assert.equal((await follower.reopen(60_000, undefined)).port, '/dev/ttyUSB0');
  });

  it('that does not come back is told with what to do', async () => {
    const { clock, state, follower } = world([OWN]);
    await follower.remember();
    state.ports = [];
    const error = await rejection(follower.reopen(10_000, undefined), 'BK_PORT_LOST');
    assert.match(error.message, /\/dev\/ttyUSB0.*10 s/);
    assert.ok(error.cause.advice.length > 0);
    assert.ok(clock.now() <= 10_000);
    assert.equal(clock.pending, 0);
  });

  it('is not waited for after a cancel', async () => {
    const { clock, state, follower } = world([OWN]);
    state.ports = [];
    const abort = new AbortController();
    clock.setTimeout(() => abort.abort(), 1200);
    await rejection(follower.reopen(60_000, abort.signal), 'BK_CANCELLED');
    assert.ok(clock.now() < 2000);
    assert.equal(clock.pending, 0);
  });
});

describe('a serial server that was lost', () => {
  const URL = 'tcp://10.0.0.7:7231';

  /** A server that turns away so many connections before it keeps one. */
  function server(turnsAway: number) {
    const clock = new VirtualClock();
    const closed: number[] = [];
    let opened = 0;
    const follower = new AdapterFollower(
      URL,
      { baudRate: 115_200, clock },
      {
        list: async () => [],
        open: async (port) => {
          const number = opened++;
          const line = { port, onLost: null, close: async () => void closed.push(number) };
          const busy = new BkError('BK_PORT_BUSY', port);
          if (number < turnsAway)
            clock.setTimeout(() => (line as unknown as Transport).onLost?.(busy), 5);
          return line as unknown as Transport;
        },
      },
    );
    return { clock, closed, follower };
  }

  it('is waited for while it still holds the connection of before', async () => {
    const { clock, closed, follower } = server(3);
    const line = await follower.reopen(60_000, undefined);
    assert.equal(line.onLost, null, 'free for whoever takes the line');
    assert.deepEqual(closed, [0, 1, 2]);
    assert.equal(clock.pending, 0);
  });

  it('that turns everybody away is given up in time', async () => {
    const { clock, closed, follower } = server(1000);
    const error = await rejection(follower.reopen(10_000, undefined), 'BK_PORT_LOST');
    assert.match(error.message, /10\.0\.0\.7:7231.*10 s/);
    assert.match(error.cause.likely[0]?.cause ?? '', /server/);
    assert.ok(clock.now() <= 10_000 + 1000, `${clock.now()}`);
    assert.ok(closed.length > 3);
    assert.equal(clock.pending, 0);
  });

  it('is closed when the job is cancelled meanwhile', async () => {
    const { clock, closed, follower } = server(0);
    const abort = new AbortController();
    clock.setTimeout(() => abort.abort(), 300);
    await rejection(follower.reopen(60_000, abort.signal), 'BK_CANCELLED');
    assert.deepEqual(closed, [0]);
    assert.equal(clock.pending, 0);
  });
});
