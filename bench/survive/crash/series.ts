import type { Random } from '../../../src/clock';
import type { Life } from './life';
import type { Row } from './rows';
import { type Trial, trial } from './trial';

/** A job that is hit so seldom tells nothing; the limit is there to end. */
const TRIALS_PER_KILL = 4;
/** More of them tell nothing new, and each may have waited for its time-out. */
const BAD_TRIALS = 3;
/** How many of the processes that take a job up again are killed as well. */
const KILLED_AGAIN = 1 / 2;

/** All trials of one row. */
export interface Series {
  row: Row;
  /** What was asked for. */
  kills: number;
  /** Where nothing is killed. */
  calm: Trial;
  trials: Trial[];
}

/**
 * Does the job once without a kill, to know its usual time, and then on one chip after the other.
 * @param seed of the first chip; each one is another
 * @param random chooses the instants
 */
export async function manyTrials(
  row: Row,
  kills: number,
  seed: number,
  random: Random,
): Promise<Series> {
  const calm = await trial(row, seed, () => null);
  let usual = calm.lives[0]?.ms ?? 0;
  const trials: Trial[] = [];
  const series = { row, kills, calm, trials };
  while (isWorthGoingOn(series)) {
    const left = kills - killsIn(series);
    const done = await trial(row, seed + trials.length + 1, (life) =>
      life < left && (life === 0 || random() < KILLED_AGAIN) ? random() * usual : null,
    );
    trials.push(done);
    // The computer may have been busier before: what comes after the end strikes nothing.
    const first = done.lives[0] as Life;
    if (!first.killed) usual = Math.min(usual, first.ms);
  }
  console.error(`${row.killed}, ${row.name}: ${killsIn(series)} kills in ${trials.length} trials`);
  return series;
}

function isWorthGoingOn(series: Series): boolean {
  const { calm, kills, trials } = series;
  if (isBad(calm) || trials.filter(isBad).length >= BAD_TRIALS) return false;
  return killsIn(series) < kills && trials.length < TRIALS_PER_KILL * kills;
}

export function isBad({ misses }: Trial): boolean {
  return misses.length > 0;
}

export function killsIn({ trials }: Series): number {
  return trials.reduce((sum, { kills }) => sum + kills, 0);
}
