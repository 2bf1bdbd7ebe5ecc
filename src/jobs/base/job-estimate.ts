import type { Phase } from '../../errors';

/** The most that a job has reached before it is over. */
const BEFORE_THE_END = 0.99;
/** For so long the plan is believed more than the clock, seconds. */
const TRUST_SECONDS = 1;

/**
 * How far a job is as a whole: its phases, weighted by the seconds that each is planned to take. Whenever the plan
 * changes, the way that is left is shared out anew among the seconds that are left: so the share that is reached
 * neither falls nor waits for a plan that has grown. Pure: time is told to it.
 */
export class JobEstimate {
  /** Planned seconds left of each phase. */
  readonly #left = new Map<Phase, number>();
  /** Share reached, and planned seconds left, when the plan was last changed. */
  #reached = 0;
  #leftThen = 0;
  #percent = 0;
  /** Planned seconds of what is done, and what it took. */
  #worked = 0;
  #took = 0;

  /** 0 to 99, whole; never falls. */
  get percent(): number {
    this.#percent = Math.max(this.#percent, Math.floor(100 * this.#share()));
    return this.#percent;
  }

  /** For all that is left, at the pace of what is done; null while nothing is planned. */
  get secondsLeft(): number | null {
    if (this.#left.size === 0) return null;
    const pace = (this.#took + TRUST_SECONDS) / (this.#worked + TRUST_SECONDS);
    return this.#allLeft() * pace;
  }

  /** Planned seconds left of one phase. */
  leftOf(phase: Phase): number {
    return this.#left.get(phase) ?? 0;
  }

  /** From here on a phase is planned to take so many seconds. */
  expect(phase: Phase, seconds: number): void {
    this.#reached = this.#share();
    this.#left.set(phase, seconds);
    this.#leftThen = this.#allLeft();
  }

  /** So many planned seconds of a phase are done. @param took what they were in truth */
  spend(phase: Phase, seconds: number, took: number): void {
    const left = this.leftOf(phase);
    const spent = Math.min(left, seconds);
    this.#left.set(phase, left - spent);
    this.#worked += spent;
    this.#took += took;
  }

  #share(): number {
    if (this.#leftThen === 0) return this.#reached;
    const done = 1 - this.#allLeft() / this.#leftThen;
    return Math.min(BEFORE_THE_END, this.#reached + (1 - this.#reached) * done);
  }

  #allLeft(): number {
    let sum = 0;
    for (const seconds of this.#left.values()) sum += seconds;
    return sum;
  }
}
