import { isDeepStrictEqual } from 'node:util';
import type { Clock, Timer } from '../../clock';
import { answers, type Command } from '../../protocol/commands/command-table';
import type { Frame } from '../../protocol/frames';

/** Answers that come sooner leave nothing to be gained, ms. */
const WORTH_MS = 2;
/**
 * So many are under way at most besides the one that is waited for: 12 bytes each, should a network let them go all at
 * once, and these chips' UARTs hold 128.
 */
const MOST = 8;

/**
 * Whether a chip takes the next command while it still answers the last one. Nobody knows that of all of them, so it is
 * tried with reads, which change nothing, and given up at the first doubt; for good where it is remembered for the
 * chip on its port. Several of them go down to one first.
 */
export class AheadTrust {
  #most = MOST;

  /** @param count how many were under way when one did not come */
  doubt(count = 1): void {
    this.#most = count > 1 ? Math.min(1, this.#most) : 0;
  }

  /**
   * How many commands are worth being sent ahead, so that the line is never idle.
   * @param latency ms for which answers are kept back at least
   * @param away ms that answers are under way over a line that is late; 0 on others
   * @param answerMs what one answer takes on the line
   */
  depth(latency: number, away: number, answerMs: number): number {
    if (latency < WORTH_MS) return 0;
    return Math.min(this.#most, Math.max(1, Math.ceil(away / answerMs)));
  }
}

/** A command that was sent before the answer to the one before it had come. */
class CommandAhead {
  readonly #command: Command<never, unknown>;
  readonly #args: unknown;
  /** Its answer, where that came before anybody asked for it. */
  #frame: Frame | null = null;

  constructor(command: Command<never, unknown>, args: unknown) {
    this.#command = command;
    this.#args = args;
  }

  get frame(): Frame | null {
    return this.#frame;
  }

  get answerBytes(): number {
    return this.#command.answerBytes;
  }

  is(command: Command<never, unknown>, args: unknown): boolean {
    return command === this.#command && isDeepStrictEqual(args, this.#args);
  }

  /** Keeps a frame that is its answer. */
  take(frame: Frame): boolean {
    if (this.#frame !== null || !answers(this.#command, frame) || frame.status !== 0) return false;
    if (this.#command.parse(frame.payload, this.#args as never) === undefined) return false;
    this.#frame = { ...frame, payload: Buffer.from(frame.payload) };
    return true;
  }
}

/** Commands that were sent ahead, in the order in which they will be answered. */
export class CommandsAhead {
  readonly #clock: Clock;
  #sent: CommandAhead[] = [];
  #timer: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#sent.length;
  }

  /** Whether something is under way that has not come. */
  get isWaitedFor(): boolean {
    return this.#sent.some(({ frame }) => frame === null);
  }

  /** Bytes of what has not come. */
  get answerBytes(): number {
    return this.#sent.reduce((sum, one) => sum + (one.frame === null ? one.answerBytes : 0), 0);
  }

  /** Takes the first one out, where it is this command. @returns null where it is not; its answer, if that has come */
  takeFirst(command: Command<never, unknown>, args: unknown): { frame: Frame | null } | null {
    if (this.#sent[0]?.is(command, args) !== true) return null;
    return { frame: this.#sent.shift()?.frame ?? null };
  }

  /** Keeps a frame that is the answer to one of them. */
  take(frame: Frame): boolean {
    return this.#sent.some((one) => one.take(frame));
  }

  /**
   * Sends what of a row is not under way yet: the first at once, each of the others only when the chip will have
   * answered one more, so that they do not pile up at it.
   */
  fill<Args>(
    command: Command<Args, unknown>,
    row: readonly Args[],
    { everyMs, send }: { everyMs: number; send: (args: Args) => void },
  ): void {
    this.hold();
    const own = command as Command<never, unknown>;
    // What is under way is not what is wanted now: it is waited for first.
    if (!this.#sent.every((one, index) => one.is(own, row[index]))) return;
    const args = row[this.#sent.length];
    if (args === undefined) return;
    this.#sent.push(new CommandAhead(own, args));
    send(args);
    this.#timer = this.#clock.setTimeout(() => this.fill(command, row, { everyMs, send }), everyMs);
  }

  /** Sends no more. */
  hold(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  forget(): void {
    this.hold();
    this.#sent = [];
  }
}
