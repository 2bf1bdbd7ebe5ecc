import type { Command } from '../../protocol/commands/command-table';
import { LATENCY_MS, lineTime } from '../../protocol/timing';
import { ChecksumPace } from './checksum-pace';
import { LineLatency } from './line-latency';

/** How much longer than usual an operation may take before somebody looks after the chip. */
const FACTOR = 1.15;
/** And a reserve for adapters and busy hosts, ms: for operations whose usual time is known, and for all others. */
const RESERVE_MS = 35;
const ANSWER_RESERVE_MS = 50;
/** A checksum of so many bytes takes the chip no time that counts beside the line's. */
const NO_WORK = 512;
/**
 * Over a line that takes longer a chip that reboots in the midst of an erase or a program is not called in time anyway,
 * ms: by the time that its silence is noticed, and a call is there at the boot rate, it has stopped listening.
 */
const CATCHABLE_MS = 110;
/** The same for all other commands: the chip is called at the rate of before first. */
const SECOND_LOOK_MS = 60;
/** So much of a checksum's time over such a line is its work at least: too much is the careful side. */
const SHARE_OF_WORK = 0.25;
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
  /** What is known of the line's own time. */
  readonly line = new LineLatency();
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
    return this.line.least;
  }

  /** How long an answer to a call may be on its way after the call, ms. */
  get lateness(): number {
    const { isLate, least, slowest, slack } = this.line;
    return isLate ? Math.max(2 * least, slowest + slack) : 2 * least;
  }

  /**
   * Whether it is worth a second look when a command is not answered in time: over a late line, and unless a chip that
   * rebooted in it would be missed by that.
   * @param tells whether the chip has another rate after a reboot, and hears no call at this one
   */
  isWorthSecondLook(command: Command<never, unknown>, tells: boolean): boolean {
    if (this.line.slowest <= SECOND_LOOK_MS || !this.line.isLate) return false;
    return !tells || !this.catchesReboots || command.usualWork === undefined;
  }

  /** Whether a chip that reboots in an erase or a program is noticed so early that it can be called while it listens. */
  get catchesReboots(): boolean {
    return this.line.latest <= CATCHABLE_MS;
  }

  /**
   * How many bytes a checksum may be of, so that a chip which reboots in it is missed in time. Where that cannot be, it
   * may take as long as the way there and back twice: each portion costs that way.
   */
  get checksumReach(): number {
    return this.#pace.reach(this.catchesReboots ? 0 : 2 * this.line.slowest);
  }

  /** ms to wait for a whole answer, counted from now. */
  limit<Args>(command: Command<Args, unknown>, args: Args, onWire: number, now: number): number {
    const { slowest, slack } = this.line;
    const delay = FACTOR * slowest + ANSWER_RESERVE_MS + slack;
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
    const way = this.catchesReboots ? this.latency : slowest + slack;
    return Math.min(longest, onWire + FACTOR * (usual + way) + RESERVE_MS);
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
      gap: FACTOR * this.line.slowest + ANSWER_RESERVE_MS + this.line.slack + piece,
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
      if (bytes <= NO_WORK) this.line.learn(took);
      else this.#pace.learn(bytes, this.#workOf(took));
      return;
    }
    if (command.usualWork === undefined) {
      this.line.learn(took);
      return;
    }
    this.#latest = null;
    const key = keyOf(command, args);
    const usual = this.#seen.get(key) ?? command.usualWork(args);
    this.#seen.set(
      key,
      Math.max(usual, took - (this.catchesReboots ? this.latency : this.line.slowest)),
    );
  }

  /** What of an answer's time was the chip's work. Where the line's own time is long and varies it is not known well. */
  #workOf(took: number): number {
    if (this.catchesReboots) return took - this.latency;
    return Math.max(took - this.line.slowest, SHARE_OF_WORK * took);
  }
}

/** Operations of one kind have one usual time each. */
function keyOf<Args>(command: Command<Args, unknown>, args: Args): string {
  return `${command.name} ${command.usualWork?.(args)}`;
}
