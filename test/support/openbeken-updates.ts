import assert from 'node:assert/strict';
import { type BkError, isBkError } from '../../src';
import { seeded } from '../../src/simulator/setup/prng';
import { openBekenUpdate, type WebBench, webBench } from './openbeken-bench';
import type { OpenBekenFaults } from './openbeken-faults';

/** A fault of the device, by the chance that a seed brings. */
interface Trouble {
  faults(random: () => number): Partial<OpenBekenFaults>;
  /** What happens before the update is begun. */
  before?(bench: WebBench): Promise<void>;
  /** What happens while it is under way. */
  during?(bench: WebBench, random: () => number): void;
  password?: string;
}

const within = (random: () => number, most: number) => Math.floor(random() * most);

/** Each of the faults that the server has. */
export const TROUBLES: Readonly<Record<string, Trouble>> = {
  none: { faults: () => ({}) },
  'an upload was refused before, and later ones are dropped': {
    faults: () => ({ dropsAfterRefusal: true }),
    before: refuseOne,
  },
  'an upload was refused before, and the next one goes astray': {
    faults: () => ({}),
    before: refuseOne,
  },
  'connections break while it reads': {
    faults: (random) => ({
      resetsDownload: { bytes: 200 + within(random, 30_000), times: 1 + within(random, 3) },
    }),
  },
  'answers are cut off': {
    faults: (random) => ({
      cutsAnswer: { bytes: within(random, 30_000), times: 1 + within(random, 3) },
    }),
  },
  'connections break while it sends': {
    faults: (random) => ({
      resetsUpload: { bytes: within(random, 9_000), times: 1 + within(random, 2) },
    }),
  },
  'bits are stored wrong': { faults: (random) => ({ bitErrors: 0.02 + 0.08 * random() }) },
  'bits are read wrong': { faults: (random) => ({ readErrors: 0.002 * random() }) },
  'it is slow': { faults: (random) => ({ slowMs: 50 + within(random, 900) }) },
  'it serves one connection at a time': { faults: () => ({ oneAtATime: true }) },
  'it wants a password': { faults: () => ({ password: 'pass word' }), password: 'pass word' },
  'its bootloader installs damaged updates': {
    faults: (random) => ({ takesAnyImage: true, bitErrors: 0.02 + 0.05 * random() }),
  },
  'the Wi-Fi is gone for a while': {
    faults: () => ({}),
    during: ({ server }, random) => {
      let left = 5 + within(random, 60);
      const wait = async (): Promise<void> => {
        while (left-- > 0) await server.happens('request');
        if (server.isUp) server.cutClients();
      };
      void wait();
    },
  },
};

/** How an update ended, and what the device is like afterwards. */
export interface Ending {
  error: BkError | null;
  /** What its bootloader has installed. */
  installed: readonly string[];
  /** Whether files and configuration are as before. */
  isAsBefore: boolean;
  /** Whether the device runs what it ran before, and would at any start. */
  runsOld: boolean;
}

/** One update on a device of its own with one fault. */
export async function updateWith(name: string, seed: number): Promise<Ending> {
  const trouble = TROUBLES[name] as Trouble;
  const random = seeded(seed, 'faults');
  const faults = trouble.faults(random);
  const { password } = trouble;
  const settings = password === undefined ? {} : { password };
  const bench = await webBench({ seed, faults: {} }, settings);
  const { server, device } = bench;
  const version = `1.18.${200 + seed}`;
  const image = openBekenUpdate(version);
  const { flash, files } = server.device;
  const before = Buffer.from(flash);
  Object.assign(server.faults, faults);
  await trouble.before?.(bench);
  trouble.during?.(bench, random);
  const error = await device.write({ image }).then(
    () => null,
    (reason: unknown) => {
      assert.ok(isBkError(reason), String(reason));
      return reason;
    },
  );
  const same = (offset: number, length: number) =>
    flash.subarray(offset, offset + length).equals(before.subarray(offset, offset + length));
  const isAsBefore = same(files.offset, files.length) && same(0x1d0000, 0x30000);
  const { installed } = server.device;
  const runsOld = installed.length === 0 && same(0, server.device.slot.offset);
  await server.close();
  return { error, installed, isAsBefore, runsOld };
}

/** As a program does that sends more than there is room for. */
async function refuseOne({ server }: WebBench): Promise<void> {
  const bytes = Buffer.alloc(0x600, 0x5a);
  await fetch(`${server.url}/api/flash/1ffe00`, { method: 'POST', body: bytes }).catch(() => {});
  assert.equal(server.count('refused'), 1);
}
