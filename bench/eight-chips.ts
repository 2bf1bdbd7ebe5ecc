import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Device } from '../src';
import { MIB, measure } from './measure';
import type { Outcome } from './rig';

const CHIPS = 8;
const BAUD = 921_600;

/** Reads one chip alone, and then eight at once: the limit is the time of the one. */
export async function eightChips(share: number): Promise<Outcome> {
  const bytes = MIB * Math.max(share, 1 / 4);
  const child = fork(join(__dirname, 'served-chips.js'), [String(CHIPS), String(BAUD)]);
  try {
    const ports = await new Promise<number[]>((resolve, reject) => {
      child.once('message', (message) => resolve(message as number[]));
      child.once('exit', () => reject(new Error('the simulated chips did not come up')));
    });
    const devices = ports.map(
      (port) => new Device({ port: `tcp://127.0.0.1:${port}`, idle: 60, after: 'leave' }),
    );
    const [first] = devices as [Device];
    await first.connect();
    const one = await measure(() => first.read({ offset: 0, length: bytes }));
    const all = await measure(async () => {
      await Promise.all(devices.map((device) => device.read({ offset: 0, length: bytes })));
    });
    await Promise.all(devices.map((device) => device.close()));
    return {
      ...all,
      extraMemoryMiB: all.extraMemoryMiB / CHIPS,
      limitMs: one.seconds * 1000,
      baud: BAUD,
      bytes: CHIPS * bytes,
      connectSeconds: null,
    };
  } finally {
    child.disconnect();
  }
}
