import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { SECTOR } from '../../../src/chip/geometry';
import {
  chooseBackup,
  type Remains,
  tellingOf,
  tracesOf,
} from '../../../src/jobs/place/choose-backup';
import { noise } from '../../support/bench-device';
import { realDumps } from '../../support/images';

/** Flash of so many sectors, each filled with one letter; `.` is blank. */
function flash(letters: string): { bytes: Buffer } {
  return { bytes: Buffer.concat([...letters].map((one) => Buffer.alloc(SECTOR, one))) };
}

/** What a chip with these sectors holds. */
function remains(letters: string): Map<number, number> {
  const all = [...letters].map((one, index): [number, number] => [
    index * SECTOR,
    crc32(Buffer.alloc(SECTOR, one)),
  ]);
  return new Map(all.filter((_, index) => letters[index] !== '.'));
}

const traced = (backups: { bytes: Buffer }[], left: Remains) =>
  backups.map(({ bytes }) => tracesOf(bytes, left));

/** By the number of the candidate. */
function chosen(backups: string[], chip: string): string {
  const left = remains(chip);
  const candidates = traced(backups.map(flash), left);
  const choice = chooseBackup(candidates, left);
  return 'chosen' in choice ? `${choice.kind} ${candidates.indexOf(choice.chosen)}` : choice.kind;
}

describe('the backup of a chip that has lost its MAC', () => {
  const cases: [string[], string, string][] = [
    // Nothing remains.
    [['abcd'], '....', 'only'],
    [['abcd', 'abce'], '....', 'several'],
    // What remains is in one of them, or in none.
    [['abcd'], 'a...', 'contents 0'],
    [['abcd'], 'abxy', 'contents 0'],
    [['abcd'], 'axyz', 'other'],
    [['abcd'], 'x...', 'other'],
    // What all have says nothing.
    [['abcd', 'abxy'], 'ab..', 'several'],
    [['abcd', 'abxy'], 'abc.', 'contents 0'],
    [['abcd', 'abxy'], '..x.', 'contents 1'],
    [['abcd', 'abxy'], '..cy', 'several'],
    [['abcd', 'abxy'], 'c...', 'several'],
    // Data of two devices.
    [['abcd', 'wxyz'], 'abcz', 'several'],
    [['abcd', 'abxy', 'pqrs'], 'abcs', 'several'],
    // Too little of it.
    [['abcd', 'xyzd'], 'a123', 'several'],
  ];
  for (const [backups, chip, wanted] of cases)
    it(`of ${backups.join(' and ')} for ${chip} is ${wanted}`, () => {
      assert.equal(chosen(backups, chip), wanted);
    });

  it('is not told by sectors that are alike on all devices of a kind', () => {
    const [own, plain] = [noise(SECTOR, 1), Buffer.alloc(SECTOR, 'plain page here ')];
    const one = { bytes: Buffer.concat([own, plain, plain]) };
    const left = (sectors: Buffer[]) =>
      new Map(sectors.map((sector, index) => [index * SECTOR, crc32(sector)]));
    const choice = (sectors: Buffer[]) => {
      const all = left(sectors);
      const traces = traced([one], all);
      return chooseBackup(traces, tellingOf(all, traces)).kind;
    };
    assert.equal(choice([own, plain, plain]), 'contents');
    assert.equal(choice([noise(SECTOR, 2), plain, plain]), 'other');
    const plainOnly = new Map([...left([own, plain, plain])].slice(1));
    const traces = traced([one], plainOnly);
    assert.equal(tellingOf(plainOnly, traces).size, 0);
    assert.equal(chooseBackup(traces, tellingOf(plainOnly, traces)).kind, 'only');
  });

  it('is not that of another real device, whatever both hold at their ends', function () {
    const dumps = realDumps().map((path) => ({ bytes: readFileSync(path) }));
    if (dumps.length === 0) {
      console.log('      skipped: the real dumps are not on this computer');
      this.skip();
    }
    const whole = dumps.filter(({ bytes }) => bytes.length === 0x200000);
    for (const chip of whole) {
      const others = whole.filter((one) => one !== chip);
      for (let from = 0x1ee000; from < 0x1fd000; from += SECTOR) {
        const sectors = Array.from(
          { length: (0x200000 - from) / SECTOR },
          (_, index) => from + index * SECTOR,
        );
        for (const last of [sectors, sectors.slice(0, -3)]) {
          const crcs = last.map((at): [number, number] => [
            at,
            crc32(chip.bytes.subarray(at, at + SECTOR)),
          ]);
          const all = new Map(crcs);
          for (const some of [others, ...others.map((one) => [one])]) {
            const traces = traced(some, all);
            assert.notEqual(chooseBackup(traces, tellingOf(all, traces)).kind, 'contents');
          }
        }
      }
    }
  });
});
