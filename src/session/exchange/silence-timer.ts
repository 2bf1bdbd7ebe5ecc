import type { Clock, Timer } from '../../clock';
import type { Patience } from './adaptive-timeout';

/** A timer that comes so late tells that the host was busy: what has arrived meanwhile gets this long to be read, ms. */
const HOST_LATE_MS = 10;
const HOST_GRACE_MS = 35;

/** Tells when an answer is overdue: it does not begin, breaks off, or does not come to an end. */
export class SilenceTimer {
  readonly #clock: Clock;
  readonly #patience: () => Patience;
  readonly #arrivedAt: () => number;
  readonly #onOver: (ms: number) => void;
  readonly #begun: number;
  #timer: Timer;
  #hadGrace = false;

  /**
   * @param patience asked anew when it is over: more may be known of the line by then
   * @param arrivedAt when the latest bytes of an answer that has begun came in, in the clock's ms
   * @param onOver called once, with the ms that were waited
   */
  constructor(
    clock: Clock,
    patience: () => Patience,
    arrivedAt: () => number,
    onOver: (ms: number) => void,
  ) {
    this.#clock = clock;
    this.#patience = patience;
    this.#arrivedAt = arrivedAt;
    this.#onOver = onOver;
    this.#begun = clock.now();
    this.#timer = this.#wait(this.#begun + patience().first);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #wait(until: number): Timer {
    return this.#clock.setTimeout(() => this.#look(until), until - this.#clock.now());
  }

  #look(until: number): void {
    const now = this.#clock.now();
    const { first, gap, longest } = this.#patience();
    const more = Math.min(
      Math.max(this.#begun + first, this.#arrivedAt() + gap),
      this.#begun + longest,
    );
    if (!this.#hadGrace && now - until > HOST_LATE_MS) {
      this.#hadGrace = true;
      this.#timer = this.#wait(now + HOST_GRACE_MS);
    } else if (more > now) {
      this.#timer = this.#wait(Math.max(more, now + 1));
    } else {
      this.#onOver(now - this.#begun);
    }
  }
}
