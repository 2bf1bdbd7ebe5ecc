/**
 * npm run crash: kills the process that works on a chip (SIGKILL) at instants by chance, starts the same job
 * again in a new one until it ends, and looks at what came of it. The chip is simulated, and served by
 * a process of its own, which survives.
 *
 * `--kills N` how many in each row (20), `--seed N` which instants (1).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChipName } from '../src';
import { sha256 } from '../src/backup/record';
import { LAYOUTS } from '../src/chip/layouts';
import { noise } from '../test/support/bench-device';
import { changedAgain, readAgain } from '../test/support/mortal-job';
import { randomFrom } from '../test/support/random';
import type { ChipReport } from './crash-chip';
import type { CrashJob, CrashWord } from './crash-job';
import { layOut } from './survive/section';

interface Row {
  name: string;
  chip: ChipName;
  /** Erases of blank sectors that each process may need: see the basic chips' lock. */
  spare: number;
  job(folder: string, image: string): CrashJob;
}

const OFFSET = 0x2d000;
const IMAGE = noise(0x93000, 5);
/** A job that is not done by then hangs, ms. */
const PATIENCE_MS = 60_000;

const ROWS: Row[] = [
  { name: 'backup', chip: 'BK7231N', spare: 0, job: (folder) => ({ kind: 'read', folder }) },
  {
    name: 'write',
    chip: 'BK7231N',
    spare: 0,
    job: (folder, image) => ({ kind: 'write', folder, image, offset: OFFSET, backup: 'never' }),
  },
  {
    name: 'write, basic chip',
    chip: 'BK7231T',
    spare: 2,
    job: (folder, image) => ({ kind: 'write', folder, image, offset: OFFSET, backup: 'never' }),
  },
  {
    name: 'write after a backup',
    chip: 'BK7231N',
    spare: 0,
    job: (folder, image) => ({ kind: 'write', folder, image, offset: OFFSET, backup: 'once' }),
  },
];

/** What became of one process. */
interface Life {
  killed: boolean;
  phase: string;
  ms: number;
  error: string | null;
}

/** Runs a job in a process, which is killed after so many ms unless it has ended. */
function live(port: string, job: CrashJob, killAfter: number | null): Promise<Life> {
  const child = fork(join(__dirname, 'crash-job.js'), [port, JSON.stringify(job)]);
  return new Promise((resolve) => {
    const life: Life = { killed: false, phase: 'start', ms: 0, error: 'it exited by itself' };
    let begun = performance.now();
    let killer: NodeJS.Timeout | null = null;
    const patience = setTimeout(() => {
      life.error = 'it hung';
      child.kill('SIGKILL');
    }, PATIENCE_MS);
    child.on('message', (word: CrashWord) => {
      if ('begun' in word) {
        begun = performance.now();
        if (killAfter !== null) {
          killer = setTimeout(() => {
            life.killed = true;
            child.kill('SIGKILL');
          }, killAfter);
        }
      }
      if ('phase' in word) life.phase = word.phase;
      if ('ended' in word) life.error = word.ended;
    });
    child.on('exit', () => {
      clearTimeout(patience);
      if (killer !== null) clearTimeout(killer);
      life.ms = performance.now() - begun;
      resolve(life);
    });
  });
}

/** A chip's process, its port, and flash as it was at first. */
async function startChip(
  name: ChipName,
  seed: number,
): Promise<{ chip: ChildProcess; port: string; flash: Buffer }> {
  const options = JSON.stringify({ chip: name, seed });
  const chip = fork(join(__dirname, 'crash-chip.js'), [options], { serialization: 'advanced' });
  const { port, flash } = await answer<{ port: number; flash: Uint8Array }>(chip);
  return { chip, port: `tcp://127.0.0.1:${port}`, flash: Buffer.from(flash) };
}

function answer<T>(chip: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    chip.once('message', (message) => resolve(message as T));
    chip.once('exit', () => reject(new Error('the chip’s process ended')));
  });
}

interface Trial {
  lives: Life[];
  kills: number;
  readAgain: number;
  changedAgain: number;
  misses: string[];
}

/** One job on one chip, with as many processes as it takes; `killAfter` gives the instant for each. */
async function trial(
  row: Row,
  seed: number,
  killAfter: (life: number) => number | null,
): Promise<Trial> {
  const root = mkdtempSync(join(tmpdir(), 'bk-crash-'));
  const { chip, port, flash } = await startChip(row.chip, seed);
  try {
    const image = join(root, 'image.bin');
    writeFileSync(image, IMAGE);
    const folder = join(root, 'backups');
    const job = row.job(folder, image);
    const lives: Life[] = [];
    do lives.push(await live(port, job, killAfter(lives.length)));
    while (lives.at(-1)?.killed);
    chip.send('report');
    const report = await answer<ChipReport>(chip);
    return judge(row, job, lives, flash, { ...report, flash: Buffer.from(report.flash) });
  } finally {
    chip.disconnect();
    rmSync(root, { recursive: true, force: true });
  }
}

function judge(row: Row, job: CrashJob, lives: Life[], before: Buffer, report: ChipReport): Trial {
  const kills = lives.filter(({ killed }) => killed).length;
  const misses: string[] = [];
  const end = lives.at(-1)?.error ?? null;
  if (end !== null) misses.push(`the last process failed: ${end}`);
  const wanted = Buffer.from(before);
  if (job.kind === 'write') IMAGE.copy(wanted, job.offset);
  if (!report.flash.equals(wanted)) misses.push('flash is not what it should be');
  if (job.kind === 'read' || job.backup === 'once') misses.push(...filesAmiss(job, before, kills));
  const again = readAgain(report.visits, LAYOUTS[row.chip].calibration);
  const changed = changedAgain(report.visits);
  if (again > kills) misses.push(`${again} sectors were read again after ${kills} kills`);
  if (changed.length > row.spare * kills) misses.push(`done again: ${changed.join(', ')}`);
  const repeated = repeatedChanges(report);
  return { lives, kills, readAgain: again, changedAgain: repeated, misses };
}

/** Erases and programs beyond one of each sector, a block's erase as one. */
function repeatedChanges({ visits }: ChipReport): number {
  const all = visits.flatMap(({ changes }) => changes.map(({ op, address }) => `${op} ${address}`));
  return all.length - new Set(all).size;
}

/** A backup may be complete in the instant of the kill: then the next process makes another one. */
function filesAmiss({ folder }: CrashJob, flash: Buffer, kills: number): string[] {
  const names = readdirSync(folder).sort();
  const backups = names.filter((name) => name.endsWith('.bin'));
  const expected = backups.flatMap((name) => [name, `${name}.json`]);
  const misses: string[] = [];
  if (names.join() !== expected.join()) misses.push(`the folder holds ${names.join(', ')}`);
  if (backups.length < 1 || backups.length > 1 + kills) misses.push(`${backups.length} backups`);
  for (const name of backups) {
    const { sha256: told } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const found = sha256(readFileSync(join(folder, name)));
    if (found !== told || found !== sha256(flash)) misses.push(`${name} is not what flash held`);
  }
  return misses;
}

async function main(): Promise<void> {
  const kills = numberOf('--kills', 20);
  const seed = numberOf('--seed', 1);
  const table = [
    ['job', 'without', 'kills', 'in', 'right', 'read again', 'changed again', 'longest restart'],
  ];
  const misses: string[] = [];
  for (const [index, row] of ROWS.entries()) {
    const calm = await trial(row, seed, () => null);
    misses.push(...calm.misses.map((miss) => `${row.name}, nothing killed: ${miss}`));
    const usual = calm.lives[0]?.ms ?? 0;
    const random = randomFrom(seed * 100 + index);
    const trials: Trial[] = [];
    const total = () => trials.reduce((sum, each) => sum + each.kills, 0);
    for (let number = 1; total() < kills && number <= 4 * kills; number++) {
      // One process in three that takes the job up is killed as well.
      const done = await trial(row, seed + number, (life) =>
        life === 0 || random() < 1 / 3 ? random() * usual : null,
      );
      trials.push(done);
      misses.push(...done.misses.map((miss) => `${row.name}, trial ${number}: ${miss}`));
    }
    table.push(rowOf(row.name, usual, trials, total()));
    console.error(`${row.name}: ${total()} kills in ${trials.length} trials`);
  }
  console.log(layOut(table));
  for (const miss of misses) console.log(`MISSED ${miss}`);
  console.log(misses.length === 0 ? 'Every job ended right.' : `${misses.length} promises missed`);
  if (misses.length > 0) process.exitCode = 1;
}

function rowOf(name: string, usual: number, trials: Trial[], kills: number): string[] {
  const lives = trials.flatMap((each) => each.lives);
  const phases = new Map<string, number>();
  for (const { killed, phase } of lives) {
    if (killed) phases.set(phase, (phases.get(phase) ?? 0) + 1);
  }
  const sum = (of: (each: Trial) => number) => trials.reduce((total, each) => total + of(each), 0);
  const last = Math.max(...trials.map((each) => each.lives.at(-1)?.ms ?? 0));
  return [
    name,
    `${(usual / 1000).toFixed(1)} s`,
    String(kills),
    [...phases].map(([phase, count]) => `${phase} ${count}`).join(', '),
    `${trials.filter((each) => each.misses.length === 0).length} of ${trials.length}`,
    String(sum((each) => each.readAgain)),
    String(sum((each) => each.changedAgain)),
    `${(last / 1000).toFixed(1)} s`,
  ];
}

function numberOf(name: string, usual: number): number {
  const at = process.argv.indexOf(name);
  const value = at < 0 ? usual : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} needs a number`);
  return value;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
