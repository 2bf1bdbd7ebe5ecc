import assert from 'node:assert/strict';
import { BkError, type ErrorCode } from '../../../src';
import type { PlaceWish } from '../../../src/placement/base/place-types';
import { mustBeUsable, mustHold } from '../../../src/placement/fit/usable-image';
import { type Note, say } from '../../../src/texts/note';
import { calibrationSector, plainCode, UF2_FAMILY, uf2File } from '../../support/images';
import { APP_N, DESCRIPTION, imageOf, loaded, refusalOf, refuses } from '../../support/placing';

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

describe('what is said of an image that no chip takes', () => {
  const help = say('image.checkComplete');
  const image = DESCRIPTION;
  const judge = (facts: Parameters<typeof imageOf>[0], wish: PlaceWish = {}) =>
    refusalOf(() => mustBeUsable(imageOf({ advice: [help], ...facts }), wish));
  const bad = (text: Note, ...advice: Note[]) => ({ code: 'BK_BAD_IMAGE', text, advice });
  const atOnce = { phase: 'open' };
  const contents = [{ to: 'app' as const, bytes: Buffer.alloc(1) }];

  it('is what it is, before the port is opened, with what its format advises', () => {
    assert.deepEqual(judge({ kind: 'uf2' }), {
      code: 'BK_WRONG_IMAGE',
      text: say('placement.forOtherMake', { image }),
      advice: [help],
      ...atOnce,
    });
    const html = loaded(Buffer.from('<html></html>')).detected;
    assert.deepEqual(
      refusalOf(() => mustBeUsable(html, {})),
      {
        ...bad(say('placement.noFirmware', { image: html.description }), ...html.advice),
        ...atOnce,
      },
    );
  });

  it('is that an offset does not make it code, and whether its own place is known', () => {
    const at = { offset: 0x11000 };
    const notAsOnFlash = say('placement.notAsOnFlash', { image });
    const uf2 = { kind: 'uf2', chips: ['BK7231N' as const] };
    assert.deepEqual(judge(uf2, at), {
      ...bad(notAsOnFlash, help, say('placement.offsetOnAuto')),
      ...atOnce,
    });
    assert.deepEqual(judge({ kind: 'swapped-dump' }, at), {
      ...bad(notAsOnFlash, help),
      ...atOnce,
    });
  });

  it('is which part it is, where it can be put back as one', () => {
    const noPlace = say('placement.noPlaceTold', { image });
    assert.deepEqual(
      judge({ kind: 'calibration' }),
      bad(noPlace, help, say('placement.setPartRf')),
    );
    assert.deepEqual(
      judge({ kind: 'openbeken-config' }),
      bad(noPlace, help, say('placement.setPartOpenBeken')),
    );
    assert.deepEqual(judge({ kind: 'unknown' }), bad(noPlace, help));
    assert.deepEqual(
      judge({ kind: 'swapped-dump' }),
      bad(say('placement.notWritable', { image }), help),
    );
  });

  it('is its damage', () => {
    const damaged = [say('image.packetsAtApp')];
    assert.deepEqual(
      judge({ contents, damaged }),
      bad(say('placement.damagedFile', { image, damage: damaged }), say('placement.getAnew')),
    );
    mustBeUsable(imageOf({ contents, damaged }), { part: 'app' });
  });

  it('is how much of it there is', () => {
    const correct = { advice: [say('placement.correctSkip')], ...atOnce };
    assert.deepEqual(
      refusalOf(() => mustHold(100, { skip: 100 })),
      {
        code: 'BK_OUT_OF_RANGE',
        text: say('placement.skipsAll', { bytes: 100, skip: 100 }),
        ...correct,
      },
    );
    assert.deepEqual(
      refusalOf(() => mustHold(100, { skip: 41, length: 60 })),
      {
        code: 'BK_OUT_OF_RANGE',
        text: say('placement.notInImage', { bytes: 100, length: 60, skip: 41 }),
        ...correct,
      },
    );
  });
});
