import assert from 'node:assert/strict';
import { BkError, type ErrorCode } from '../../../src';
import { verbatim } from '../../../src/texts/note';
import { AdapterFollower } from '../../../src/transport/adapter/follow';
import type { PortInfo } from '../../../src/transport/schemes/serial-ports';
import { SimulatedChips } from '../../../src/transport/schemes/simulated-chips';
import type { Transport } from '../../../src/transport/transport';
import { rejection } from '../../support/rejects';
import { ScriptedTransport } from '../../support/scripted-transport';
import { VirtualClock } from '../../support/virtual-clock';

const BY_ID = '/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0';
const SOCKET = '/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0';
const OWN: PortInfo = {
  path: '/dev/ttyUSB0',
  label: 'CH340',
  serialNumber: 'A1',
  vendorId: '1a86',
  productId: '7523',
};
const OTHER: PortInfo = { ...OWN, path: '/dev/ttyUSB1', serialNumber: 'B2' };

/** A world in which ports come and go. */
function world(ports: PortInfo[], name = '/dev/ttyUSB0') {
  const clock = new VirtualClock();
  const opened: string[] = [];
  const links: Record<string, string> = {};
  const state = {
    ports,
    links,
    refusal: 'BK_PORT_NOT_FOUND' as 'BK_PORT_NOT_FOUND' | 'BK_PORT_DENIED',
  };
  const follower = new AdapterFollower(
    name,
    { baudRate: 115_200, clock, chips: new SimulatedChips() },
    {
      list: async () => state.ports,
      open: async (port) => {
        const isThere = state.ports.some(({ path }) => path === port || path === state.links[port]);
        if (!isThere) throw new BkError(state.refusal, verbatim(port));
        opened.push(port);
        return { port } as Transport;
      },
      device: async (port) => state.links[port] ?? port,
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

  it('without a serial number is known by its USB socket', async () => {
    const { serialNumber: _, ...nameless } = { ...OWN, location: SOCKET };
    const twin = { ...nameless, path: '/dev/ttyUSB1', location: `${SOCKET}.2` };
    const { clock, state, follower, opened } = world([nameless, twin]);
    await follower.remember();
    state.ports = [twin, { ...nameless, path: '/dev/ttyUSB2', location: `${SOCKET}.3` }];
    clock.setTimeout(() => {
      state.ports = [twin, { ...nameless, path: '/dev/ttyUSB3' }];
    }, 1000);
    assert.equal((await follower.reopen(60_000, undefined)).port, '/dev/ttyUSB3');
    assert.deepEqual(opened, ['/dev/ttyUSB3']);
  });

  for (const serialNumber of [
    '0001',
    '0',
    '0000',
    '123456',
    '0123456789ABCDEF',
    'A50285BI',
    ' ',
    undefined,
  ]) {
    it(`is not told from a new one by ${serialNumber ?? 'no serial number'}`, async () => {
      const { serialNumber: _, ...kind } = OWN;
      const port = serialNumber === undefined ? kind : { ...kind, serialNumber };
      const { state, follower, opened } = world([port]);
      await follower.remember();
      state.ports = [{ ...port, path: '/dev/ttyUSB1' }];
      const error = await rejection(follower.reopen(5000, undefined), 'BK_PORT_LOST');
      assert.match(error.cause.advice.join(' '), /\/dev\/ttyUSB1 looks like.*\/dev\/ttyUSB0 again/);
      assert.deepEqual(opened, []);
    });
  }

  it('with a twin of the same serial number is waited for under its own name', async () => {
    const twin = { ...OWN, path: '/dev/ttyUSB1' };
    const { clock, state, follower, opened } = world([OWN, twin]);
    await follower.remember();
    state.ports = [twin];
    clock.setTimeout(() => {
      state.ports = [twin, OWN];
    }, 5000);
    assert.equal((await follower.reopen(60_000, undefined)).port, '/dev/ttyUSB0');
    assert.deepEqual(opened, ['/dev/ttyUSB0']);
  });

  it('is in doubt where two that came back have its serial number', async () => {
    const { state, follower, opened } = world([OWN]);
    await follower.remember();
    state.ports = [1, 2].map((number) => ({ ...OWN, path: `/dev/ttyUSB${number}` }));
    await rejection(follower.reopen(5000, undefined), 'BK_PORT_LOST');
    assert.deepEqual(opened, []);
  });

  it('is no port that was there already, of which nothing was told then', async () => {
    const unknown = { path: '/dev/ttyUSB1', label: 'ttyUSB1' };
    const { state, follower, opened } = world([OWN, unknown]);
    await follower.remember();
    state.ports = [{ ...OWN, path: '/dev/ttyUSB1' }];
    await rejection(follower.reopen(5000, undefined), 'BK_PORT_LOST');
    assert.deepEqual(opened, []);
  });

  it('is found where a hub has given two adapters the name of the other', async () => {
    for (const [own, other] of [
      [OWN, OTHER],
      [
        { ...OWN, serialNumber: '0001', location: SOCKET },
        { ...OWN, serialNumber: '0001', location: `${SOCKET}.2`, path: '/dev/ttyUSB1' },
      ],
    ] as const) {
      const { state, follower, opened } = world([own, other]);
      await follower.remember();
      state.ports = [
        { ...own, path: '/dev/ttyUSB1' },
        { ...other, path: '/dev/ttyUSB0' },
      ];
      assert.equal((await follower.reopen(60_000, undefined)).port, '/dev/ttyUSB1');
      assert.deepEqual(opened, ['/dev/ttyUSB1']);
    }
  });

  it('is not its twin to which the lasting name of both has passed on', async () => {
    const own = { ...OWN, path: '/dev/ttyUSB0', serialNumber: '0001' };
    const twin = { ...own, path: '/dev/ttyUSB1' };
    const { clock, state, follower, opened } = world([own, twin], BY_ID);
    state.links = { [BY_ID]: '/dev/ttyUSB0' };
    await follower.remember();
    state.ports = [twin];
    state.links = { [BY_ID]: '/dev/ttyUSB1' };
    clock.setTimeout(() => {
      assert.deepEqual(opened, []);
      state.ports = [twin, { ...own, path: '/dev/ttyUSB2' }];
      state.links = { [BY_ID]: '/dev/ttyUSB2' };
    }, 5000);
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
      { baudRate: 115_200, clock, chips: new SimulatedChips() },
      {
        list: async () => [],
        device: async (port) => port,
        open: async (port) => {
          const number = opened++;
          const line = { port, onLost: null, close: async () => void closed.push(number) };
          const busy = new BkError('BK_PORT_BUSY', verbatim(port));
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

/** A server that answers each try with what is next in a list, and serves once it is at the end. */
function server(answers: readonly (ErrorCode | 'closes')[], takenMs?: number) {
  const clock = new VirtualClock();
  let tries = 0;
  const port = 'rfc2217://bench:2217';
  const follower = new AdapterFollower(
    port,
    { baudRate: 115_200, clock, chips: new SimulatedChips() },
    {
      list: async () => [],
      device: async (name) => name,
      open: async () => {
        const answer = answers[Math.min(tries++, answers.length)];
        if (answer !== undefined && answer !== 'closes')
          throw new BkError(answer, verbatim(answer));
        const line = new ScriptedTransport(clock);
        if (answer === 'closes') clock.setTimeout(() => line.onLost?.(new Error('closed')), 5);
        return line;
      },
    },
  );
  return { clock, reopened: follower.reopen(20_000, undefined, takenMs), tries: () => tries };
}

describe('a serial server whose connection was lost', () => {
  it('may be missing, busy, closing, and not yet serving, before it is taken', async () => {
    const { clock, reopened } = server([
      'BK_PORT_NOT_FOUND',
      'BK_PORT_BUSY',
      'BK_BAD_SETTING',
      'closes',
    ]);
    assert.equal((await reopened).port, 'scripted');
    assert.ok(clock.now() < 4_000, `${clock.now()}`);
    assert.equal(clock.pending, 0);
  });

  it('that is there to the end and does not serve the port is told as it says', async () => {
    const { reopened } = server(Array(100).fill('BK_BAD_SETTING'));
    await rejection(reopened, 'BK_BAD_SETTING');
  });

  it('that somebody else has all the while is given up sooner, where that is wanted', async () => {
    const { clock, reopened } = server(Array(100).fill('BK_PORT_BUSY'), 3_000);
    await rejection(reopened, 'BK_PORT_LOST');
    assert.ok(clock.now() <= 3_000, `${clock.now()}`);
  });

  it('but one that was missing meanwhile was only starting anew', async () => {
    const taken = Array(10).fill('BK_PORT_BUSY');
    const { reopened } = server(['BK_PORT_NOT_FOUND', ...taken], 3_000);
    await reopened;
  });
});
