import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sha256 } from '../../../src/backup/record';
import { CHIPS } from '../../../src/chip/known/chips';
import { changedAgain, readAgain } from '../../../test/support/mortal-job';
import type { ChipReport, Visit } from './chip';
import { type CrashJob, IMAGE, OFFSET } from './job';
import type { Life } from './life';
import type { Row } from './rows';

/** More addresses tell nothing new. */
const SHOWN = 3;

export interface Verdict {
  /** Sectors that one process had read, and a later one read again. */
  readAgain: number;
  /** Erases and programs beyond one of each sector, a block's erase as one. */
  changedAgain: number;
  /** One sentence for each promise that was not kept. */
  misses: string[];
}

/** What came of a job whose processes were killed, all but the last. */
export function judge(
  row: Row,
  job: CrashJob,
  lives: readonly Life[],
  before: Buffer,
  { visits, flash }: ChipReport,
): Verdict {
  const kills = lives.length - 1;
  const misses: string[] = [];
  const last = lives.at(-1) as Life;
  if (last.error !== null) misses.push(`the last process failed: ${last.error}`);
  else if (!tellsSuccess(job, last.result)) {
    misses.push(`the result is ${JSON.stringify(last.result)}`);
  }
  const wanted = Buffer.from(before);
  if (job.kind === 'write') IMAGE.copy(wanted, OFFSET);
  if (!flash.equals(wanted)) misses.push('flash is not what it should be');
  misses.push(...strayChanges(job, visits));
  if (job.kind === 'read' || job.backup === 'once') misses.push(...filesAmiss(job, before, kills));
  const again = sectorsReadAgain(row, visits);
  again.forEach((count, index) => {
    if (count > 1) misses.push(`connection ${index + 1} read ${count} sectors again`);
  });
  const changed = changedAgain(visits);
  if (changed.length > row.spare * kills) {
    misses.push(`${changed.length} done again, as ${changed.slice(0, SHOWN).join(', ')}`);
  }
  const sum = again.reduce((total, count) => total + count, 0);
  if (sum > kills) misses.push(`${sum} sectors were read again after ${kills} kills`);
  return { readAgain: sum, changedAgain: repeatedChanges(visits), misses };
}

/** Besides flash and files, what a flow hears of them. */
function tellsSuccess(job: CrashJob, result: unknown): boolean {
  if (job.kind === 'write') return (result as { verified?: unknown } | null)?.verified === true;
  return typeof result === 'string' && readdirSync(job.folder).includes(basename(result));
}

/** Bootloader, RF calibration and all else beside the image must not even be written as it was. */
function strayChanges(job: CrashJob, visits: readonly Visit[]): string[] {
  const [from, to] = job.kind === 'write' ? [OFFSET, OFFSET + IMAGE.length] : [0, 0];
  return visits
    .flatMap(({ changes }) => changes)
    .filter(({ address, length }) => address < from || address + length > to)
    .map(({ op, address }) => `${op} 0x${address.toString(16)} lies outside the image`)
    .slice(0, SHOWN);
}

/** Of each connection, how many sectors it read that an earlier one had read. */
function sectorsReadAgain({ chip }: Row, visits: readonly Visit[]): number[] {
  // Each process looks for the MAC there.
  const { calibration } = CHIPS[chip].layout;
  const upTo = visits.map((_, index) => readAgain(visits.slice(0, index + 1), calibration));
  return upTo.map((sum, index) => sum - (upTo[index - 1] ?? 0));
}

function repeatedChanges(visits: readonly Visit[]): number {
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
