import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { noise, sum, testDevice } from '../../support/bench-device';
import { interposeAnswers, spoilAnswers } from '../../support/spoil-answers';

const START = 0x100000;
const ERASE = 0x0f;
const PROGRAM_PAGE = 0x06;
const PROGRAM_SECTOR = 0x07;

/** A change of flash that the host asks for. */
interface Change {
  command: number;
  /** Bytes that it changes. */
  length: number;
  address: number;
}

function changeIn(bytes: Buffer): Change | null {
  const command = bytes[3] === 0xff ? (bytes[7] as number) : 0;
  if (command === ERASE) {
    return {
      command,
      length: bytes[8] === 0xd8 ? BLOCK : SECTOR,
      address: bytes.readUInt32LE(9),
    };
  }
  if (command !== PROGRAM_PAGE && command !== PROGRAM_SECTOR) return null;
  const length = command === PROGRAM_PAGE ? 0x100 : SECTOR;
  return { command, length, address: bytes.readUInt32LE(8) };
}

/** A chip whose supply breaks down at some changes: it reboots, and nothing of them is done. */
function weakly(breaksDown: (change: Change, now: number) => boolean) {
  const bench = testDevice('bk7231n?app=silent');
  const { chip, clock } = bench;
  chip.flash.set(noise(8 * BLOCK, 7), START);
  const changes: Change[] = [];
  let breakdowns = 0;
  const receive = chip.receive.bind(chip);
  chip.receive = (bytes, baud) => {
    const change = changeIn(bytes);
    if (change !== null) {
      changes.push(change);
      if (breaksDown(change, clock.now())) {
        breakdowns++;
        chip.powerCycle();
        return;
      }
    }
    receive(bytes, baud);
  };
  const holds = (image: Buffer) => chip.flash.subarray(START, START + image.length).equals(image);
  return { ...bench, changes, holds, breakdowns: () => breakdowns };
}

describe('a supply that is too weak', () => {
  it('for whole sectors gets its bytes in pages of 256', async () => {
    const { device, changes, holds, chip } = weakly(({ command }) => command === PROGRAM_SECTOR);
    const image = noise(2 * SECTOR, 3);
    // The blank page has nothing to be programmed.
    image.fill(0xff, 0x300, 0x400);
    const { payload, facts } = await device.write({ image, offset: START });
    assert.equal(payload.verified, true);
    assert.ok(holds(image));
    const pages = changes.filter(({ command }) => command === PROGRAM_PAGE);
    assert.deepEqual(
      pages.map(({ address }) => address),
      Array.from({ length: 32 }, (_, page) => START + page * 0x100).filter((_, page) => page !== 3),
    );
    assert.equal(chip.counters.commands.L07 ?? 0, 0, 'no whole sector ever got through');
    // Said once, however often it happened.
    assert.equal(facts.warnings.filter((one) => /stronger 3\.3 V supply/.test(one)).length, 1);
    await device.close();
  });

  it('for the time that pages take gets whole sectors again', async () => {
    let left = 3;
    const { device, changes, holds } = weakly(({ command }) => {
      if (command === PROGRAM_PAGE) return true;
      return command === PROGRAM_SECTOR && left-- > 0;
    });
    const image = noise(SECTOR, 3);
    await device.write({ image, offset: START });
    assert.ok(holds(image));
    assert.deepEqual(
      changes.filter(({ command }) => command !== ERASE).map(({ command }) => command),
      [PROGRAM_SECTOR, PROGRAM_SECTOR, PROGRAM_PAGE, PROGRAM_SECTOR, PROGRAM_PAGE, PROGRAM_SECTOR],
    );
    await device.close();
  });

  it('for the erase of a block has its sectors erased one by one, and no other block tried', async () => {
    const { device, changes, holds, breakdowns } = weakly(({ length }) => length === BLOCK);
    const image = noise(3 * BLOCK, 3);
    const { payload } = await device.write({ image, offset: START });
    assert.ok(holds(image));
    assert.equal(breakdowns(), 2);
    assert.equal(changes.filter(({ length }) => length === BLOCK).length, 2);
    assert.equal(payload.blocksErased, 0);
    assert.equal(payload.sectorsErased, 48);
    await device.close();
  });

  it('for one change on the heels of another gets rests between them', async () => {
    let answered = Number.NEGATIVE_INFINITY;
    // A capacitor that fills within a few milliseconds.
    const bench = weakly((_, now) => now - answered < 8);
    const { device, holds, breakdowns, chip, clock } = bench;
    spoilAnswers(chip, [ERASE, PROGRAM_PAGE, PROGRAM_SECTOR], () => {
      answered = clock.now();
    });
    const image = noise(8 * SECTOR, 3);
    await device.write({ image, offset: START });
    assert.ok(holds(image));
    assert.ok(breakdowns() <= 4, `${breakdowns()} breakdowns`);
    await device.close();
  });

  it('once or never is not treated gently', async () => {
    let left = 1;
    const { device, changes, holds } = weakly(({ length }) => length === BLOCK && left-- > 0);
    const image = noise(3 * BLOCK, 3);
    const { payload, facts } = await device.write({ image, offset: START });
    assert.ok(holds(image));
    assert.equal(payload.blocksErased, 3);
    assert.equal(payload.sectorsErased, 0);
    assert.ok(changes.every(({ command }) => command !== PROGRAM_PAGE));
    assert.doesNotMatch(facts.warnings.join(), /stronger 3\.3 V supply/);
    await device.close();
  });

  it('is forgotten by the next job', async () => {
    let left = 2;
    const { device, holds, changes } = weakly(({ length }) => length === BLOCK && left-- > 0);
    await device.write({ image: noise(2 * BLOCK, 3), offset: START });
    changes.length = 0;
    const image = noise(2 * BLOCK, 4);
    const { payload, facts } = await device.write({ image, offset: START });
    assert.ok(holds(image));
    assert.equal(payload.blocksErased, 2);
    assert.equal(facts.warnings.length, 0);
    await device.close();
  });
});

describe('an erase or a program that broke off', () => {
  it('has the sectors erased that it has left, and no others', async () => {
    const { device, chip, holds } = weakly(({ length, address }) => {
      if (length !== BLOCK) return false;
      chip.flash.fill(0xff, address, address + BLOCK / 2);
      return true;
    });
    const image = noise(BLOCK, 3);
    const { payload } = await device.write({ image, offset: START });
    assert.ok(holds(image));
    assert.equal(payload.sectorsErased, 8);
    await device.close();
  });

  it('has its sector erased before it is programmed again, where some of it is there', async () => {
    let left = 1;
    const { device, chip, holds } = weakly(({ command, address }) => {
      if (command !== PROGRAM_SECTOR || left-- <= 0) return false;
      chip.flash.fill(0x00, address + 0x100, address + 0x300);
      return true;
    });
    const image = noise(2 * SECTOR, 3);
    const { payload } = await device.write({ image, offset: START });
    assert.ok(holds(image));
    assert.equal(payload.sectorsErased, 3);
    assert.equal(sum(chip.counters.programs), 2);
    await device.close();
  });
});

describe('an erase or a program whose answer was lost', () => {
  for (const [what, length] of [
    ['sectors', 4 * SECTOR],
    ['blocks', 2 * BLOCK],
  ] as const) {
    it(`is not done again: ${what}`, async () => {
      const { device, chip } = testDevice('bk7231n');
      chip.flash.set(noise(2 * BLOCK, 7), START);
      const lost: number[] = [];
      interposeAnswers(chip, (answer, deliver) => {
        const code = answer[2] === 0xff ? (answer[9] as number) : 0;
        const isFirst = (code === ERASE || code === PROGRAM_SECTOR) && !lost.includes(code);
        if (isFirst) lost.push(code);
        else deliver(answer);
      });
      const image = noise(length, 3);
      const { payload, facts } = await device.write({ image, offset: START });
      assert.deepEqual(lost, [ERASE, PROGRAM_SECTOR]);
      assert.deepEqual(
        facts.recoveries.map(({ phase, address }) => [phase, address]),
        [
          ['erase', START],
          ['write', START],
        ],
      );
      assert.ok(chip.flash.subarray(START, START + length).equals(image));
      const { erases, programs } = chip.counters;
      assert.equal(sum(erases), length / SECTOR);
      assert.equal(sum(programs), length / SECTOR);
      // It is counted, though nobody heard of it.
      assert.equal(payload.bytesWritten, length);
      await device.close();
    });
  }
});
