import type { Clock, Timer } from '../../../src';

/** Waits until so much time has passed, or somebody calls. */
export class Pause {
  readonly #clock: Clock;
  #end: (() => void) | null = null;
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wait(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      let timer: Timer = null;
      const end = () => {
        this.#clock.clearTimeout(timer);
        this.#end = null;
        resolve();
      };
      timer = this.#clock.setTimeout(end, ms);
      this.#end = end;
    });
  }

  call(): void {
    this.#end?.();
  }

  /** From now on there is nothing to wait for. */
  over(): void {
    this.#isOver = true;
    this.call();
  }
}
