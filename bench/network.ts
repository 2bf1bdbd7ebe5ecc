import { randomFillSync } from 'node:crypto';
import { Device } from '../src';
import { openSerial } from '../src/transport/schemes/serial';
import { SerialServer } from '../test/support/serial-server';
import { missingFor, REAL_SERVERS } from '../test/support/servers/real-servers';
import { ServedChip } from '../test/support/servers/served-chip';
import { type Measured, MIB, measure } from './measure';
import { BAUD, type Case, type Outcome } from './rig';

/** The chip listens as long as a case may take, ms: a terminal has no line to reset it by. */
const WINDOW_MS = 600_000;

/** Serves a chip's terminal; resolves with its address and what ends it. */
type Serve = (served: ServedChip) => Promise<{ port: string; stop(): Promise<void> }>;

/** Reads a chip behind a serial port of this computer, and the same behind a server: the limit is the time of the first. */
async function readServed(share: number, serve: Serve): Promise<Outcome> {
  const bytes = 2 * MIB * share;
  const local = await readThrough(bytes, async ({ path }) => ({
    port: path,
    stop: async () => {},
  }));
  const served = await readThrough(bytes, serve);
  const limitMs = local.seconds * 1000;
  return { ...served, limitMs, baud: BAUD, bytes, connectSeconds: null };
}

async function readThrough(bytes: number, serve: Serve): Promise<Measured> {
  const served = await ServedChip.make({ window: WINDOW_MS });
  randomFillSync(served.chip.flash);
  served.chip.reset();
  const { port, stop } = await serve(served);
  const device = new Device({ port, baud: BAUD, idle: 30, after: 'leave', reset: 'none' });
  try {
    await device.connect();
    // A first read warms up what is compiled on the way; it is not counted.
    await device.read({ offset: 0, length: 0x10000 });
    return await measure(() => device.read({ offset: 0, length: bytes }));
  } finally {
    await device.close();
    await stop();
    await served.close();
  }
}

const ownServer: Serve = async ({ path }) => {
  const server = new SerialServer(() => openSerial(path, 115_200));
  return { port: await server.listen(), stop: () => server.close() };
};

const rows = REAL_SERVERS.filter((server) => missingFor(server) === null && server.fastest >= BAUD);

export const NETWORK_CASES: readonly Case[] = [
  { id: 'ours', serve: ownServer },
  ...rows.map(({ id, start }) => ({
    id,
    serve: async (served: ServedChip) => {
      const { port, stop } = await start(served);
      return { port: `rfc2217://127.0.0.1:${port}`, stop };
    },
  })),
].map(({ id, serve }) => ({
  id: `read-${id}`,
  name: `Read all, rfc2217, ${id}`,
  limit: 'the time over the local serial port',
  most: 1.1,
  listens: false,
  run: (share) => readServed(share, serve),
}));
