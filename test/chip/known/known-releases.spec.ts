import assert from 'node:assert/strict';
import { CHIPS, type ChipName } from '../../../src/chip/known/chips';
import {
  isFileFor,
  isTag,
  knownRelease,
  type ReleaseName,
  tagOf,
} from '../../../src/chip/known/known-releases';

/** As its publishers name them: of the release notes of OpenBeken 1.18.298, and of esphome-kickstart's build. */
const PUBLISHED: [ChipName, string | null, ReleaseName, string, string | null][] = [
  ['BK7231T', 'tuya', 'openbeken', '1.18.298', 'OpenBK7231T_UA_1.18.298.bin'],
  ['BK7231N', 'tuya', 'openbeken', '1.18.298', 'OpenBK7231N_QIO_1.18.298.bin'],
  ['BK7231M', 'none', 'openbeken', '1.18.298', 'OpenBK7231M_QIO_1.18.298.bin'],
  ['BK7231U', 'none', 'openbeken', '1.18.298', 'OpenBK7231U_UA_1.18.298.bin'],
  ['BK7238', 'none', 'openbeken', '1.18.298', 'OpenBK7238_QIO_1.18.298.bin'],
  ['BK7252', 'none', 'openbeken', '1.18.298', 'OpenBK7252_UA_1.18.298.bin'],
  ['BK7252', null, 'openbeken', '1.18.298', 'OpenBK7252_UA_1.18.298.bin'],
  ['BK7252', 'tuya', 'openbeken', '1.18.298', 'OpenBK7252_Tuya_UA_1.18.298.bin'],
  ['BK7252N', 'none', 'openbeken', '1.18.298', 'OpenBK7252N_QIO_1.18.298.bin'],
  ['BK7231T', 'tuya', 'kickstart', 'v25.12.05', 'kickstart-bk7231t-2025-12-05.uf2'],
  ['BK7231N', 'tuya', 'kickstart', 'v25.12.05', 'kickstart-bk7231n-2025-12-05.uf2'],
  ['BK7231Q', 'none', 'openbeken', '1.18.298', null],
  ['BK7236', null, 'openbeken', '1.18.298', null],
  ['BK7258', null, 'openbeken', '1.18.298', null],
  ['BK7231M', 'none', 'kickstart', 'v25.12.05', null],
  ['BK7238', 'none', 'kickstart', 'v25.12.05', null],
];
/** All that lies beside them. */
const OTHERS = [
  'OpenBK7231T_1.18.298.rbl',
  'OpenBK7231T_QIO_1.18.298.bin',
  'OpenBK7231T_UG_1.18.298.bin',
  'OpenBK7231T_UA_1.18.298_sensors.bin',
  'OpenBK7231T_ALT_UA_1.18.298.bin',
  'OpenBK7231N_ALT_QIO_1.18.298.bin',
  'OpenBK7231N_QIO_1.18.298_berry.bin',
  'OpenBK7231N_QIO_1x18y298.bin',
  'OpenBK7231N_QIO_1.18.29.bin',
  'OpenBK7231N_QIO_.bin',
  'OpenBK7231N_QIO_../1.18.298.bin',
  'OpenBK7252_Tuya_QIO_1.18.298.bin',
  'OpenBL602_1.18.298.bin',
  'OpenBK7231N_OTA_upgrade_to_esphome_2025-12-05.rbl',
  'kickstart-bk7231n-2025-12-05.factory.bin',
  'kickstart-bk7231n-../2025-12-05.uf2',
  'kickstart-esp32-c2-2025-12-05.bin',
];

describe('the file for a chip', () => {
  const names = [...PUBLISHED.flatMap(([, , , , name]) => name ?? []), ...OTHERS];
  for (const [chip, key, name, tag, wanted] of PUBLISHED)
    it(`of ${name} for a ${chip} with key ${key} is ${wanted ?? 'none'}`, () => {
      const file = CHIPS[chip].releases[name];
      const found =
        file === null ? [] : names.filter(isFileFor(knownRelease(name), file, key, tag));
      assert.deepEqual([...new Set(found)], wanted === null ? [] : [wanted]);
    });
});

describe('a version', () => {
  it('is taken with and without its v', () => {
    const tags = (name: ReleaseName, ...versions: string[]) =>
      versions.map((version) => tagOf(knownRelease(name), version));
    assert.deepEqual(tags('openbeken', '1.18.298', 'v1.18.298'), ['1.18.298', '1.18.298']);
    assert.deepEqual(tags('kickstart', '25.12.05', 'v25.12.05'), ['v25.12.05', 'v25.12.05']);
    assert.deepEqual(tags('openbeken', '1.2/../3', '..', ''), [null, null, null]);
  });

  it('leads out of no folder', () => {
    for (const good of ['1.18.298', 'v25.12.05', '1.0-alpha.1']) assert.ok(isTag(good), good);
    for (const bad of [
      '',
      '.',
      '..',
      'a..b',
      'a/b',
      'a\\b',
      'C:x',
      '.hidden',
      'a b',
      'ä',
      'x'.repeat(65),
    ])
      assert.ok(!isTag(bad), bad);
  });
});
