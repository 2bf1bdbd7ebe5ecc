import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Device } from '../src';
import { realDumps } from '../test/support/images';
import { simulatedChip } from '../test/support/simulated-chips';
import { readLimit, rereadLimit, writeLimit } from './limits';
import { type Measured, MIB, measure } from './measure';
import { BAUD, type Case, link, newChip, OFFSET, type Outcome, SECTOR, timed, useAll } from './rig';

const BLOCK = 0x10000;
const FLASH = 2 * MIB;
const IN_BLOCK = BLOCK / SECTOR;
const BLOCKS = FLASH / BLOCK;
/** Answers are kept back for so many ms, by adapters that are set well and by those that are not. */
const LATENCIES = [1, 16] as const;
const late = (latency: number) => `&latency=${latency}`;
const isLong = (latency: number) => latency > 1;

const isBlank = (bytes: Buffer) => bytes.every((byte) => byte === 0xff);

function sectorsOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / SECTOR }, (_, index) =>
    bytes.subarray(index * SECTOR, (index + 1) * SECTOR),
  );
}

/** How many sectors lie in blocks that are not blank. */
function inUsedBlocks(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += BLOCK) {
    if (!isBlank(bytes.subarray(at, at + BLOCK))) count += IN_BLOCK;
  }
  return count;
}

/** Flash as devices have it: real dumps, or made up with blank sectors where those have theirs, 38 % of all. */
function usedFlashes(): Buffer[] {
  const real = realDumps()
    .map((path) => readFileSync(path))
    .filter(({ length }) => length === FLASH);
  if (real.length > 0) return real;
  const made = randomBytes(FLASH);
  for (const [from, to] of [
    [0xe8, 0x122],
    [0x130, 0x1a4],
    [0x1c9, 0x1d0],
    [0x1d1, 0x1e0],
  ] as const) {
    made.fill(0xff, from * SECTOR, to * SECTOR);
  }
  return [made];
}

/** So many first backups run side by side: one after the other they take minutes. */
const SIDE_BY_SIDE = 4;

/** First backups of all of them, each to a folder of its own; the seconds of all together. */
async function firstBackups(latency: number): Promise<Measured> {
  const flashes = usedFlashes();
  const folder = mkdtempSync(join(tmpdir(), 'bk72xx-bench-'));
  let seconds = 0;
  const backUp = async (flash: Buffer): Promise<void> => {
    const own = mkdtempSync(join(folder, 'chip-'));
    const file = join(own, 'flash');
    writeFileSync(file, flash);
    const { device } = await link(newChip(`&flash=${encodeURIComponent(file)}${late(latency)}`));
    const start = performance.now();
    await device.read({ file: { folder: join(own, 'backups') } });
    seconds += (performance.now() - start) / 1000;
    await device.close();
  };
  try {
    const all = await measure(async () => {
      for (let at = 0; at < flashes.length; at += SIDE_BY_SIDE) {
        await Promise.all(flashes.slice(at, at + SIDE_BY_SIDE).map(backUp));
      }
    });
    return { ...all, extraMemoryMiB: all.extraMemoryMiB / SIDE_BY_SIDE, seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each measurement serves two rows. */
const measured = new Map<number, Promise<Measured>>();

async function firstBackup(latency: number, limitOf: (bytes: Buffer) => number): Promise<Outcome> {
  const known = measured.get(latency) ?? firstBackups(latency);
  measured.set(latency, known);
  const flashes = usedFlashes();
  const limitMs = flashes.reduce((sum, flash) => sum + limitOf(flash), 0);
  const bytes = flashes.length * FLASH;
  return { ...(await known), limitMs, baud: BAUD, bytes, connectSeconds: null };
}

/**
 * The backup of another device is there, which has 95 % of the sectors.
 * @param questions that are not to be had for less, each with its latency
 */
async function sharedBackup(
  latency: number,
  own: readonly number[],
  questions: number,
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'bk72xx-bench-'));
  try {
    const [flash] = usedFlashes() as [Buffer];
    const file = join(folder, 'flash');
    writeFileSync(file, flash);
    const chip = `&flash=${encodeURIComponent(file)}`;
    const first = await link(newChip(chip));
    await first.device.read({ file: { folder: join(folder, 'backups') } });
    await first.device.close();
    const port = newChip(`${chip}${late(latency)}`);
    const linked = await link(port);
    for (const sector of own) simulatedChip(port)?.flash.set(randomBytes(SECTOR), sector * SECTOR);
    const limitMs = rereadLimit(FLASH, own.length, BAUD) + questions * latency;
    return await timed(linked, FLASH, limitMs, (device) =>
      device.read({ file: { folder: join(folder, 'backups') } }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every twentieth, or the same number in three stretches, as the data of a device lies. */
const SCATTERED = Array.from({ length: 26 }, (_, index) => 0x18 + index * 18);
const TOGETHER = [0x14, 0x1e8, 0x1f0].flatMap((from, index) =>
  Array.from({ length: index === 0 ? 2 : 12 }, (_, at) => from + at),
);

async function backupAndWrite(latency: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'bk72xx-bench-'));
  try {
    const port = newChip(late(latency));
    const linked = await link(port);
    const flash = Buffer.from(simulatedChip(port)?.flash ?? Buffer.alloc(FLASH));
    const used = sectorsOf(flash).filter((sector) => !isBlank(sector)).length;
    // What changes flash waits for the answer before it.
    const waits = isLong(latency) ? (MIB / SECTOR + MIB / BLOCK) * latency : 0;
    const limitMs = rereadLimit(FLASH, used, BAUD) + writeLimit(MIB, BAUD) + waits;
    const image = randomBytes(MIB);
    return await timed(linked, FLASH + MIB, limitMs, (device) =>
      device.write({ image, offset: OFFSET, backup: { mode: 'always', folder } }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** From the link to the first byte of a job, s. */
async function untilFirstByte(device: Device): Promise<number> {
  let linkedAt: number | null = null;
  let beganAt: number | null = null;
  await device.read(
    { offset: 0x20000, length: SECTOR },
    {
      onProgress: ({ phase }) => {
        if (phase === 'identify') linkedAt ??= performance.now();
        if (phase === 'read') beganAt ??= performance.now();
      },
    },
  );
  return ((beganAt ?? Number.NaN) - (linkedAt ?? Number.NaN)) / 1000;
}

/** @param known whether this process has met the chip before */
async function identifying(
  model: string,
  latency: number,
  known: boolean,
  boundMs: number,
): Promise<Outcome> {
  const port = newChip(late(latency), model);
  const settings = { port, baud: BAUD, idle: 0 };
  if (known) await new Device(settings).connect();
  const device = new Device(settings);
  let seconds = Number.NaN;
  const measured = await measure(async () => {
    seconds = await untilFirstByte(device);
  });
  await device.close();
  return {
    ...measured,
    seconds,
    limitMs: boundMs,
    baud: BAUD,
    bytes: SECTOR,
    connectSeconds: null,
  };
}

/** Used flash over a line that answers late. */
async function readLate(share: number, ahead: boolean): Promise<Outcome> {
  const [, latency] = LATENCIES;
  const bytes = FLASH * share;
  const port = newChip(`${late(latency)}&ahead=${ahead}`);
  const linked = await link(port);
  useAll(simulatedChip(port));
  const limit = readLimit(bytes, BAUD);
  const limitMs = ahead ? limit : 1.05 * limit + (bytes / SECTOR) * latency;
  return timed(linked, bytes, limitMs, (device) => device.read({ offset: 0, length: bytes }));
}

const withLatency = (name: string, latency: number) => `${name}, ${latency} ms`;
/** Whoever reads all of it waits for each sector, where answers are kept back for long. */
const readAll = (latency: number) => (bytes: Buffer) =>
  readLimit(bytes.length, BAUD) + (isLong(latency) ? (bytes.length / SECTOR) * latency : 0);
const readUsed = (bytes: Buffer) => rereadLimit(bytes.length, inUsedBlocks(bytes), BAUD);

const LATE_CASES: readonly Case[] = LATENCIES.flatMap((latency): Case[] => [
  {
    id: `first-${latency}`,
    name: withLatency('First backup, used flash', latency),
    limit: 'checksum time, and blocks that are not blank',
    most: 1.06,
    listens: false,
    run: () => firstBackup(latency, readUsed),
  },
  {
    id: `first-of-all-${latency}`,
    name: withLatency('The same beside reading all', latency),
    limit: isLong(latency)
      ? 'all sectors, each after its latency'
      : 'all sectors, and one checksum of all',
    most: 0.72,
    listens: false,
    run: () => firstBackup(latency, readAll(latency)),
  },
  {
    id: `shared-${latency}`,
    name: withLatency('First backup, 95 % elsewhere', latency),
    limit: isLong(latency)
      ? 'the same, and a latency a block and a sector in question'
      : 'checksum time, and the differing sectors',
    most: 1.12,
    listens: false,
    run: () => sharedBackup(latency, TOGETHER, isLong(latency) ? BLOCKS + 3 * IN_BLOCK : 0),
  },
  {
    id: `scattered-${latency}`,
    name: withLatency('The same, scattered', latency),
    limit: 'checksum time, the differing sectors, and a latency a sector',
    most: 1.12,
    listens: false,
    run: () => sharedBackup(latency, SCATTERED, FLASH / SECTOR),
  },
  {
    id: `backup-write-${latency}`,
    name: withLatency('Backup, and write of 1 MiB', latency),
    limit: isLong(latency)
      ? 'both jobs by themselves, each write and erase after its latency'
      : 'both jobs by themselves',
    most: 1.05,
    listens: false,
    run: () => backupAndWrite(latency),
  },
]);

const IDENTIFYING: readonly Case[] = ['bk7231n', 'bk7231t'].flatMap((model) =>
  LATENCIES.flatMap((latency, index): Case[] => [
    {
      id: `new-${model}-${latency}`,
      name: withLatency(`Link to job, new ${model}`, latency),
      limit: 'the bound itself',
      most: 1,
      listens: false,
      run: () => identifying(model, latency, false, index === 0 ? 300 : 900),
    },
    {
      id: `known-${model}-${latency}`,
      name: withLatency(`Link to job, known ${model}`, latency),
      limit: 'the bound itself',
      most: 1,
      listens: false,
      run: () => identifying(model, latency, true, index === 0 ? 120 : 350),
    },
  ]),
);

export const QUICK_CASES: readonly Case[] = [
  ...LATE_CASES,
  {
    id: 'read-late',
    name: 'Read all, 16 ms, one ahead',
    limit: 'line and checksum times, without latency',
    most: 1.1,
    listens: false,
    run: (share) => readLate(share, true),
  },
  {
    id: 'read-late-alone',
    name: 'Read all, 16 ms, not ahead',
    limit: '1.05 × line and checksum times, and one latency a sector',
    most: 1,
    listens: false,
    run: (share) => readLate(share, false),
  },
  ...IDENTIFYING,
];
