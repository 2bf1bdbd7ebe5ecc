import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { planBlock, touchedBy } from '../../../src/jobs/change/change-plan';
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
});
