import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import {
  type BlockPlan,
  changeSeconds,
  planBlock,
  planLine,
  planOf,
  secondsOf,
  sharesOf,
  touchedBy,
} from '../../../src/jobs/change/change-plan';
import type { SectorState } from '../../../src/jobs/chip/compare';
import { noise } from '../../support/bench-device';

const RANGE = { offset: 0x100000, length: BLOCK };
const WANTED = noise(BLOCK, 5);
const BLANK = Buffer.alloc(BLOCK, 0xff);

/** States of a block's sectors: those that are listed, and equal ones. */
function states(state: SectorState, ...indices: number[]): SectorState[] {
  return Array.from({ length: 16 }, (_, index) => (indices.includes(index) ? state : 'equal'));
}

const FIRST = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the plan of a block', () => {
  it('touches nothing that is equal', () => {
    const plan = planBlock(RANGE, WANTED, states('equal'), 921_600);
    assert.deepEqual(plan.erase.addresses, []);
    assert.deepEqual(plan.program, []);
    assert.equal(plan.unchanged, BLOCK);
    assert.deepEqual(touchedBy(plan), []);
  });

  it('erases no blank sector, and programs no blank data', () => {
    const toWrite = planBlock(RANGE, WANTED, states('blank', 2, 3), 921_600);
    assert.deepEqual(toWrite.erase.addresses, []);
    assert.equal(toWrite.program.length, 2);
    assert.deepEqual(touchedBy(toWrite), [{ offset: 0x102000, length: 2 * SECTOR }]);
    const toErase = planBlock(RANGE, BLANK, states('different', 5), 921_600);
    assert.deepEqual(toErase.erase, { by: 'sector', addresses: [0x105000] });
    assert.deepEqual(toErase.program, []);
    assert.deepEqual(touchedBy(toErase), [{ offset: 0x105000, length: SECTOR }]);
  });

  it('tells what it touches as runs of sectors', () => {
    const mixed = states('different', 1, 2, 9);
    mixed[3] = 'blank';
    assert.deepEqual(touchedBy(planBlock(RANGE, WANTED, mixed, 921_600)), [
      { offset: 0x101000, length: 3 * SECTOR },
      { offset: 0x109000, length: SECTOR },
    ]);
  });

  it('takes the whole block where that is cheaper, and then touches all of it', () => {
    const all = planBlock(RANGE, WANTED, states('different', ...FIRST(16)), 921_600);
    assert.deepEqual(all.erase, { by: 'block', addresses: [0x100000] });
    assert.equal(all.program.length, 16);
    assert.deepEqual(touchedBy(all), [RANGE]);
    const few = planBlock(RANGE, WANTED, states('different', ...FIRST(4)), 921_600);
    assert.equal(few.erase.by, 'sector');
  });

  it('reckons with the rate of the line: what is written again costs less on a fast one', () => {
    const least = (baud: number) =>
      FIRST(17).find(
        (count) =>
          planBlock(RANGE, WANTED, states('different', ...FIRST(count)), baud).erase.by === 'block',
      ) as number;
    assert.ok(least(115_200) > least(921_600));
    assert.ok(least(921_600) > least(2_000_000));
    assert.ok(least(2_000_000) > 5);
  });

  it('never takes a block that is not all its own', () => {
    const part = { offset: 0x101000, length: BLOCK - SECTOR };
    const plan = planBlock(
      part,
      WANTED.subarray(SECTOR),
      FIRST(15).map(() => 'different'),
      2_000_000,
    );
    assert.equal(plan.erase.by, 'sector');
    assert.deepEqual(touchedBy(plan), [part]);
  });

  it('programs what is written again with a block, and not what is blank', () => {
    const wanted = Buffer.concat([BLANK.subarray(0, 2 * SECTOR), WANTED.subarray(2 * SECTOR)]);
    const plan = planBlock(RANGE, wanted, states('different', ...FIRST(14)), 2_000_000);
    assert.equal(plan.erase.by, 'block');
    assert.deepEqual(
      plan.program.map(({ address }) => address),
      FIRST(16)
        .slice(2)
        .map((index) => 0x100000 + index * SECTOR),
    );
    for (const { address, data } of plan.program)
      assert.ok(data.equals(wanted.subarray(address - 0x100000).subarray(0, SECTOR)));
    // All of them are touched, and none is left as it was.
    assert.deepEqual(touchedBy(plan), [RANGE]);
    assert.equal(plan.unchanged, 0);
  });

  it('counts it cheaper to write blank sectors again, which takes nothing', () => {
    const least = (wanted: Buffer) =>
      FIRST(17).find(
        (count) =>
          planBlock(RANGE, wanted, states('different', ...FIRST(count)), 115_200).erase.by ===
          'block',
      ) as number;
    assert.ok(least(Buffer.concat([WANTED.subarray(0, BLOCK / 2), BLANK])) < least(WANTED));
  });
});

describe('the plan of a whole write', () => {
  const SECOND = { offset: RANGE.offset + BLOCK, length: BLOCK };
  const byBlock = planBlock(RANGE, WANTED, states('different', ...FIRST(16)), 921_600);
  const bySector = planBlock(SECOND, WANTED, states('different', 1, 2), 921_600);
  const plan = planOf([byBlock, bySector]);

  it('counts its erases and programs', () => {
    const { eraseBytes, programBytes, sectorErases, blockErases } = plan;
    assert.deepEqual(
      { eraseBytes, programBytes, sectorErases, blockErases },
      {
        eraseBytes: BLOCK + 2 * SECTOR,
        programBytes: 18 * SECTOR,
        sectorErases: 2,
        blockErases: 1,
      },
    );
    assert.deepEqual(plan.blocks, [byBlock, bySector]);
  });

  it('is recorded as runs in the order of addresses: what is erased, and what is programmed', () => {
    const erasesOnly = planBlock(RANGE, BLANK, states('different', 0, 1, 7), 921_600);
    // Blank already: programmed without an erase.
    const mixed = states('different', 2);
    mixed[3] = 'blank';
    const programs = planBlock(SECOND, WANTED, mixed, 921_600);
    const third = { offset: SECOND.offset + BLOCK, length: BLOCK };
    const half = Buffer.concat([WANTED.subarray(0, BLOCK / 2), BLANK.subarray(BLOCK / 2)]);
    const whole = planBlock(third, half, states('different', ...FIRST(16)), 921_600);
    const untouched: BlockPlan = {
      range: RANGE,
      erase: { by: 'block', addresses: [] },
      program: [],
      unchanged: BLOCK,
    };
    assert.deepEqual(planLine(planOf([whole, programs, erasesOnly, untouched])), {
      kind: 'plan',
      erase: [
        { offset: 0x100000, length: 2 * SECTOR },
        { offset: 0x107000, length: SECTOR },
        { offset: 0x112000, length: SECTOR },
        third,
      ].toSorted((a, b) => a.offset - b.offset),
      write: [
        { offset: 0x112000, length: 2 * SECTOR },
        { offset: third.offset, length: BLOCK / 2 },
      ],
    });
  });

  it('takes what the datasheets and the line say, each phase its own', () => {
    const seconds = changeSeconds(plan.blocks, 921_600);
    // One block erase of 200 ms and two sector erases of 45; checksums at 400 KiB a second, about.
    assert.ok(Math.abs(seconds.erase - 0.29) < 1e-9);
    assert.ok(Math.abs(seconds.verify - 0.18) < 1e-9);
    // Eighteen sectors of 44.7 ms on the line and 11 into flash.
    assert.ok(Math.abs(seconds.write - 18 * 0.0557) < 0.01, `${seconds.write}`);
    const all = secondsOf(plan, 921_600);
    assert.ok(Math.abs(all - (seconds.erase + seconds.write + seconds.verify)) < 1e-9);
    assert.ok(secondsOf(plan, 115_200) > all);
    assert.equal(secondsOf(planOf([]), 921_600), 0);
  });

  it('says what becomes of each byte, to the byte', () => {
    const blank = planBlock(SECOND, BLANK, states('different', 0), 921_600);
    // From the middle of the first block to that of the second one's second sector.
    const region = { offset: RANGE.offset + BLOCK / 2 + 5, length: BLOCK / 2 - 5 + SECTOR + 7 };
    assert.deepEqual(sharesOf(planOf([byBlock, blank]), [region]), {
      bytesWritten: BLOCK / 2 - 5,
      bytesErased: SECTOR,
      bytesUnchanged: 7,
    });
    const inside = { offset: RANGE.offset + 10, length: 20 };
    const equal = planBlock(RANGE, WANTED, states('equal'), 921_600);
    assert.deepEqual(sharesOf(planOf([equal]), [inside]), {
      bytesWritten: 0,
      bytesErased: 0,
      bytesUnchanged: 20,
    });
  });
});
