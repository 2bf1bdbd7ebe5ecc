/** So many blocks in a row have to be equal before the next one is expected to be. */
const EQUAL_IN_A_ROW = 3;
/** How much one more sector counts against those before it. */
const WEIGHT = 0.2;
/** Sectors of a kind lie together. */
const GOES_ON = 0.9;
const BEGINS = 0.05;

/**
 * What to expect of the next block, by those before it. The chip's checksum takes time for every byte: an
 * equal block is settled by one exchange, but a different one that was asked as a whole has to be asked a
 * second time by its sectors. So blocks are asked by sectors for as long as differences turn up.
 */
export class ComparePredictor {
  #differs: boolean | null = null;
  #equal = 0;

  /** null before the first block. */
  get differs(): boolean | null {
    return this.#differs;
  }

  /** A block, or a sample of the first one, turned out to be equal or not. */
  saw(equal: boolean): void {
    this.#equal = equal ? this.#equal + 1 : 0;
    if (!equal) this.#differs = true;
    else if (this.#differs === null || this.#equal >= EQUAL_IN_A_ROW) this.#differs = false;
  }
}

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
