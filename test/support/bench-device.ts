import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Device, type DeviceSettings, type Environment } from '../../src';
import type { SimulatedChip } from '../../src/simulator/simulator';
import { nextSeed } from './seed';
import { environmentOn, prepareSimulatedChip } from './simulated-chips';
import { VirtualClock } from './virtual-clock';

export interface TestDevice {
  device: Device;
  chip: SimulatedChip;
  clock: VirtualClock;
  url: string;
  environment: Environment;
}

/**
 * A device on a simulated chip of its own, both on one virtual clock.
 * @param sim `bk7231n`, with options as in a sim:// address: `bk7231t?app=silent`
 */
export function testDevice(
  sim: string,
  settings: Partial<DeviceSettings> = {},
  clock = new VirtualClock(),
): TestDevice {
  // A seed of its own makes a chip of its own: simulated chips are kept by their address.
  const own = /[?&]seed=/.test(sim) ? '' : `${sim.includes('?') ? '&' : '?'}seed=${nextSeed()}`;
  const url = `sim://${sim}${own}`;
  const chip = prepareSimulatedChip(url, clock);
  const environment = environmentOn(clock);
  const device = new Device({ port: url, ...settings }, environment);
  return { device, chip, clock, url, environment };
}

/** A folder that is gone after the test. */
export function scratchFolder(context: Mocha.Suite): () => string {
  let folder = '';
  context.beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bk72xx-'));
  });
  context.afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Reproducible bytes that look like nothing. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state & 0xff;
  }
  return bytes;
}

export function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
