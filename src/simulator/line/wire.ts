import type { Clock, Timer, TimerOptions } from '../../clock';
import { PIECE_MS } from '../setup/chip-timing';
import { ROUGH } from './precise-clock';

/** Bytes that go over the wire together at one rate. */
interface Train {
  bytes: Buffer;
  taken: number;
  start: number;
  byteMs: number;
  rate: number | null;
}

export interface Arrival {
  bytes: Buffer;
  /** When the last of them was there, in the clock's ms. */
  end: number;
  byteMs: number;
  /** The sender's rate; null where it is unknown and counts as right; NaN where it changed on the way. */
  rate: number | null;
}

/** Slack for rounding, so that a timer that fires a hair early does not ask for another. */
const HAIR = 1e-6;

/**
 * One direction of a serial line. Every byte has an absolute time, so a late timer delays what it
 * hands over but never what follows. One timer at most, and none while the line is empty.
 */
export class Wire {
  #clock: Clock;
  readonly #deliver: (arrival: Arrival) => void;
  readonly #most: number;
  #trains: Train[] = [];
  #timer: Timer | undefined;
  #running = false;
  #freeAt = Number.NEGATIVE_INFINITY;

  /** @param most bytes that are handed over together */
  constructor(
    clock: Clock,
    deliver: (arrival: Arrival) => void,
    most: number = Number.POSITIVE_INFINITY,
  ) {
    this.#clock = clock;
    this.#most = most;
    this.#deliver = deliver;
  }

  /** When the last byte that was sent has arrived. */
  get freeAt(): number {
    return this.#freeAt;
  }

  /** Queues bytes from `at` on; returns when the last of them will be there. */
  send(bytes: Buffer, at: number, byteMs: number, rate: number | null): number {
    const start = Math.max(at, this.#freeAt);
    this.#freeAt = start + bytes.length * byteMs;
    this.#trains.push({ bytes, taken: 0, start, byteMs, rate });
    if (!this.#running && this.#timer === undefined) this.#schedule();
    return this.#freeAt;
  }

  /** The sender changed its rate: what is still on its way arrives spoilt. */
  spoil(): void {
    for (const train of this.#trains) train.rate = Number.NaN;
  }

  /** Hands over what has arrived by now and drops the rest. */
  cut(at: number): void {
    const [train] = this.#trains;
    this.#trains = [];
    this.#freeAt = Math.min(this.#freeAt, at);
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (train === undefined || train.byteMs === 0 || this.#running) return;
    const there = Math.min(train.bytes.length, Math.floor((at - train.start) / train.byteMs));
    if (there > train.taken) this.#hand(train, there);
  }

  /** Only for an empty line. */
  useClock(clock: Clock): void {
    this.#clock = clock;
    this.#freeAt = Number.NEGATIVE_INFINITY;
  }

  #schedule(): void {
    const [train] = this.#trains;
    if (train === undefined) return;
    const upTo = nextPiece(train, this.#most);
    const ms = Math.max(0, timeOf(train, upTo) - this.#clock.now());
    // Only the end of a train is somebody's cue; pieces on the way may come a little late.
    const options: TimerOptions | undefined = upTo < train.bytes.length ? ROUGH : undefined;
    this.#timer = this.#clock.setTimeout(() => this.#run(), ms, options);
  }

  #run(): void {
    this.#timer = undefined;
    this.#running = true;
    const now = this.#clock.now() + HAIR;
    for (;;) {
      const [train] = this.#trains;
      if (train === undefined) break;
      const upTo = nextPiece(train, this.#most);
      if (timeOf(train, upTo) > now) break;
      if (upTo === train.bytes.length) this.#trains.shift();
      this.#hand(train, upTo);
    }
    this.#running = false;
    if (this.#timer === undefined) this.#schedule();
  }

  #hand(train: Train, upTo: number): void {
    const bytes = train.bytes.subarray(train.taken, upTo);
    train.taken = upTo;
    this.#deliver({ bytes, end: timeOf(train, upTo), byteMs: train.byteMs, rate: train.rate });
  }
}

function timeOf(train: Train, upTo: number): number {
  return train.start + upTo * train.byteMs;
}

function nextPiece(train: Train, most: number): number {
  const left = train.bytes.length - train.taken;
  const piece =
    train.byteMs === 0 ? left : Math.max(1, Math.min(most, Math.floor(PIECE_MS / train.byteMs)));
  return left <= piece * 1.25 ? train.bytes.length : train.taken + piece;
}
