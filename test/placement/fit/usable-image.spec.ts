import assert from 'node:assert/strict';
import { BkError, type ErrorCode } from '../../../src';
import type { PlaceWish } from '../../../src/placement/base/place-types';
import { mustBeUsable, mustHold } from '../../../src/placement/fit/usable-image';
import { calibrationSector, plainCode, UF2_FAMILY, uf2File } from '../../support/images';
import { APP_N, loaded, refuses } from '../../support/placing';

describe('what needs no chip to be refused', () => {
  const html = Buffer.from('<html></html>');
  const esp = Buffer.from([0xe9, 6, 2, 0x20, 1, 2, 3]);
  const rf = calibrationSector([2, 0, 0, 1, 2, 3]);
  const other = uf2File({ family: 0x12345678, parts: [] });
  const uf2 = uf2File({ family: UF2_FAMILY.BK7231N, parts: [] });
  const broken = Buffer.from(APP_N);
  broken.fill(0x55, 0x2000, 0x2100);
  const at = { offset: 0x11000 };
  const force = { ...at, anyImage: true };
  const cases: [string, Buffer, PlaceWish, ErrorCode | null, RegExp][] = [
    ['a web page', html, {}, 'BK_BAD_IMAGE', /no firmware for a BK72xx/],
    ['a web page at an offset', html, at, 'BK_BAD_IMAGE', /no firmware for a BK72xx/],
    ['a web page that is forced', html, force, null, /./],
    ['an image of another make', esp, {}, 'BK_WRONG_IMAGE', /chip of another make/],
    ['a UF2 file of another make', other, at, 'BK_WRONG_IMAGE', /chip of another make/],
    ['a UF2 file at an offset', uf2, at, 'BK_BAD_IMAGE', /not what a flash holds/],
    ['code without packets', plainCode(), {}, 'BK_BAD_IMAGE', /cannot be written as it is/],
    ['code without packets at an offset', plainCode(), at, 'BK_BAD_IMAGE', /not what a flash/],
    ['a calibration without a place', rf, {}, 'BK_BAD_IMAGE', /without an offset/],
    ['a calibration as a part', rf, { part: 'rf' }, null, /./],
    ['a calibration at an offset', rf, at, null, /./],
    ['a damaged file', broken, {}, 'BK_BAD_IMAGE', /it is damaged/],
    ['an application', APP_N, {}, null, /./],
  ];
  for (const [what, bytes, wish, code, says] of cases) {
    it(`${code === null ? 'but not' : 'is'} ${what}`, () => {
      const judge = () => mustBeUsable(loaded(bytes).detected, wish);
      if (code === null) judge();
      else refuses(judge, code, says);
    });
  }

  it('tells what else could be meant', () => {
    assert.throws(
      () => mustBeUsable(loaded(rf).detected, {}),
      (error) => error instanceof BkError && /part to rf/.test(error.cause.advice.join(' ')),
    );
  });

  it('is more than the image has', () => {
    mustHold(100, { skip: 99 });
    mustHold(100, { skip: 40, length: 60 });
    refuses(() => mustHold(100, { skip: 100 }), 'BK_OUT_OF_RANGE', /would leave none/);
    refuses(() => mustHold(100, { skip: 41, length: 60 }), 'BK_OUT_OF_RANGE', /not in it/);
  });
});
