// Changes the code of a room by chance, a little each time, and looks whether any of its tests fails.
// Usage: see USAGE.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOMS, reportsOf } from './rooms.mjs';

const here = import.meta.dirname;
const root = path.resolve(here, '../..');
const stryker = path.join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');

const USAGE = `Changes the code of a room by chance, a little each time, and looks whether any of its tests fails.

Usage: npm run mutants -- [room…] [--at-once 1] [--all]

  room        ${Object.keys(ROOMS).join(', ')}; all of them when none is given
  --at-once   how many are tried at the same time (default 1)
  --all       tries those again, too, whose code and tests are as they were
  -h, --help  shows this

What stays unseen is listed with its place; coverage/mutants/<room>/report.html shows all.
`;

function choices() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'at-once': { type: 'string', default: '1' },
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (reason) {
    return complain(reason.message.split('. ')[0]);
  }
}

function complain(message) {
  console.error(`${message}\nHelp: npm run mutants -- --help`);
  process.exit(2);
}

/** Stryker's runner and the mocha of the tests do not know each other: it has one of its own beside it. */
function install() {
  if (existsSync(stryker)) return;
  const { status } = spawnSync('npm', ['ci'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}

function tryRoom(room, { 'at-once': atOnce, all }) {
  const config = path.join(here, 'stryker.config.mjs');
  rmSync(reportOf(room), { force: true });
  const args = ['run', config, '--concurrency', atOnce, ...(all ? ['--force'] : [])];
  const { status } = spawnSync(process.execPath, [stryker, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, MUTANTS_ROOM: room },
  });
  return status === 0;
}

function reportOf(room) {
  return `${reportsOf(root, room)}/report.json`;
}

/** How many of a room's mutants ended in what way. */
function figures(room) {
  if (!existsSync(reportOf(room))) return `${room}: not tried to the end`;
  const { files } = JSON.parse(readFileSync(reportOf(room), 'utf8'));
  const ends = new Map();
  for (const { status } of Object.values(files).flatMap(({ mutants }) => mutants))
    ends.set(status, (ends.get(status) ?? 0) + 1);
  const count = (status) => ends.get(status) ?? 0;
  const seen = count('Killed') + count('Timeout');
  const counted = seen + count('Survived') + count('NoCoverage');
  const percent = counted === 0 ? 100 : (100 * seen) / counted;
  return `${room}: ${percent.toFixed(1)} % of ${counted} seen (${count('Killed')} by a test that failed, ${count('Timeout')} by one that did not end), ${count('Survived')} unseen, ${count('NoCoverage')} in code that no test reaches`;
}

const { values, positionals } = choices();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const strange = positionals.find((room) => !Object.hasOwn(ROOMS, room));
if (strange !== undefined) complain(`There is no room ${strange}.`);
if (!/^[1-9]\d?$/.test(values['at-once'])) complain('--at-once is a number from 1 on.');

install();
const rooms = positionals.length > 0 ? positionals : Object.keys(ROOMS);
const good = rooms.map((room) => tryRoom(room, values));
for (const room of rooms) console.log(figures(room));
process.exit(good.every(Boolean) ? 0 : 1);
