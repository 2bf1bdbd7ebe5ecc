import { crc32 } from 'node:zlib';

/** What the seeds of this run begin with: `TEST_SEED=2 npm test` gives every test other chips. */
export const RUN = process.env.TEST_SEED ?? '1';

let title = '';
let made = 0;
const given = new Set<number>();

/** From here on seeds are those of one test. */
export function seedsFor(test: string): void {
  title = test;
  made = 0;
}

/**
 * A seed for one more simulated chip. Chips are kept by their addresses, so that each needs a seed of its own; and it
 * comes from the test alone, so that no test gets another chip because of those that run before it.
 */
export function nextSeed(): number {
  let seed = crc32(`${RUN} ${title} ${made++}`) >>> 1;
  while (given.has(seed)) seed++;
  given.add(seed);
  return seed;
}
