import type { Clock, Timer } from '../../clock';
import type { Arrival } from './wire';

/** Bytes of data in a full packet: two of USB's 64 are the adapter's own. */
export const PACKET = 62;

/**
 * The adapter at the host's end: what fills a packet it passes on at once, the rest only when its timer runs out,
 * which starts with the first byte of a packet. An FT232 does so after 16 ms, unless it is told another time.
 */
export class Adapter {
  readonly #latency: number;
  readonly #pass: (bytes: Buffer) => void;
  #clock: Clock;
  #held: Buffer = Buffer.alloc(0);
  #timer: Timer | undefined;

  /** @param latency ms for which it keeps a packet that is not full; 0 for one that passes all on at once */
  constructor(clock: Clock, latency: number, pass: (bytes: Buffer) => void) {
    this.#clock = clock;
    this.#latency = latency;
    this.#pass = pass;
  }

  /** Takes bytes whose last was there at `end`. */
  take({ bytes, end, byteMs }: Pick<Arrival, 'bytes' | 'end' | 'byteMs'>): void {
    if (this.#latency === 0) {
      this.#pass(bytes);
      return;
    }
    const all = Buffer.concat([this.#held, bytes]);
    const full = all.length - (all.length % PACKET);
    const hadBegun = this.#held.length > 0;
    this.#held = all.subarray(full);
    if (full > 0) {
      this.#stop();
      this.#pass(all.subarray(0, full));
    }
    if (this.#held.length === 0 || (hadBegun && full === 0)) return;
    const begun = end - (this.#held.length - 1) * byteMs;
    const wait = Math.max(0, begun + this.#latency - this.#clock.now());
    this.#timer = this.#clock.setTimeout(() => this.#timeUp(), wait);
  }

  /** Forgets what it holds. */
  empty(): void {
    this.#stop();
    this.#held = Buffer.alloc(0);
  }

  /** Only for one that holds nothing. */
  useClock(clock: Clock): void {
    this.#clock = clock;
  }

  #timeUp(): void {
    this.#timer = undefined;
    const bytes = this.#held;
    this.#held = Buffer.alloc(0);
    this.#pass(bytes);
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
