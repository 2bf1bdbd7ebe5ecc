/**
 * npm run bench: times jobs on simulated chips in real-time mode against the limit that line and flash set.
 * See docs/bench.md. `--only read,write` takes some cases, `--quick` fewer bytes, `--json` prints the figures
 * as JSON, `--readme` puts them into README.md. Ends with 1 when a case misses its target.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { CASES } from './cases';
import { MIB } from './measure';
import type { Case } from './rig';

/** No turn of the event loop may be late by more, ms. */
const LOOP_DELAY_MS = 20;
/** What a chip may cost at most. */
const MEMORY_MIB = 40;
/** Linking to a chip that listens, its identification and the choice of a rate, s. */
const CONNECT_S = 1;
/** A computer that is busy otherwise spoils a measurement: one that misses is taken once more. */
const TRIES = 2;

interface Row {
  id: string;
  name: string;
  baud: number;
  bytes: number;
  limit: string;
  limitSeconds: number;
  seconds: number;
  ratio: number;
  most: number;
  connectSeconds: number | null;
  loopDelayP99Ms: number;
  extraMemoryMiB: number;
  misses: string[];
}

async function take(test: Case, share: number): Promise<Row> {
  const { limitMs, seconds, ...rest } = await test.run(share);
  const ratio = (seconds * 1000) / limitMs;
  const misses: string[] = [];
  if (ratio > test.most) misses.push('time');
  if (rest.loopDelayP99Ms >= LOOP_DELAY_MS) misses.push('loop delay');
  if (rest.extraMemoryMiB >= MEMORY_MIB) misses.push('memory');
  if (test.listens && (rest.connectSeconds ?? 0) >= CONNECT_S) misses.push('connecting');
  const { id, name, limit, most } = test;
  return { id, name, limit, most, limitSeconds: limitMs / 1000, seconds, ratio, ...rest, misses };
}

const COLUMNS: readonly (readonly [string, (row: Row) => string])[] = [
  ['Job', ({ name }) => name],
  ['Baud', ({ baud }) => String(baud)],
  ['MiB', ({ bytes }) => String(bytes / MIB)],
  ['Limit (s)', ({ limitSeconds }) => limitSeconds.toFixed(2)],
  ['Took (s)', ({ seconds }) => seconds.toFixed(2)],
  ['Took/limit', ({ ratio }) => ratio.toFixed(3)],
  ['At most', ({ most }) => most.toFixed(3)],
  ['Connecting (s)', ({ connectSeconds }) => connectSeconds?.toFixed(2) ?? '–'],
  ['Loop p99 (ms)', ({ loopDelayP99Ms }) => loopDelayP99Ms.toFixed(1)],
  ['Memory (MiB)', ({ extraMemoryMiB }) => `+${extraMemoryMiB.toFixed(1)}`],
];

const WIDTHS = [32, 8, 6, 10, 9, 11, 8, 15, 14, 13];

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = WIDTHS[index] as number;
      return index === 0 ? cell.padEnd(width) : cell.padStart(width);
    })
    .join(' ');
}

/** The figures for README.md; what the limit is made of instead of how the computer fared. */
function markdown(rows: readonly Row[]): string {
  const cells = rows.map(
    ({ name, baud, bytes, limit, limitSeconds, seconds, ratio }) =>
      `| ${name} | ${baud} | ${bytes / MIB} MiB | ${seconds.toFixed(1)} s | ${limitSeconds.toFixed(1)} s | ${ratio.toFixed(2)} | ${limit} |`,
  );
  return [
    '| Job | Baud | Size | Took | Limit | Took/limit | The limit is |',
    '|---|--:|--:|--:|--:|--:|---|',
    ...cells,
  ].join('\n');
}

function putIntoReadme(rows: readonly Row[]): void {
  const text = readFileSync('README.md', 'utf8');
  const between = /(<!-- bench:begin -->\n)[\s\S]*?(<!-- bench:end -->)/;
  writeFileSync('README.md', text.replace(between, `$1\n${markdown(rows)}\n\n$2`));
}

function chosen(): readonly Case[] {
  const at = process.argv.indexOf('--only');
  if (at < 0) return CASES;
  const ids = (process.argv[at + 1] ?? '').split(',');
  const unknown = ids.filter((id) => !CASES.some((test) => test.id === id));
  if (unknown.length === 0) return CASES.filter(({ id }) => ids.includes(id));
  throw new Error(
    `No case "${unknown.join(', ')}"; there are ${CASES.map(({ id }) => id).join(', ')}`,
  );
}

async function main(): Promise<void> {
  const json = process.argv.includes('--json');
  const share = process.argv.includes('--quick') ? 1 / 8 : 1;
  const rows: Row[] = [];
  if (!json) console.log(line(COLUMNS.map(([title]) => title)));
  for (const test of chosen()) {
    let row = await take(test, share);
    for (let left = TRIES - 1; left > 0 && row.misses.length > 0; left--) {
      row = await take(test, share);
    }
    rows.push(row);
    if (json) continue;
    const missed = row.misses.length === 0 ? '' : `  MISSED: ${row.misses.join(', ')}`;
    console.log(line(COLUMNS.map(([, cell]) => cell(row))) + missed);
  }
  if (json) console.log(JSON.stringify(rows, null, 2));
  if (process.argv.includes('--readme')) putIntoReadme(rows);
  if (rows.some(({ misses }) => misses.length > 0)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
