/** How much one more sector counts against those before it. */
const WEIGHT = 0.2;
/** Sectors of a kind lie together. */
const GOES_ON = 0.9;
const BEGINS = 0.05;

/** Whether the next sector is one of a kind, by those before it. */
export class HitPredictor {
  readonly #chance: { hit: number; miss: number };
  #latest: 'hit' | 'miss' = 'miss';

  /** @param likely whether most sectors are expected to be of the kind, before anything is known */
  constructor(likely: boolean) {
    this.#chance = { hit: GOES_ON, miss: likely ? GOES_ON : BEGINS };
  }

  /** 0 to 1. */
  get chance(): number {
    return this.#chance[this.#latest];
  }

  /** What the chance does not fall below, whatever the next sector is. */
  get least(): number {
    return Math.min(this.#chance.hit, this.#chance.miss);
  }

  saw(hit: boolean): void {
    const before = this.#chance[this.#latest];
    this.#chance[this.#latest] = before + WEIGHT * ((hit ? 1 : 0) - before);
    this.#latest = hit ? 'hit' : 'miss';
  }
}
