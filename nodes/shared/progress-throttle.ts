import type { Clock, Progress } from '../../src/index';

/** Five a second is all that an editor and a flow can follow. */
const INTERVAL_MS = 200;

/**
 * Thins out progress, but always lets the first and the last report of a phase through. It works
 * from timestamps alone: there is no timer that could outlive the job.
 */
export class ProgressThrottle {
  readonly #clock: Clock;
  readonly #emit: (progress: Progress) => void;
  #previous: Progress | null = null;
  #held: Progress | null = null;
  #emittedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, emit: (progress: Progress) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  report(progress: Progress): void {
    const before = this.#previous;
    const isFirst = before?.phase !== progress.phase || before.operation !== progress.operation;
    // What a person has to do must not wait: no later report may come while the job waits for them.
    const isCall = progress.waitsForPerson && !before?.waitsForPerson;
    this.#previous = progress;
    if (isFirst) this.flush();
    if (isFirst || isCall || this.#clock.now() - this.#emittedAt >= INTERVAL_MS)
      this.#send(progress);
    else this.#held = progress;
  }

  /** Sends what was held back: it was the last of its phase. To be called when the job ends. */
  flush(): void {
    if (this.#held !== null) this.#send(this.#held);
  }

  #send(progress: Progress): void {
    this.#held = null;
    this.#emittedAt = this.#clock.now();
    this.#emit(progress);
  }
}
