import { BkError } from '../errors';
import { say } from '../texts/note';

/** Gives a turn on to the next one. To be called once. */
export type Release = () => void;

/** Those who want the same port: one at a time, first come, first served. */
export class TurnQueue {
  #tail: Promise<void> = Promise.resolve();
  #users = 0;

  /** Whether nobody has the turn or waits for it. */
  get isEmpty(): boolean {
    return this.#users === 0;
  }

  /**
   * Waits for the turn. Who waits counts from this call on.
   * @param port for messages
   * @throws BkError BK_CANCELLED while waiting
   */
  async take(signal: AbortSignal | undefined, port: string): Promise<Release> {
    const before = this.#tail;
    let handOn: () => void = () => {};
    const own = new Promise<void>((resolve) => {
      handOn = resolve;
    });
    this.#users++;
    const release = (): void => {
      this.#users--;
      handOn();
    };
    // Who gives up waiting still hands the turn on when it comes.
    this.#tail = before.then(() => own);
    try {
      await orAborted(before, signal, port);
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }
}

function orAborted(
  turn: Promise<void>,
  signal: AbortSignal | undefined,
  port: string,
): Promise<void> {
  if (signal === undefined) return turn;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new BkError('BK_CANCELLED', say('session.cancelledInQueue', { port })));
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    turn.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
