import type { Clock } from '../../clock';

/** For so long a rate that failed is not tried again, ms. */
const FAILED_FOR_MS = 3_600_000;

/** What is known of the rates of one chip on one port. */
export class BaudMemory {
  readonly #clock: Clock;
  readonly #failedUntil = new Map<number, number>();
  #proved: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
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

/** For the life of the process; each clock has its own world of ports. */
const worlds = new WeakMap<Clock, Map<string, BaudMemory>>();

/** @param chip what tells this chip from others, as far as known */
export function baudMemory(clock: Clock, port: string, chip: string): BaudMemory {
  let memories = worlds.get(clock);
  if (memories === undefined) {
    memories = new Map();
    worlds.set(clock, memories);
  }
  const key = `${port} ${chip}`;
  let memory = memories.get(key);
  if (memory === undefined) {
    memory = new BaudMemory(clock);
    memories.set(key, memory);
  }
  return memory;
}
