/**
 * npm run bench:inspect: how long 2 MiB take to be inspected, as a dump, an application and a bootloader with
 * one, and how long that blocks the event loop at a stretch; the same for files that were made to keep it
 * busy; and `--fuzz N`: that any bytes end in a typed answer, in bounded time.
 */
import { parseArgs } from 'node:util';
import { inspect } from '../src/image/inspect/inspect';
import { noise } from '../test/support/bench-device';
import { detectImage } from '../test/support/detect-image';
import { HOSTILE } from '../test/support/hostile';
import { appImage, flashImage, rblFile, uf2File, ugFile } from '../test/support/images';
import { tuyaStorage } from '../test/support/tuya-storage';

const LIMITS = {
  totalMs: 300,
  stretchMs: 50,
  oneInputMs: 250,
  hostileMs: 2000,
  hostileStretchMs: 150,
};
const RUNS = 9;
const STORAGE = 0x1ee000;

interface Stretches {
  totalMs: number;
  longestMs: number;
}

/** Times one inspection, and each stretch of it between two rests. */
async function measure(dump: Buffer): Promise<Stretches> {
  const start = performance.now();
  let begun = start;
  let longestMs = 0;
  const ends = (): void => {
    longestMs = Math.max(longestMs, performance.now() - begun);
  };
  await inspect(dump, {
    pause: async () => {
      ends();
      await new Promise((resolve) => setImmediate(resolve));
      begun = performance.now();
    },
  });
  ends();
  return { totalMs: performance.now() - start, longestMs };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] as number;
}

async function time(): Promise<boolean> {
  const dump = flashImage();
  tuyaStorage().copy(dump, STORAGE);
  const shapes = {
    'a dump': dump,
    'all but its last byte (QIO)': dump.subarray(0, -1),
    'it from 0x11000 on (UA)': dump.subarray(0x11000),
    'it, rotated': Buffer.concat([dump.subarray(0x11000), dump.subarray(0, 0x11000)]),
  };
  let good = true;
  for (const [name, bytes] of Object.entries(shapes)) {
    const cold = await measure(bytes); // what is compiled on the way counts, too
    const runs: Stretches[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await measure(bytes));
    const total = median(runs.map(({ totalMs }) => totalMs));
    const longest = median(runs.map(({ longestMs }) => longestMs));
    console.log(
      `inspect ${name}: ${total.toFixed(0)} ms (at most ${LIMITS.totalMs}), longest stretch ${longest.toFixed(0)} ms (at most ${LIMITS.stretchMs}); medians of ${RUNS}, the first time ${cold.totalMs.toFixed(0)} and ${cold.longestMs.toFixed(0)} ms`,
    );
    good &&= total <= LIMITS.totalMs && longest <= LIMITS.stretchMs;
  }
  return good;
}

/** Files up to 16 MiB that would take minutes if anything in them took longer than its length. */
async function hostile(): Promise<boolean> {
  let good = true;
  for (const [name, make] of Object.entries(HOSTILE)) {
    const { totalMs, longestMs } = await measure(make());
    const fine = totalMs <= LIMITS.hostileMs && longestMs <= LIMITS.hostileStretchMs;
    if (!fine || longestMs > LIMITS.stretchMs)
      console.log(`${name}: ${totalMs.toFixed(0)} ms, longest stretch ${longestMs.toFixed(0)} ms`);
    good &&= fine;
  }
  console.log(
    `${Object.keys(HOSTILE).length} hostile files: at most ${LIMITS.hostileMs} ms each, ${LIMITS.hostileStretchMs} at a stretch: ${good}`,
  );
  return good;
}

/** Random, cut and flipped inputs, small ones mostly; every answer has a kind, and none takes long. */
async function fuzz(count: number): Promise<boolean> {
  const app = appImage();
  const rbl = rblFile(app);
  const uf2 = uf2File({ parts: [{ partition: 'app', schemes: '000000', bytes: app }] });
  const seeds = [app, flashImage(), rbl, ugFile(rbl), uf2, tuyaStorage()];
  const random = noise(1 << 20, 99);
  const kinds = new Map<string, number>();
  let slowest = 0;
  let state = 12345;
  const chance = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < count; round++) {
    const bytes = spoil(seeds, random, chance);
    const begun = performance.now();
    const { kind } = detectImage(bytes);
    slowest = Math.max(slowest, performance.now() - begun);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  console.log(`${count} inputs: a kind each, the slowest ${slowest.toFixed(0)} ms`);
  console.log([...kinds].map(([kind, times]) => `${kind} ${times}`).join(', '));
  return slowest <= LIMITS.oneInputMs;
}

function spoil(seeds: Buffer[], random: Buffer, chance: (below: number) => number): Buffer {
  const length = 1 << chance(13);
  if (chance(3) === 0) {
    const offset = chance(random.length - length);
    return random.subarray(offset, offset + length);
  }
  const seed = seeds[chance(seeds.length)] as Buffer;
  // One in many is a whole file with a few bits flipped; the others are its beginnings.
  const whole = chance(2000) === 0;
  const bytes = Buffer.from(whole ? seed : seed.subarray(0, Math.min(seed.length, length)));
  for (let flips = chance(6); flips > 0 && bytes.length > 0; flips--) {
    const at = chance(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << chance(8));
  }
  return bytes;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fuzz: { type: 'string', default: '20000' } } });
  const good = [await time(), await hostile(), await fuzz(Number(values.fuzz))];
  if (!good.every(Boolean)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
