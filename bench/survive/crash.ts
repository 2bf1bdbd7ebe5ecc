import { randomFrom } from '../../test/support/random';
import { ROWS, type Row } from './crash/rows';
import { isBad, killsIn, manyTrials, type Series } from './crash/series';
import { someAtOnce } from './crash/some-at-once';
import type { Trial } from './crash/trial';
import { type Outcome, type Section, type SurviveOptions, spread } from './section';

/** Most of its time a row waits, for its chip or for Node-RED's start: two processors have room for more. */
const AT_ONCE = 3;

const HEAD =
  'killed|job|start, s|alone, s|kills|in|right|read again|changed again|last run, s'.split('|');

/** Real processes, killed by SIGKILL; the chip is simulated, in a process of its own that survives. */
export const crash: Section = {
  name: 'crash',
  about:
    'SIGKILL at instants by chance, and the same job again in a new process until it ends; backup of 2 MiB, write of 588 KiB',
  run: async ({ kills, seed }: SurviveOptions): Promise<Outcome> => {
    const results = await someAtOnce(AT_ONCE, ROWS, (row, index) =>
      manyTrials(row, kills, seed, randomFrom(seed * 100 + index)),
    );
    return {
      table: [HEAD, ...results.map(rowOf)],
      notes: results.flatMap(notesOf),
      misses: results.flatMap(missesOf),
    };
  },
};

function nameOf({ killed, name }: Row): string {
  return `${killed}, ${name}`;
}

function rowOf(series: Series): string[] {
  const { row, calm, trials } = series;
  const phases = new Map<string, number>();
  for (const { killed, phase } of trials.flatMap(({ lives }) => lives)) {
    if (killed) phases.set(phase, (phases.get(phase) ?? 0) + 1);
  }
  const starts = trials.flatMap(({ lives }) => lives.map(({ startMs }) => startMs / 1000));
  const lastRuns = trials.map(({ lives }) => (lives.at(-1)?.ms ?? 0) / 1000);
  // In the order of `HEAD`.
  return [
    row.killed,
    row.name,
    spread(starts),
    ((calm.lives[0]?.ms ?? 0) / 1000).toFixed(1),
    String(killsIn(series)),
    [...phases].map(([phase, count]) => `${phase} ${count}`).join(', '),
    `${trials.filter((each) => !isBad(each)).length} of ${trials.length}`,
    String(sum(trials, (each) => each.readAgain)),
    String(sum(trials, (each) => each.changedAgain)),
    spread(lastRuns),
  ];
}

/** What the processes of the first bad trial printed. */
function notesOf({ row, calm, trials }: Series): string[] {
  const bad = [calm, ...trials].find(isBad);
  return (bad?.lives ?? []).flatMap(({ output }, index) =>
    output === '' ? [] : `${nameOf(row)}, process ${index + 1} of the first bad trial:\n${output}`,
  );
}

function missesOf(series: Series): string[] {
  const { row, kills, calm, trials } = series;
  const name = nameOf(row);
  const misses = calm.misses.map((miss) => `${name}, nothing killed: ${miss}`);
  trials.forEach((each, index) => {
    misses.push(...each.misses.map((miss) => `${name}, trial ${index + 1}: ${miss}`));
  });
  const struck = killsIn(series);
  if (struck < kills) misses.push(`${name}: only ${struck} of ${kills} kills were done`);
  return misses;
}

function sum(trials: readonly Trial[], of: (each: Trial) => number): number {
  return trials.reduce((total, each) => total + of(each), 0);
}
