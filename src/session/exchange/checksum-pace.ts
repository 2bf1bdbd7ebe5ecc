import { SLOWEST_CRC } from '../../protocol/timing';

/** From checksums of fewer bytes nothing is learned: the line's own time counts for more. */
const WORTH = 4096;
/** Of so many of the latest checksums. */
const KEPT = 4;
/**
 * A chip that has rebooted listens for some 300 ms: it must be missed before, whenever in the checksum that was. ms
 */
const LONGEST_MS = 175;
/** What is asked at once while the chip's pace is not known, and at least, bytes. */
const FIRST = 8192;
const LEAST = 4096;

/** How fast a chip goes through its flash for a checksum. It differs by chip and not from one time to the next. */
export class ChecksumPace {
  readonly #latest: { bytes: number; ms: number }[] = [];

  /** What a checksum of so many bytes usually takes, ms. */
  ms(bytes: number): number {
    return bytes * this.#msPerByte;
  }

  /** How many bytes one checksum may be of. @param leastMs it may take so long in any case */
  reach(leastMs: number): number {
    if (this.#latest.length === 0) return FIRST;
    const bytes = Math.max(LONGEST_MS, leastMs) / this.#msPerByte;
    if (!Number.isFinite(bytes)) return Number.POSITIVE_INFINITY;
    // Whole sectors: odd stretches cannot be told in records.
    return Math.max(LEAST, Math.floor(bytes / LEAST) * LEAST);
  }

  learn(bytes: number, ms: number): void {
    if (bytes < WORTH) return;
    this.#latest.push({ bytes, ms: Math.max(0, ms) });
    if (this.#latest.length > KEPT) this.#latest.shift();
  }

  /** It was not there in time, and the chip is. */
  slower(): void {
    const ms = 2 * this.#msPerByte * WORTH;
    this.#latest.splice(0, KEPT, { bytes: WORTH, ms });
  }

  get #msPerByte(): number {
    if (this.#latest.length === 0) return 1000 / SLOWEST_CRC;
    const total = { bytes: 0, ms: 0 };
    for (const { bytes, ms } of this.#latest) {
      total.bytes += bytes;
      total.ms += ms;
    }
    return total.ms / total.bytes;
  }
}
