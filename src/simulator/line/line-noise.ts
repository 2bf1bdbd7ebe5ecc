import type { Random } from '../../clock';
import { below } from '../setup/prng';

/** Two ends further apart than this read garbage; 8N1 bears 4 to 5 % with edges and both ends' errors. */
const TOLERANCE = 0.03;
/** Of the bytes sent faster than the wiring allows, how many arrive changed. */
const OVERDRIVEN = 0.05;
/** Of the bytes sent at a wrong rate, how many are not seen as bytes at all. */
const UNSEEN = 0.3;

export interface Rates {
  /** Bits per second; null where unknown, which counts as right; NaN where it changed on the way. */
  sender: number | null;
  receiver: number | null;
  /** The line is driven faster than it bears. */
  overdriven: boolean;
}

/** What arrives of bytes that were sent. Returns the same buffer where nothing happens to them. */
export function throughLine(bytes: Buffer, rates: Rates, random: Random): Buffer {
  if (!agree(rates.sender, rates.receiver)) {
    const garbage = Buffer.alloc(bytes.length);
    let length = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (random() >= UNSEEN) garbage[length++] = below(random, 256);
    }
    return garbage.subarray(0, length);
  }
  if (!rates.overdriven) return bytes;
  const copy = Buffer.from(bytes);
  for (let at = 0; at < copy.length; at++) {
    if (random() < OVERDRIVEN) copy[at] = (copy[at] as number) ^ (1 + below(random, 255));
  }
  return copy;
}

function agree(sender: number | null, receiver: number | null): boolean {
  if (sender === null || receiver === null) return !Number.isNaN(sender ?? 0);
  return Math.abs(sender / receiver - 1) <= TOLERANCE;
}

/** Changes one to three bytes of an answer, or cuts off its end. */
export function spoilt(answer: Buffer, random: Random): Buffer {
  if (random() < 0.5) return answer.subarray(0, below(random, answer.length));
  const copy = Buffer.from(answer);
  for (let count = 1 + below(random, 3); count > 0; count--) {
    const at = below(random, copy.length);
    copy[at] = (copy[at] as number) ^ (1 + below(random, 255));
  }
  return copy;
}
