import type { Command } from '../protocol/commands';
import { LATENCY_MS } from '../protocol/timing';

/** How much longer than usual an operation may take before somebody looks after the chip. */
const FACTOR = 1.15;
/** And a reserve for adapters and busy hosts, ms. */
const RESERVE_MS = 35;

/**
 * How long to wait for an answer. Flash operations have two limits: the usual time, learned from this
 * very chip, after which it is worth looking whether it has rebooted; and the longest time, until which
 * it may simply be slow.
 */
export class Patience {
  /** Longest work seen so far, by command and arguments that matter, ms. */
  readonly #seen = new Map<string, number>();
  #busyUntil = 0;

  /** The time on the clock until which the chip may still be at work on what was asked last. */
  get busyUntil(): number {
    return this.#busyUntil;
  }

  /** ms to wait for an answer, counted from now. */
  limit<Args>(command: Command<Args, unknown>, args: Args, onWire: number, now: number): number {
    const longest = onWire + command.work(args) + LATENCY_MS;
    this.#busyUntil = now + longest;
    if (command.usualWork === undefined) return longest;
    const usual = this.#seen.get(keyOf(command, args)) ?? command.usualWork(args);
    return Math.min(longest, onWire + FACTOR * usual + RESERVE_MS);
  }

  /** The chip answered after so much work, ms. */
  learn<Args>(command: Command<Args, unknown>, args: Args, work: number): void {
    this.#busyUntil = 0;
    if (command.usualWork === undefined) return;
    const key = keyOf(command, args);
    const usual = this.#seen.get(key) ?? command.usualWork(args);
    this.#seen.set(key, Math.max(usual, work));
  }
}

/** Operations of one kind have one usual time each. */
function keyOf<Args>(command: Command<Args, unknown>, args: Args): string {
  return `${command.name} ${command.usualWork?.(args)}`;
}
