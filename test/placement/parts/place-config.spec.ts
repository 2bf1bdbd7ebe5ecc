import assert from 'node:assert/strict';
import { readOpenBekenConfig } from '../../../src/image/openbeken/openbeken-config';
import { CONFIG_LENGTH, crc8 } from '../../../src/image/openbeken/openbeken-layout';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import type { PlaceOptions, PlaceTarget } from '../../../src/placement/base/place-types';
import { configAddress, placeConfig } from '../../../src/placement/parts/place-config';
import { allEnglish } from '../../support/english';
import { flashImage } from '../../support/images';
import { APP_N, BK7238, loaded, N, on, refuses, T } from '../../support/placing';

const CONFIG = buildOpenBekenConfig({ name: 'plug' }, { chip: 'BK7231N' });
const WIDE = buildOpenBekenConfig({ name: 'plug' }, { chip: 'BK7252' });
const UNTOLD: PlaceTarget = { ...T, chip: null };
const Q: PlaceTarget = { ...T, chip: 'BK7231Q' };
const BK7252: PlaceTarget = { ...BK7238, chip: 'BK7252', flashSize: 0x400000 };

/** A configuration as other makers' chips sum it up. */
function ofOtherMake(): Buffer {
  const config = Buffer.from(CONFIG);
  config[3] = crc8(config.subarray(4, CONFIG_LENGTH), false);
  return config;
}

describe("where OpenBeken's configuration lies", () => {
  it('is told by the chip', () => {
    assert.equal(configAddress(on(N)), 0x1d1000);
    assert.equal(configAddress(on(T)), 0x1e1000);
    for (const [target, says] of [
      [UNTOLD, /a chip that does not tell its model/],
      [Q, /on a BK7231Q/],
      [{ ...N, flashSize: 0x100000 }, /on a BK7231N/],
    ] as const)
      refuses(() => configAddress(on(target)), 'BK_BAD_SETTING', says);
  });
});

describe("OpenBeken's configuration as a part", () => {
  const dump = flashImage({ saysBk7231: true, name: 'BK7231N_1.0.1' });
  CONFIG.copy(dump, 0x1d1000);

  it("goes from one chip's place to another's, out of a dump or alone", () => {
    for (const bytes of [dump, CONFIG]) {
      const { pieces, warnings } = placeConfig(loaded(bytes), on(T), {});
      assert.deepEqual(pieces, [{ offset: 0x1e1000, bytes: CONFIG }]);
      assert.deepEqual(warnings, []);
    }
  });

  const cases: [string, Buffer, PlaceTarget, RegExp][] = [
    ['it has other pins', WIDE, N, /is for 48 pins, but the BK7231N on \/dev\/ttyUSB0 has 32/],
    ['it has other pins the other way round', CONFIG, BK7252, /48/],
    ['its sum is of another make', ofOtherMake(), N, /chips of other makes/],
  ];
  for (const [what, bytes, target, says] of cases) {
    it(`is refused where ${what}`, () => {
      refuses(() => placeConfig(loaded(bytes), on(target), {}), 'BK_WRONG_IMAGE', says);
    });
  }

  it('has to be in the image', () => {
    for (const bytes of [flashImage(), APP_N])
      refuses(() => placeConfig(loaded(bytes), on(N), {}), 'BK_BAD_IMAGE', /no configuration/);
  });

  it("gets Beken's checksum, but in the dump of this very chip", () => {
    const other = Buffer.from(dump);
    ofOtherMake().copy(other, 0x1d1000);
    const options: PlaceOptions = { anyImage: true };
    const made = placeConfig(loaded(other), on(N), options);
    assert.equal(
      readOpenBekenConfig(made.pieces[0]?.bytes ?? other, 'BK7231N')?.checksum,
      'signed',
    );
    assert.match(allEnglish(made.warnings).join(' '), /made anew/);
    const own = placeConfig(loaded(other), on(N, { mac: '02:00:00:ab:cd:ef' }), {});
    assert.ok(own.pieces[0]?.bytes.equals(ofOtherMake()));
  });
});
