import { answers, type Command } from '../../protocol/commands/command-table';
import type { Frame } from '../../protocol/frames';
import { refused } from './exchange-errors';

/** Whoever waits for an answer, of whatever kind. */
export interface Waiter {
  /** @returns whether the frame was the answer */
  take(frame: Frame): boolean;
  fail(error: unknown): void;
}

/** Waits for the answer to one command. An answer is known by its code and by all that it echoes. */
export class AnswerWaiter<Args, Answer> implements Waiter {
  readonly answer: Promise<Answer>;
  readonly #command: Command<Args, Answer>;
  readonly #args: Args;
  readonly #port: string;
  readonly #isFollowed: boolean;
  readonly #onSettled: () => void;
  #resolve: (answer: Answer) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  /**
   * @param isFollowed whether another answer may come right behind it
   * @param onSettled called once, before anybody hears of the answer or of its failure
   */
  constructor(
    command: Command<Args, Answer>,
    args: Args,
    port: string,
    isFollowed: boolean,
    onSettled: () => void,
  ) {
    this.#command = command;
    this.#args = args;
    this.#port = port;
    this.#isFollowed = isFollowed;
    this.#onSettled = onSettled;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  take(frame: Frame): boolean {
    const command = this.#command;
    if (!answers(command as Command<never, unknown>, frame)) return false;
    try {
      if (frame.status !== 0) {
        if (!(command.refusal?.(frame.payload, this.#args) ?? true)) return false;
        throw refused(command, this.#args, frame.status, this.#port);
      }
      const answer = command.parse(frame.payload, this.#args);
      if (answer === undefined) return false;
      this.#onSettled();
      // What comes behind it goes into the same buffer.
      this.#resolve(this.#isFollowed && Buffer.isBuffer(answer) ? ownCopy(answer) : answer);
    } catch (error) {
      // A fault in here must end this exchange, and not the process whose port calls it.
      this.fail(error);
    }
    return true;
  }

  fail(error: unknown): void {
    this.#onSettled();
    this.#reject(error);
  }
}

/** Bytes of an answer are a view of what comes in, which the next answer overwrites. */
export function ownCopy<Answer extends number | Buffer>(answer: Answer): Answer {
  return (typeof answer === 'number' ? answer : Buffer.from(answer)) as Answer;
}
