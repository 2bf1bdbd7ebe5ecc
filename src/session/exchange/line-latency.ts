import { LATENCY_MS } from '../../protocol/timing';

/** Of so many of the latest answers the quickest and the slowest tell how long the line itself takes. */
const TRIPS_KEPT = 8;
/** Of so many its usual time is told. */
const TOLD_OF = 64;
/**
 * The longest round trip that is reckoned with, ms: what a satellite or a phone in bad reception takes. Over a line that
 * takes longer a read of 2 MiB would be a matter of many minutes, and nothing of it could be told from a dead chip.
 */
export const LONGEST_TRIP_MS = 2000;
/** No adapter and no host that is only busy keeps answers for longer as a rule, ms: what does is a network. */
const LOCAL_MS = 30;
/** Of a late line that has shown no jitter yet a little is expected all the same, as a part of its time. */
const LEAST_JITTER = 0.25;

/** What is known of the way between host and chip: adapter, driver and, where the line is served elsewhere, the network. */
export class LineLatency {
  /** How long the latest answers took that needed next to no work, ms. */
  readonly #trips: number[] = [];
  readonly #told: number[] = [];
  #waited = 0;
  /** What the opening of the port, and calls that were made one upon the other, have told, ms. */
  #guess = 0;
  /** What is allowed for while nothing is known, ms. */
  #floor = LATENCY_MS;

  /** How long a request and its answer are kept at least, as far as known, ms. */
  get least(): number {
    return this.#trips.length === 0 ? this.#guess : Math.max(0, Math.min(...this.#trips));
  }

  /** The longest that the line has taken of late; before anything is known of it, what is usual at most. */
  get slowest(): number {
    return this.#trips.length === 0
      ? Math.max(this.#floor, this.#guess)
      : Math.max(0, ...this.#trips);
  }

  /** How long the quicker one of the latest two was under way, ms: a line that has become slower shows it here first. */
  get latest(): number {
    return this.#trips.length === 0 ? this.#guess : Math.min(...this.#trips.slice(-2));
  }

  /** Whether it is a network rather than a cable by what is known. */
  get isLate(): boolean {
    return (this.#trips.length === 0 ? this.#guess : this.slowest) > LOCAL_MS;
  }

  /**
   * How much longer than all before the next answer may take on a late line, ms; 0 on others. While few answers have
   * come, as much again: they may have been the quick ones.
   */
  get slack(): number {
    if (!this.isLate) return 0;
    const { slowest } = this;
    if (this.#trips.length < TRIPS_KEPT) return slowest;
    return Math.max(slowest - this.least, LEAST_JITTER * slowest);
  }

  /** The median round trip, ms; null where none was measured. */
  get usual(): number | null {
    const sorted = [...this.#told].sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  /** For how long answers have been waited for because of the line, ms. */
  get waited(): number {
    return this.#waited;
  }

  /** An answer was waited for, for so many ms. */
  wait(took: number): void {
    this.#waited += Math.max(0, Math.min(took, this.usual ?? 0));
  }

  /** An answer that needed next to no work came so many ms after the time that its bytes took on the wire. */
  learn(took: number): void {
    const trip = Math.min(took, LONGEST_TRIP_MS);
    keep(this.#trips, trip, TRIPS_KEPT);
    keep(this.#told, Math.max(0, trip), TOLD_OF);
  }

  /** It takes so many ms at least by now, as something else than an answer to a question has told. */
  isAtLeast(ms: number): void {
    const told = Math.min(ms, LONGEST_TRIP_MS);
    this.#guess = Math.max(this.#guess, told);
    if (this.#trips.length > 0 && told > LOCAL_MS && told >= this.slowest)
      keep(this.#trips, told, TRIPS_KEPT);
  }

  /** Nobody waited any more for the answer to a call, so that it is to the latest one or to one before that. @param ms since that one */
  callAnswered(ms: number): void {
    if (this.#trips.length === 0 && Number.isFinite(ms)) this.isAtLeast(ms);
  }

  /** A first question got no answer in time: the next one gets twice as long, as the line may be later than anything has told. */
  allowMore(): void {
    if (this.#trips.length === 0) this.#floor = Math.min(LONGEST_TRIP_MS, 2 * this.slowest);
  }
}

function keep(values: number[], value: number, most: number): void {
  values.push(value);
  if (values.length > most) values.shift();
}
