import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '../src';
import { simulatedChip } from '../test/support/simulated-chips';
import { QUICK_CASES } from './cases-quick';
import { eightChips } from './eight-chips';
import { readLimit, rereadLimit, rewriteLimit, usualWrite, writeLimit } from './limits';
import { MIB } from './measure';
import { NETWORK_CASES } from './network';
import {
  BAUD,
  type Case,
  FAST,
  link,
  newChip,
  OFFSET,
  type Outcome,
  SECTOR,
  scattered,
  timed,
  useAll,
} from './rig';

/** Flash that is used throughout: what is blank would not be carried. */
async function readCase(share: number, baud: number, options = ''): Promise<Outcome> {
  const bytes = 2 * MIB * share;
  const port = newChip(options);
  const linked = await link(port, { baud });
  useAll(simulatedChip(port));
  return timed(linked, bytes, readLimit(bytes, baud), (device) =>
    device.read({ offset: 0, length: bytes }),
  );
}

async function writeNew(share: number): Promise<Outcome> {
  const bytes = MIB * share;
  return timed(await link(newChip()), bytes, writeLimit(bytes, BAUD), (device) =>
    device.write({ image: randomBytes(bytes), offset: OFFSET }),
  );
}

/** A chip as people have it: its firmware obeys nothing, and a modem line is wired to reset. */
async function writeAuto(share: number): Promise<Outcome> {
  const bytes = MIB * share;
  const linked = await link(newChip('&app=silent&reset=rts'), { baud: 'auto' });
  return timed(linked, bytes, usualWrite(bytes, BAUD), (device) =>
    device.write({ image: randomBytes(bytes), offset: OFFSET }),
  );
}

/** Writes an image of which flash holds all but the changed sectors. */
async function writeAgain(share: number, changedOf: (bytes: number) => number[]): Promise<Outcome> {
  const bytes = MIB * Math.max(share, 1 / 2);
  const port = newChip();
  const linked = await link(port);
  const image = randomBytes(bytes);
  simulatedChip(port)?.flash.set(image, OFFSET);
  const changed = changedOf(bytes);
  for (const sector of changed) randomBytes(SECTOR).copy(image, sector * SECTOR);
  return timed(linked, bytes, rewriteLimit(bytes, changed.length, BAUD), (device) =>
    device.write({ image, offset: OFFSET }),
  );
}

/** Backs up a chip of which a backup is there; the sectors below have changed since. */
async function backUpAgain(
  share: number,
  changedOf: (bytes: number) => number[],
): Promise<Outcome> {
  const bytes = 2 * MIB * Math.max(share, 1 / 2);
  const folder = mkdtempSync(join(tmpdir(), 'bk72xx-bench-'));
  try {
    const port = newChip();
    const read = (device: Device) =>
      device.read({ offset: 0, length: bytes, file: { folder, incremental: true } });
    const first = await link(port, { baud: FAST });
    await read(first.device);
    await first.device.close();
    const changed = changedOf(bytes);
    const flash = simulatedChip(port)?.flash;
    for (const sector of changed) flash?.set(randomBytes(SECTOR), sector * SECTOR);
    const linked = await link(port);
    return await timed(linked, bytes, rereadLimit(bytes, changed.length, BAUD), read);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The bootloader does not change, nor the radio's calibration, by whose MAC a chip is known. */
const BOOTLOADER_SECTORS = 0x11;
const CALIBRATION = 0x1d0000 / SECTOR;
const inFlash = (bytes: number) =>
  scattered(bytes).filter((sector) => sector >= BOOTLOADER_SECTORS && sector !== CALIBRATION);
const none = () => [];

const LINE = 'line, flash and checksum times';

export const CASES: readonly Case[] = [
  {
    id: 'read',
    name: 'Read all, verified',
    limit: LINE,
    most: 1.05,
    listens: true,
    run: (share) => readCase(share, BAUD),
  },
  {
    id: 'read-fast',
    name: 'Read all, verified',
    limit: LINE,
    most: 1.1,
    listens: true,
    run: (share) => readCase(share, FAST),
  },
  {
    id: 'write',
    name: 'Write new data, verified',
    limit: LINE,
    most: 1.08,
    listens: true,
    run: writeNew,
  },
  {
    id: 'write-auto',
    name: 'Write new data, automatic rate',
    limit: 'sector by sector at 921600 baud, as public tools do it',
    most: 1 / 1.8,
    listens: false,
    run: writeAuto,
  },
  {
    id: 'write-same',
    name: 'Write the same image again',
    limit: 'checksum time',
    most: 1.1,
    listens: true,
    run: (share) => writeAgain(share, none),
  },
  {
    id: 'write-few',
    name: 'Write, 5 % of sectors changed',
    limit: 'checksum time, and those sectors',
    most: 1.15,
    listens: true,
    run: (share) => writeAgain(share, scattered),
  },
  {
    id: 'backup-same',
    name: 'Incremental backup, unchanged',
    limit: 'checksum time',
    most: 1.1,
    listens: true,
    run: (share) => backUpAgain(share, none),
  },
  {
    id: 'backup-few',
    name: 'Incremental backup, 5 % changed',
    limit: 'checksum time, and those sectors',
    most: 1.15,
    listens: true,
    run: (share) => backUpAgain(share, inFlash),
  },
  {
    id: 'eight',
    name: 'Eight chips at once, read',
    limit: 'the time of one chip alone',
    most: 8 / 7,
    listens: false,
    run: eightChips,
  },
  ...NETWORK_CASES,
  ...QUICK_CASES,
];
