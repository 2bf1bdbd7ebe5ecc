import type { Random } from '../../clock';

/** What a stream of chance is for; each has its own, so that faults do not change the contents. */
export type Stream = 'contents' | 'faults' | 'line' | 'cells' | 'mac' | 'rom' | 'efuse' | 'otp';

const SALT: Readonly<Record<Stream, number>> = {
  contents: 0x9e3779b9,
  faults: 0x7f4a7c15,
  line: 0x2545f491,
  cells: 0x1b873593,
  mac: 0x85ebca6b,
  rom: 0xc2b2ae35,
  efuse: 0x27d4eb2f,
  otp: 0x165667b1,
};

/** A seeded stream of numbers in [0, 1): mulberry32, small and good enough for noise. */
export function seeded(seed: number, stream: Stream): Random {
  let state = (Math.imul(seed ^ SALT[stream], 0x2c1b3c6d) ^ SALT[stream]) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
}

/** A whole number in [0, limit). */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** Fills a stretch of a buffer with random bytes, four from each number drawn. */
export function fillRandom(random: Random, bytes: Buffer): Buffer {
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(below(random, 0x100000000), at);
  for (; at < bytes.length; at++) bytes[at] = below(random, 256);
  return bytes;
}
