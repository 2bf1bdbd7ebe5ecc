import type { Phase } from '../../errors';

/** The most that is told before a job is over. */
const BEFORE_THE_END = 99;
/** For so long the plan is believed more than the clock, seconds. */
const TRUST_SECONDS = 1;

/**
 * How far a job is as a whole: its phases, weighted by the seconds that each is planned to take. The plan may change
 * on the way; a percent that was told does not fall for it, but waits. Pure: time is told to it.
 */
export class JobEstimate {
  /** Planned seconds left of each phase. */
  readonly #left = new Map<Phase, number>();
  /** Planned seconds of what is done, and what that took. */
  #worked = 0;
  #took = 0;
  #percent = 0;

  /** 0 to 99, whole; never falls. */
  get percent(): number {
    if (this.#worked === 0) return this.#percent;
    const reached = Math.floor((100 * this.#worked) / (this.#worked + this.#allLeft()));
    this.#percent = Math.max(this.#percent, Math.min(BEFORE_THE_END, reached));
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
    this.#left.set(phase, seconds);
  }

  /** So many planned seconds of a phase are done, if it had as many left. @param took what they were in truth */
  spend(phase: Phase, seconds: number, took: number): void {
    const left = this.leftOf(phase);
    const spent = Math.min(left, seconds);
    this.#left.set(phase, left - spent);
    this.#worked += spent;
    this.#took += took;
  }

  #allLeft(): number {
    let sum = 0;
    for (const seconds of this.#left.values()) sum += seconds;
    return sum;
  }
}
