import assert from 'node:assert/strict';
import { backupStem, kindOf, parseName } from '../../src/backup/names';

const NAME = 'BK7231N_020000abcdef_full_20260102-030405.bin';
const PARTS = {
  chip: 'BK7231N',
  mac: '020000abcdef',
  kind: 'full',
  time: '20260102-030405',
  number: 1,
};

describe('the name of a backup', () => {
  it('tells chip, MAC, range and local time', () => {
    const date = new Date(2026, 10, 22, 13, 14, 15);
    const full = kindOf({ kind: 'full', offset: 0, length: 0x200000 });
    const id = { chip: 'BK7231N', mac: '02:00:00:AB:CD:EF' } as const;
    assert.equal(backupStem(id, full, date), 'BK7231N_020000abcdef_full_20261122-131415');
    const part = kindOf({ kind: 'part', offset: 0x11000, length: 0x1e000 });
    const early = new Date(2026, 0, 2, 3, 4, 5);
    const unknown = { chip: null, mac: null };
    assert.equal(backupStem(unknown, part, early), 'unknown_nomac_11000-1e000_20260102-030405');
  });

  it('is read again', () => {
    assert.deepEqual(parseName(NAME), PARTS);
    assert.deepEqual(parseName(NAME.replace('.bin', '-12.bin')), { ...PARTS, number: 12 });
    assert.deepEqual(parseName('unknown_nomac_11000-1e000_20260102-030405.bin'), {
      ...PARTS,
      chip: 'unknown',
      mac: 'nomac',
      kind: '11000-1e000',
    });
  });

  // What has such a name counts as this package's own, and may be removed.
  for (const name of [
    'lamp.bin',
    `my${'_'}${NAME}`,
    ` ${NAME}`,
    `${NAME}.bak`,
    NAME.replace('.bin', '.txt'),
    NAME.replace('.bin', 'xbin'),
    NAME.replace('.bin', '-.bin'),
    NAME.replace('.bin', '-x.bin'),
    NAME.replace('.bin', '-1234567890.bin'),
    NAME.replace('.bin', '-copy.bin'),
    NAME.replace('BK7231N', ''),
    NAME.replace('BK7231N', 'BK-7231N'),
    NAME.replace('020000abcdef', '020000abcde'),
    NAME.replace('020000abcdef', '020000ABCDEF'),
    NAME.replace('020000abcdef', 'mac'),
    NAME.replace('full', 'half'),
    NAME.replace('full', '11000'),
    NAME.replace('full', '-1000'),
    NAME.replace('full', '11000-'),
    NAME.replace('20260102', '2026010'),
    NAME.replace('030405', '03040'),
  ]) {
    it(`is not that of a person's own file: ${name}`, () => assert.equal(parseName(name), null));
  }
});
