import type { Command } from '../../protocol/commands/command-table';
import { LATENCY_MS } from '../../protocol/timing';

/** How much longer than usual an operation may take before somebody looks after the chip. */
const FACTOR = 1.15;
/** And a reserve for adapters and busy hosts, ms. */
const RESERVE_MS = 35;
/** Of so many of the latest answers the quickest tells how long the line itself takes. */
const TRIPS_KEPT = 8;

/**
 * How long to wait for an answer. Flash operations have two limits: the usual time, learned from this
 * very chip, after which it is worth looking whether it has rebooted; and the longest time, until which
 * it may simply be slow.
 */
export class AdaptiveTimeout {
  /** Longest work seen so far, by command and arguments that matter, ms. */
  readonly #seen = new Map<string, number>();
  /** How long the latest answers took that needed next to no work, ms. */
  readonly #trips: number[] = [];
  #busyUntil = 0;
  /** The latest operation that was given less than its longest time. */
  #latest: { key: string; usual: number } | null = null;

  /** The time on the clock until which the chip may still be at work on what was asked last. */
  get busyUntil(): number {
    return this.#busyUntil;
  }

  /**
   * How long adapter, driver and network keep a request and its answer, ms: next to nothing on most, some
   * 16 on some adapters, and more where the serial line comes over a network.
   */
  get latency(): number {
    return this.#trips.length === 0 ? 0 : Math.max(0, Math.min(...this.#trips));
  }

  /** ms to wait for an answer, counted from now. */
  limit<Args>(command: Command<Args, unknown>, args: Args, onWire: number, now: number): number {
    const longest = onWire + command.work(args) + LATENCY_MS;
    this.#busyUntil = now + longest;
    this.#latest = null;
    if (command.usualWork === undefined) return longest;
    const key = keyOf(command, args);
    const usual = this.#seen.get(key) ?? command.usualWork(args);
    this.#latest = { key, usual };
    return Math.min(longest, onWire + FACTOR * (usual + this.latency) + RESERVE_MS);
  }

  /**
   * The chip did not answer in the usual time and is still there: it may be a slow part, and gets twice
   * as long the next time. Not more, as it may as well have rebooted at the rate that it had.
   */
  extend(): void {
    if (this.#latest !== null) this.#seen.set(this.#latest.key, 2 * this.#latest.usual);
    this.#latest = null;
  }

  /** The chip answered so many ms after the time that its bytes took on the wire. */
  learn<Args>(command: Command<Args, unknown>, args: Args, took: number): void {
    this.#busyUntil = 0;
    // A link check that is answered says nothing about the operation before it, and may answer one that was
    // sent earlier.
    if (command.usualWork === undefined) {
      if (command.kind !== 'link') this.#learnTrip(took);
      return;
    }
    this.#latest = null;
    const key = keyOf(command, args);
    const usual = this.#seen.get(key) ?? command.usualWork(args);
    this.#seen.set(key, Math.max(usual, took - this.latency));
  }

  #learnTrip(took: number): void {
    this.#trips.push(took);
    if (this.#trips.length > TRIPS_KEPT) this.#trips.shift();
  }
}

/** Operations of one kind have one usual time each. */
function keyOf<Args>(command: Command<Args, unknown>, args: Args): string {
  return `${command.name} ${command.usualWork?.(args)}`;
}
