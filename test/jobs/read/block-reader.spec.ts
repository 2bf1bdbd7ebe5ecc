import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder, type TestDevice, testDevice } from '../../support/bench-device';
import { nextSeed } from '../../support/seed';

const MIB = 1024 * 1024;
const AT = 0x100000;
/** A stretch of four blocks, in the middle of flash. */
const LENGTH = 4 * BLOCK;

function commandsOf({ chip }: TestDevice) {
  const before = { ...chip.counters.commands };
  return (name: string) => (chip.counters.commands[name] ?? 0) - (before[name] ?? 0);
}

/** Puts used sectors at some addresses of the stretch, and blank ones everywhere else. */
function fill({ chip }: TestDevice, used: readonly number[]): void {
  chip.flash.fill(0xff, AT, AT + LENGTH);
  for (const index of used) noise(SECTOR, 1 + index).copy(chip.flash, AT + index * SECTOR);
}

async function readStretch(own: TestDevice) {
  const count = commandsOf(own);
  const { payload, facts } = await own.device.read({ offset: AT, length: LENGTH });
  assert.ok(Buffer.isBuffer(payload) && payload.equals(own.chip.flash.subarray(AT, AT + LENGTH)));
  const { bytesRead = 0, bytesReused = 0, bytesBlank = 0 } = facts;
  assert.equal(bytesRead + bytesReused + bytesBlank, LENGTH);
  return { reads: count('L09'), checksums: count('S10'), bytesBlank, bytesRead };
}

describe('a first read', function () {
  this.timeout(60_000);

  /** An open link, so that only the job's own commands are counted. */
  async function linked(sim: string): Promise<TestDevice> {
    const own = testDevice(sim);
    await own.device.connect();
    return own;
  }

  for (const sim of ['bk7231n', 'bk7231t']) {
    it(`brings nothing of what is blank over the line: ${sim}`, async () => {
      const own = await linked(sim);
      fill(own, []);
      const { reads, checksums, bytesBlank } = await readStretch(own);
      assert.equal(reads, 0);
      assert.equal(bytesBlank, LENGTH);
      assert.ok(checksums < 4 + 20, 'a checksum a block, and what makes sure of the chip');
      await own.device.close();
    });

    it(`stops in a block where the rest of it is blank: ${sim}`, async () => {
      const own = await linked(sim);
      fill(own, [0, 1, 2, 16, 32, 33]);
      assert.equal((await readStretch(own)).bytesRead, 6 * SECTOR);
      await own.device.close();
    });
  }

  it('asks on where blank sectors lie before used ones', async () => {
    const own = await linked('bk7231n');
    fill(own, [14, 15, 31]);
    // The first sector of a block may be read to find out that it is blank.
    const { bytesRead } = await readStretch(own);
    assert.ok(bytesRead <= 5 * SECTOR, `${bytesRead / SECTOR} sectors`);
    await own.device.close();
  });

  it('reads each used sector once, and asks for no more than a checksum a block', async () => {
    const own = await linked('bk7231n');
    fill(
      own,
      Array.from({ length: LENGTH / SECTOR }, (_, index) => index),
    );
    const { reads, checksums } = await readStretch(own);
    assert.equal(reads, LENGTH / SECTOR);
    assert.ok(checksums < 4 + 20);
    await own.device.close();
  });

  it('is right on lines that change and lose answers', async () => {
    for (let round = 0; round < 6; round++) {
      const own = await linked(`bk7231n?corrupt=0.03&lose=0.03&seed=${nextSeed()}`);
      const some = noise(LENGTH / SECTOR, 9 + round);
      fill(
        own,
        [...some.keys()].filter((index) => (some[index] as number) < 100),
      );
      await readStretch(own);
      await own.device.close();
    }
  });
});

describe('a first backup of one chip of many', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  const firmware = noise(MIB, 5);

  /** A new chip with the firmware of all of them, and some sectors of its own. */
  function lamp(own: readonly number[], sim = 'bk7231n'): TestDevice {
    const one = testDevice(sim);
    firmware.copy(one.chip.flash, 0x20000);
    const content = nextSeed();
    for (const index of own) {
      noise(SECTOR, content + index).copy(one.chip.flash, 0x20000 + index * SECTOR);
    }
    return one;
  }

  async function backUp(one: TestDevice, incremental = true) {
    const { payload, facts } = await one.device.read({ file: { folder: folder(), incremental } });
    assert.ok(typeof payload === 'string' && readFileSync(payload).equals(one.chip.flash));
    await one.device.close();
    const { bytesRead = 0, bytesReused = 0, bytesBlank = 0 } = facts;
    assert.equal(bytesRead + bytesReused + bytesBlank, one.chip.flash.length);
    return { path: payload, bytesRead, bytesReused };
  }

  /** How many sectors of one chip neither are blank nor stand in the other one. */
  function sectorsOnlyIn({ chip: one }: TestDevice, { chip: other }: TestDevice): number {
    let count = 0;
    for (let at = 0; at < one.flash.length; at += SECTOR) {
      const sector = one.flash.subarray(at, at + SECTOR);
      const isBlank = sector.every((byte) => byte === 0xff);
      if (!isBlank && !sector.equals(other.flash.subarray(at, at + SECTOR))) count++;
    }
    return count;
  }

  for (const [where, own] of [
    ['together', [3, 50, 51, 52, 53, 200]],
    ['scattered', Array.from({ length: 13 }, (_, index) => index * 20 + 3)],
  ] as const) {
    it(`takes what another one has, and reads what is its own: ${where}`, async () => {
      const first = lamp([]);
      await backUp(first);
      const second = lamp(own);
      const count = commandsOf(second);
      const { bytesRead, bytesReused } = await backUp(second);
      const needed = sectorsOnlyIn(second, first);
      assert.ok(bytesReused > MIB - 24 * SECTOR, `${bytesReused / SECTOR} sectors`);
      // Some are read to find out that they are the same.
      assert.ok(bytesRead <= (needed + 8) * SECTOR, `${bytesRead / SECTOR} for ${needed}`);
      assert.ok(count('S10') < 400, `${count('S10')} checksums`);
    });
  }

  it('takes a stretch from the backup of a part', async () => {
    const first = lamp([]);
    await first.device.read({ offset: 0x20000, length: MIB, file: { folder: folder() } });
    await first.device.close();
    const { bytesReused } = await backUp(lamp([]));
    assert.equal(bytesReused, MIB);
  });

  it('reads all where everything is asked to be read', async () => {
    await backUp(lamp([]));
    const { bytesReused } = await backUp(lamp([]), false);
    assert.equal(bytesReused, 0);
  });

  for (const [what, spoil] of [
    ['changed since', (path: string) => writeFileSync(path, noise(2 * MIB, 77))],
    ['shorter by now', (path: string) => writeFileSync(path, firmware.subarray(0, 100))],
    ['gone', (path: string) => rmSync(path)],
    [
      'said to have what it has not',
      (path: string) => {
        const record = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
        const list: string = record.sectors;
        record.sectors = list.slice(8 * 32) + list.slice(0, 8 * 32);
        writeFileSync(`${path}.json`, JSON.stringify(record));
      },
    ],
  ] as const) {
    it(`is right though the other one's file is ${what}`, async () => {
      const { path } = await backUp(lamp([]));
      spoil(path);
      await backUp(lamp([7]));
    });
  }

  it('is right though the folder holds a backup of a kind that fits nothing', async () => {
    for (const sim of ['bk7231t', 'bk7238']) await backUp(lamp([], sim));
    const { bytesReused } = await backUp(lamp([1, 2, 3]));
    assert.ok(bytesReused > MIB / 2);
    assert.equal(readdirSync(folder()).filter((name) => name.endsWith('.bin')).length, 3);
  });

  it('is right on a bad line, with the backups of others at hand', async () => {
    await backUp(lamp([]));
    for (let round = 0; round < 4; round++) {
      await backUp(lamp([9, 70, 71], 'bk7231n?corrupt=0.02&lose=0.02'));
    }
  });

  it('keeps the list of sectors beside each backup', async () => {
    const { path } = await backUp(lamp([]));
    const { sectors, length } = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
    assert.equal(sectors.length, (length / SECTOR) * 8);
  });
});
