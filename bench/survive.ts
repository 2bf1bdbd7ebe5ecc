/**
 * npm run survive: what the engine lives through, on simulated chips and a clock that does not wait. Every
 * part prints a table and each promise that was not kept; the exit code is 1 when there is any.
 *
 * `--seeds N` how many seeds each trial takes (100), `--fuzz N` how many answers are made up (100000),
 * `--only name` one part.
 */
import { answers } from './survive/answers';
import { brownouts } from './survive/brownouts';
import { deadSector } from './survive/dead-sector';
import { diagnosis } from './survive/diagnosis';
import { fuzz } from './survive/fuzz';
import { noWindow } from './survive/no-window';
import { layOut, type Section } from './survive/section';

const SECTIONS: readonly Section[] = [brownouts, answers, noWindow, deadSector, diagnosis, fuzz];
/** More of one kind tell nothing new. */
const MISSES_SHOWN = 12;

async function main(): Promise<void> {
  const seeds = numberOf('--seeds', 100);
  const options = { seeds, fuzz: numberOf('--fuzz', 100_000) };
  const only = textOf('--only');
  const sections = SECTIONS.filter(({ name }) => only === undefined || name === only);
  if (sections.length === 0) {
    throw new Error(
      `There is no part ${only}; there are ${SECTIONS.map(({ name }) => name).join(', ')}`,
    );
  }
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

function textOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function numberOf(name: string, usual: number): number {
  const text = textOf(name);
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} needs a number, not ${text}`);
  return value;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
