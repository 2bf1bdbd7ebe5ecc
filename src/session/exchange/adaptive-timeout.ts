import type { Command } from '../../protocol/commands/command-table';
import { LATENCY_MS, lineTime } from '../../protocol/timing';
import { ChecksumPace } from './checksum-pace';

/** How much longer than usual an operation may take before somebody looks after the chip. */
const FACTOR = 1.15;
/** And a reserve for adapters and busy hosts, ms: for operations whose usual time is known, and for all others. */
const RESERVE_MS = 35;
const ANSWER_RESERVE_MS = 50;
/** Of so many of the latest answers the quickest and the slowest tell how long the line itself takes. */
const TRIPS_KEPT = 8;
/** A checksum of so many bytes takes the chip no time that counts beside the line's. */
const NO_WORK = 512;
/** What takes longer is no matter of the line, ms. */
const LONGEST_TRIP_MS = 400;
/** So much of an answer may come in one piece, where a network carries the line, bytes; or what a line brings in so many ms. */
const PIECE = 1460;
const PIECE_MS = 90;

/** How long an answer may be silent, ms. */
export interface Patience {
  /** From the request to its first bytes. */
  readonly first: number;
  /** From some of its bytes to the next. */
  readonly gap: number;
  /** From the request to its end, whatever comes. */
  readonly longest: number;
}

/**
 * How long to wait for an answer. There are two limits: the usual time, learned from this very chip and its line,
 * after which it is worth looking whether it has rebooted; and the longest time, until which it may simply be
 * slow.
 */
export class AdaptiveTimeout {
  /** Longest work seen so far, by command and arguments that matter, ms. */
  readonly #seen = new Map<string, number>();
  /** How long the latest answers took that needed next to no work, ms. */
  readonly #trips: number[] = [];
  /** The same by calls that were made one upon the other: an adapter passes their answers on together, so that it is the least. */
  #guess = 0;
  readonly #pace = new ChecksumPace();
  #busyUntil = 0;
  /** The latest operation that was given less than its longest time. */
  #latest: { key: string; usual: number } | 'checksum' | null = null;

  /** The time on the clock until which the chip may still be at work on what was asked last. */
  get busyUntil(): number {
    return this.#busyUntil;
  }

  /**
   * How long adapter, driver and network keep a request and its answer, ms: next to nothing on most, some
   * 16 on some adapters, and more where the serial line comes over a network.
   */
  get latency(): number {
    return this.#trips.length === 0 ? this.#guess : Math.max(0, Math.min(...this.#trips));
  }

  /** How many bytes a checksum may be of, so that a chip which reboots in it is missed in time. */
  get checksumReach(): number {
    return this.#pace.reach;
  }

  /** ms to wait for a whole answer, counted from now. */
  limit<Args>(command: Command<Args, unknown>, args: Args, onWire: number, now: number): number {
    const delay = FACTOR * this.#slowest + ANSWER_RESERVE_MS;
    const longest = onWire + command.work(args) + Math.max(LATENCY_MS, delay);
    this.#busyUntil = now + longest;
    this.#latest = null;
    if (command.covers !== undefined) {
      this.#latest = 'checksum';
      return Math.min(longest, onWire + FACTOR * this.#pace.ms(command.covers(args)) + delay);
    }
    if (command.usualWork === undefined) return Math.min(longest, onWire + delay);
    const key = keyOf(command, args);
    const usual = this.#seen.get(key) ?? command.usualWork(args);
    this.#latest = { key, usual };
    return Math.min(longest, onWire + FACTOR * (usual + this.latency) + RESERVE_MS);
  }

  /**
   * The same in parts: a long answer that does not begin, or breaks off, is missed long before it could be complete.
   * @param request bytes of the request
   */
  patience<Args>(
    command: Command<Args, unknown>,
    args: Args,
    { request, baudRate, now }: { request: number; baudRate: number; now: number },
  ): Patience {
    const onWire = lineTime(request + command.answerBytes, baudRate);
    const limit = this.limit(command, args, onWire, now);
    const piece = Math.min(
      lineTime(command.answerBytes, baudRate),
      Math.max(lineTime(PIECE, baudRate), PIECE_MS),
    );
    return {
      first: limit - lineTime(command.answerBytes, baudRate) + piece,
      gap: FACTOR * this.#slowest + ANSWER_RESERVE_MS + piece,
      longest: this.#busyUntil - now,
    };
  }

  /**
   * The chip did not answer in the usual time and is still there: it may be a slow part, and gets twice
   * as long the next time. Not more, as it may as well have rebooted at the rate that it had.
   */
  extend(): void {
    if (this.#latest === 'checksum') this.#pace.slower();
    else if (this.#latest !== null) this.#seen.set(this.#latest.key, 2 * this.#latest.usual);
    this.#latest = null;
  }

  /** The chip answered so many ms after the time that its bytes took on the wire. */
  learn<Args>(command: Command<Args, unknown>, args: Args, took: number): void {
    this.#busyUntil = 0;
    // A link check that is answered says nothing about the operation before it, and may answer one that was
    // sent earlier.
    if (command.kind === 'link') return;
    if (command.covers !== undefined) {
      this.#latest = null;
      const bytes = command.covers(args);
      if (bytes <= NO_WORK) this.learnTrip(took);
      else this.#pace.learn(bytes, took - this.latency);
      return;
    }
    if (command.usualWork === undefined) {
      this.learnTrip(took);
      return;
    }
    this.#latest = null;
    const key = keyOf(command, args);
    const usual = this.#seen.get(key) ?? command.usualWork(args);
    this.#seen.set(key, Math.max(usual, took - this.latency));
  }

  /** A chip was called many times and has answered; so long after the latest call came its last answer, ms. */
  guessTrip(took: number): void {
    this.#guess = Math.min(took, LONGEST_TRIP_MS);
  }

  /** An answer that took next to no work came so many ms after the time that its bytes took on the wire. */
  learnTrip(took: number): void {
    this.#trips.push(Math.min(took, LONGEST_TRIP_MS));
    if (this.#trips.length > TRIPS_KEPT) this.#trips.shift();
  }

  /** The longest that the line has taken of late; before anything is known of it, what is usual at most. */
  get #slowest(): number {
    return this.#trips.length === 0
      ? Math.max(LATENCY_MS, this.#guess)
      : Math.max(0, ...this.#trips);
  }
}

/** Operations of one kind have one usual time each. */
function keyOf<Args>(command: Command<Args, unknown>, args: Args): string {
  return `${command.name} ${command.usualWork?.(args)}`;
}
