import assert from 'node:assert/strict';
import { SECTOR } from '../../src/chip/geometry';
import type { Region } from '../../src/chip/layouts';
import type { PlaceTarget } from '../../src/placement/base/place-types';
import {
  calibrationAt,
  configIn,
  dataAreasIn,
  fileIndexToRead,
  mustSpare,
  regionsOf,
  sparing,
} from '../../src/placement/spare-data';
import { say } from '../../src/texts/note';
import { english } from '../support/english';
import { flashImage } from '../support/images';
import { N, on, refusalOf, refuses, T } from '../support/placing';
import { PLUG_PARAM, putUserFiles } from '../support/tuya-storage';

const region = (offset: number, end: number): Region => ({ offset, length: end - offset });
const UNTOLD: PlaceTarget = { ...T, chip: null };

describe('the index of files between the slots', () => {
  const cases: [string, PlaceTarget, Region, number | null][] = [
    ['is wanted where code comes to the first gap of a T', T, region(0x11000, 0x12b000), 0x1e3000],
    ['and to the one behind its slots', T, region(0x1d8000, 0x1d9000), 0x1e3000],
    ['and of a chip that does not tell its model', UNTOLD, region(0x11000, 0x12b000), 0x1e3000],
    ['and where it begins in the midst of the gap', T, region(0x131000, 0x132000), 0x1e3000],
    ['but not for code that ends before', T, region(0x11000, 0x12a000), null],
    ['nor for code that begins behind it', T, region(0x132000, 0x1d8000), null],
    ['even where it ends with flash', { ...T, flashSize: 0x1e5000 }, region(0, 0x12b000), 0x1e3000],
    ['nor of a chip that has no files there', N, region(0x11000, 0x1d0000), null],
    ['nor of a flash that ends before', { ...T, flashSize: 0x1e4000 }, region(0, 0x12b000), null],
  ];
  for (const [what, target, wanted, offset] of cases) {
    it(what, () => {
      const index = offset === null ? null : { offset, length: 2 * SECTOR };
      assert.deepEqual(fileIndexToRead(target, [wanted]), index);
    });
  }
});

describe('data that code could go over', () => {
  const flash = flashImage({ download: 0x132000 });
  putUserFiles(flash, { oem_cfg: PLUG_PARAM, big: Buffer.alloc(20 * SECTOR, 0x31) }, 'T');
  const index = flash.subarray(0x1e3000, 0x1e5000);
  const blank = Buffer.alloc(2 * SECTOR, 0xff);
  const cases: [string, PlaceTarget, Region, Buffer | null, [number, number, RegExp][]][] = [
    ['is none in the slots of the chip', N, region(0x11000, 0x1d0000), null, []],
    ['is what its layout names', N, region(0x1d1000, 0x1d2000), null, [[0x1d1000, 0x1000, /Open/]]],
    [
      'is what nobody knows behind the slots',
      N,
      region(0x1cf000, 0x1d1000),
      null,
      [[0x1d0000, 0x1000, /data of its firmware/]],
    ],
    [
      'is what the index of files names between the slots',
      T,
      region(0x129000, 0x12b000),
      index,
      [[0x12a000, 0x1000, /files of Tuya/]],
    ],
    [
      'is its index itself only as what the layout names',
      T,
      region(0x1e3000, 0x1e6000),
      index,
      [[0x1e3000, 0x3000, /files of Tuya/]],
    ],
    [
      'is none behind the end of flash',
      { ...N, flashSize: 0x1d0800 },
      region(0x1cf000, 0x1d2000),
      null,
      [[0x1d0000, 0x800, /data of its firmware/]],
    ],
    ['nor where flash ends', { ...N, flashSize: 0x100000 }, region(0x11000, 0x1d2000), null, []],
    ['is none there without an index', T, region(0x129000, 0x12b000), blank, []],
    ['is none there where it was not read', T, region(0x129000, 0x12b000), null, []],
  ];
  for (const [what, target, wanted, read, held] of cases) {
    it(what, () => {
      const found = dataAreasIn(target, [wanted], read);
      assert.equal(found.length, held.length);
      for (const [index, [offset, length, says]] of held.entries()) {
        assert.deepEqual([found[index]?.offset, found[index]?.length], [offset, length]);
        assert.match(english(found[index]?.what ?? ''), says);
      }
    });
  }

  it('says what helps', () => {
    const what = say('placement.calibrationOfRadio');
    const at = say('placement.span', { start: '0x1d2000', end: '0x1d2fff' });
    assert.deepEqual(
      refusalOf(() => mustSpare([calibrationAt(0x1d2000)], on(N))),
      {
        code: 'BK_WRONG_IMAGE',
        text: say('placement.overData', { span: at, port: '/dev/ttyUSB0', what }),
        advice: [say('placement.useFitting'), say('placement.mayGo')],
        address: 0x1d2000,
      },
    );
  });

  it('is refused by its first address, or left out', () => {
    const held = [calibrationAt(0x1d4000), calibrationAt(0x1d2000)];
    refuses(
      () => mustSpare(held, on(N)),
      'BK_WRONG_IMAGE',
      /over 0x1d2000 to 0x1d2fff, where the chip on \/dev\/ttyUSB0 has the calibration/,
    );
    mustSpare([], on(N));
    const bytes = Buffer.from(
      Array.from({ length: 5 * SECTOR }, (_, at) => Math.floor(at / SECTOR)),
    );
    const left = sparing([{ offset: 0x1d1000, bytes }], held);
    assert.deepEqual(regionsOf(left), [
      { offset: 0x1d1000, length: SECTOR },
      { offset: 0x1d3000, length: SECTOR },
      { offset: 0x1d5000, length: SECTOR },
    ]);
    assert.deepEqual(
      left.map((piece) => piece.bytes[0]),
      [0, 2, 4],
    );
  });
});

describe("OpenBeken's configuration between the slots", () => {
  const likeT = { ...N, calibration: 0x1e0000 };

  it('is one sector that code could go over, on a module with another layout', () => {
    const area = { what: say('chip.openBekenConfig'), offset: 0x1d1000, length: SECTOR };
    assert.deepEqual(configIn(likeT, [region(0x11000, 0x12000), region(0x132000, 0x1d8000)]), area);
    assert.deepEqual(configIn(likeT, [region(0x1d1fff, 0x1d8000)]), area);
    assert.equal(configIn(likeT, [region(0x11000, 0x1d1000), region(0x1d2000, 0x1d8000)]), null);
    assert.equal(configIn(likeT, []), null);
    assert.equal(configIn(N, [region(0, 0x1d8000)]), null);
  });
});
