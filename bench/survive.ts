/**
 * npm run survive: what the engine lives through, on simulated chips and a clock that does not wait; and, in
 * real time, what Node-RED does that is killed. Every part prints a table and each promise that was not kept;
 * the exit code is 1 when there is any.
 *
 * `--seeds N` how many seeds each trial takes (100), `--fuzz N` how many answers are made up (100000),
 * `--kills N` how many processes are killed for each row of the crashes (20), `--seed N` at which instants (1),
 * `--only name` one part.
 */
import { answers } from './survive/answers';
import { brownouts } from './survive/brownouts';
import { crash } from './survive/crash';
import { cuts } from './survive/cuts';
import { deadSector } from './survive/dead-sector';
import { diagnosis } from './survive/diagnosis';
import { fuzz } from './survive/fuzz';
import { noWindow } from './survive/no-window';
import { openBeken } from './survive/openbeken';
import { readCommandLine, UsageError } from './survive/options';
import { layOut, type Section } from './survive/section';

const SECTIONS: readonly Section[] = [
  brownouts,
  answers,
  noWindow,
  cuts,
  deadSector,
  diagnosis,
  fuzz,
  openBeken,
  crash,
];
/** More of one kind tell nothing new. */
const MISSES_SHOWN = 12;

async function main(): Promise<void> {
  const names = SECTIONS.map(({ name }) => name);
  const { only, ...options } = readCommandLine(process.argv.slice(2), names);
  const sections = SECTIONS.filter(({ name }) => only === undefined || name === only);
  let missed = 0;
  for (const section of sections) {
    const start = performance.now();
    const { table, misses, notes } = await section.run(options);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${section.name}: ${section.about} (${seconds} s)`);
    console.log(layOut(table));
    for (const note of notes ?? []) console.log(`  ${note}`);
    for (const miss of misses.slice(0, MISSES_SHOWN)) console.log(`  MISSED ${miss}`);
    if (misses.length > MISSES_SHOWN) console.log(`  and ${misses.length - MISSES_SHOWN} more`);
    console.log();
    missed += misses.length;
  }
  console.log(missed === 0 ? 'Every promise was kept.' : `${missed} promises were not kept.`);
  if (missed > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? error.message : error);
  // Not only the exit code: what else is still under way must not go on.
  process.exit(1);
});
