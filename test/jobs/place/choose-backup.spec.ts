import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { SECTOR } from '../../../src/chip/geometry';
import { chooseBackup } from '../../../src/jobs/place/choose-backup';

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

/** By the number of the candidate. */
function chosen(backups: string[], chip: string): string {
  const candidates = backups.map(flash);
  const choice = chooseBackup(candidates, remains(chip));
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
    // Too little of it.
    [['abcd', 'xyzd'], 'a123', 'several'],
  ];
  for (const [backups, chip, wanted] of cases)
    it(`of ${backups.join(' and ')} for ${chip} is ${wanted}`, () => {
      assert.equal(chosen(backups, chip), wanted);
    });
});
