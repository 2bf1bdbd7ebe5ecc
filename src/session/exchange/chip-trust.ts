import type { Clock } from '../../clock';
import type { CommandKind } from '../../errors';

/**
 * Silence on the host's own side in which somebody may have put another chip in the place of the one before, ms: a
 * chip that has just booted takes a link check only, one that was in download mode before takes any command.
 */
const CALL_GAP_MS = 25;
const COMMAND_GAP_MS = 200;

/**
 * Whether the chip that answers is still known to be the one that was looked at. After a silence that a reboot could
 * explain it may be another one: at a rate that a chip has after its boot nothing else would tell.
 */
export class ChipTrust {
  #breaks = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  /** The number of breaks when the chip was last known; null before the first time. */
  #known: number | null = null;

  /** How often another chip may have come in. Whoever sees the same number before and after has met one chip. */
  get breaks(): number {
    return this.#breaks;
  }

  /** True as well before it was known for the first time. */
  get isSure(): boolean {
    return this.#known === null || this.#known === this.#breaks;
  }

  /** The chip that answers is the one: it was looked at, and there were so many breaks by then. */
  vouch(breaks: number): void {
    this.#known = breaks;
  }

  doubt(): void {
    this.#breaks++;
  }

  /** The chip is asked at a rate that does not tell reboots. */
  asks(kind: CommandKind, now: number): void {
    if (now - this.#heardAt > (kind === 'link' ? CALL_GAP_MS : COMMAND_GAP_MS)) this.#breaks++;
  }

  heard(now: number): void {
    this.#heardAt = now;
  }

  /** Does what a chip need not answer. */
  async expectingSilence<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
    const before = this.#breaks;
    try {
      return await work();
    } finally {
      this.#breaks = before;
      this.#heardAt = clock.now();
    }
  }
}
