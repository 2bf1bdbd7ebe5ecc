import type { Clock } from '../../clock';

/** For so long a rate that failed is not tried again, ms. */
const FAILED_FOR_MS = 3_600_000;
/** Chips on ports that are remembered; more than anybody has at hand, and little memory. */
const MOST_REMEMBERED = 256;

/** Rates that earlier links have tried, bits per second. */
export interface KnownRates {
  /** The one that worked last. */
  readonly proved: number | null;
  readonly failed: readonly number[];
}

/** What is known of the rates of one chip on one port. */
export class BaudMemory {
  readonly #clock: Clock;
  readonly #failedUntil = new Map<number, number>();
  #proved: number | null = null;

  constructor(clock: Clock, known: KnownRates = { proved: null, failed: [] }) {
    this.#clock = clock;
    for (const rate of known.failed) this.fails(rate);
    this.#proved = known.proved;
  }

  /** The rate that the last link worked at. */
  get proved(): number | null {
    return this.#proved;
  }

  /** Rates that are to be left alone for now. */
  failed(): Set<number> {
    const now = this.#clock.now();
    return new Set([...this.#failedUntil].filter(([, end]) => end > now).map(([rate]) => rate));
  }

  works(baudRate: number): void {
    this.#proved = baudRate;
    this.#failedUntil.delete(baudRate);
  }

  fails(baudRate: number): void {
    this.#failedUntil.set(baudRate, this.#clock.now() + FAILED_FOR_MS);
    if (this.#proved === baudRate) this.#proved = null;
  }
}

/** The rates of many chips on many ports. Whoever was not met for the longest time is forgotten first. */
export class BaudMemories {
  readonly #clock: Clock;
  readonly #known: KnownRates | undefined;
  /** By port and chip, the one that was met last at the end. */
  readonly #memories = new Map<string, BaudMemory>();

  /** @param known of each chip before it is met, as where its earlier links are not this program's */
  constructor(clock: Clock, known?: KnownRates) {
    this.#clock = clock;
    this.#known = known;
  }

  /** @param chip what tells this chip from others, as far as known */
  of(port: string, chip: string): BaudMemory {
    const key = `${port} ${chip}`;
    const memory = this.#memories.get(key) ?? new BaudMemory(this.#clock, this.#known);
    this.#memories.delete(key);
    this.#memories.set(key, memory);
    const [oldest] = this.#memories.keys();
    if (this.#memories.size > MOST_REMEMBERED && oldest !== undefined) {
      this.#memories.delete(oldest);
    }
    return memory;
  }
}
