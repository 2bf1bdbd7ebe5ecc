import { isDeepStrictEqual } from 'node:util';
import { answers, type Command } from '../../protocol/commands/command-table';
import type { Frame } from '../../protocol/frames';

/** Answers that come sooner leave nothing to be gained, ms. */
const WORTH_MS = 2;

/**
 * Whether a chip takes the next command while it still answers the last one. Nobody knows that of all of them, so it is
 * tried with reads, which change nothing, and given up at the first doubt; for good where it is remembered for the
 * chip on its port.
 */
export class AheadTrust {
  #isDoubted = false;

  doubt(): void {
    this.#isDoubted = true;
  }

  /** @param latency ms for which answers are kept back */
  isWorth(latency: number): boolean {
    return !this.#isDoubted && latency >= WORTH_MS;
  }
}

/** A command that was sent before the answer to the one before it had come. */
export class CommandAhead {
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
