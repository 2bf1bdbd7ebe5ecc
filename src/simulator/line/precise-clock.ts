import { type Clock, systemClock, type Timer, type TimerOptions } from '../../clock';

interface Roughly extends TimerOptions {
  rough?: boolean;
}

/** For a timer that may come a millisecond late. Clocks that know nothing of it ignore it. */
export const ROUGH: Roughly = { rough: true };

/** How long before its moment a timer starts to look at the clock in every turn of the event loop, in ms. */
const NEAR_MS = 1.5;

interface Waiting {
  timer: Timer | undefined;
  immediate: NodeJS.Immediate | undefined;
}

/**
 * Fires when it should: the system's timers come about a millisecond late, which on a serial line
 * at full speed would cost several per cent of every exchange. The last stretch is waited out turn by
 * turn, so the event loop goes on with everything else.
 */
export class PreciseClock implements Clock {
  readonly #base: Clock;

  constructor(base: Clock = systemClock) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now();
  }

  date(): Date {
    return this.#base.date();
  }

  setTimeout(callback: () => void, ms: number, options?: Roughly): Timer {
    const waiting: Waiting = { timer: undefined, immediate: undefined };
    if (options?.background || options?.rough) {
      waiting.timer = this.#base.setTimeout(callback, ms, options);
      return waiting;
    }
    const due = this.#base.now() + ms;
    const look = () => {
      waiting.timer = undefined;
      if (this.#base.now() >= due) callback();
      else waiting.immediate = setImmediate(look);
    };
    const far = Math.floor(ms - NEAR_MS);
    if (far >= 1) waiting.timer = this.#base.setTimeout(look, far);
    else waiting.immediate = setImmediate(look);
    return waiting;
  }

  clearTimeout(timer: Timer): void {
    const waiting = timer as Waiting;
    if (waiting.timer !== undefined) this.#base.clearTimeout(waiting.timer);
    if (waiting.immediate !== undefined) clearImmediate(waiting.immediate);
  }
}
