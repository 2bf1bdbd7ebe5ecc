import type { Clock, Timer } from '../../clock';

/**
 * Link checks that may still be answered. An answer does not tell which of them it is to; but a chip answers in order,
 * so that counting tells whether it is to one that was sent after the latest question.
 */
export class CallsUnderWay {
  #before = 0;
  #since = 0;
  #latest = Number.NEGATIVE_INFINITY;

  /** When the latest was sent, in the clock's ms. */
  get latest(): number {
    return this.#latest;
  }

  sent(now: number): void {
    this.#since++;
    this.#latest = now;
  }

  /** Something else is asked. */
  asks(): void {
    this.#before += this.#since;
    this.#since = 0;
  }

  /** The latest question was answered: whatever was sent before it has been, or never will be. */
  answered(): void {
    this.#before = 0;
  }

  /** One came. @returns whether it is to a call that was sent after the latest question */
  arrived(): boolean {
    if (this.#before > 0) {
      this.#before--;
      return false;
    }
    if (this.#since > 0) this.#since--;
    return true;
  }
}

/** Networks stand still for so long now and then, ms. */
export const STANDSTILL_MS = 1000;
/** How often a chip is called that may have rebooted, ms: one call at least has to fall into the time for which it listens. */
const CALL_EVERY_MS = 25;

/**
 * A second look at a question that was not answered in time over a line that is late: it is called behind it, and what
 * has answered the call has answered the question before, or has lost it. Until then the line may just stand still.
 */
export class SecondLook {
  readonly #clock: Clock;
  readonly #call: () => void;
  readonly #end: Timer;
  #again: Timer | null = null;

  /**
   * @param wayMs what the line itself may take
   * @param repeats whether a chip that has rebooted hears the calls
   */
  constructor(
    clock: Clock,
    {
      wayMs,
      repeats,
      call,
      onOver,
    }: {
      wayMs: number;
      repeats: boolean;
      call: () => void;
      onOver: () => void;
    },
  ) {
    this.#clock = clock;
    this.#call = call;
    this.#end = clock.setTimeout(() => {
      this.stop();
      onOver();
    }, wayMs + STANDSTILL_MS);
    call();
    if (repeats) this.#repeat();
  }

  stop(): void {
    this.#clock.clearTimeout(this.#end);
    if (this.#again !== null) this.#clock.clearTimeout(this.#again);
    this.#again = null;
  }

  #repeat(): void {
    this.#again = this.#clock.setTimeout(() => {
      this.#call();
      this.#repeat();
    }, CALL_EVERY_MS);
  }
}
