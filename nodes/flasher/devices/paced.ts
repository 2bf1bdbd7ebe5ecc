import type { Clock, Timer } from '../../../src';

/** Two topics of a device, and its going, are at most ten messages a second at that. */
const INTERVAL_MS = 250;

/** Sends as soon as there is something to send, but only so often, four times a second unless told otherwise; the last of it always. */
export class Paced {
  readonly #clock: Clock;
  readonly #send: () => void;
  readonly #intervalMs: number;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;

  constructor(clock: Clock, send: () => void, intervalMs = INTERVAL_MS) {
    this.#clock = clock;
    this.#send = send;
    this.#intervalMs = intervalMs;
  }

  /** Whether something has still to be sent. */
  get isPending(): boolean {
    return this.#timer !== null;
  }

  /** There is something to send. */
  touch(): void {
    if (this.#timer !== null) return;
    const left = this.#sentAt + this.#intervalMs - this.#clock.now();
    if (left > 0) {
      const due = () => {
        this.#timer = null;
        this.touch();
      };
      this.#timer = this.#clock.setTimeout(due, Math.ceil(left), { background: true });
      return;
    }
    this.#sentAt = this.#clock.now();
    this.#send();
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
