import assert from 'node:assert/strict';
import { SECTOR } from '../../../src/chip/geometry';
import { readPartitions } from '../../../src/image/code/partitions';
import type { PlaceTarget } from '../../../src/placement/base/place-types';
import {
  appSample,
  calibrationPieces,
  calibrationPlaces,
  judgeOpenBekensPlace,
  mustBeOfThisDevice,
  mustHoldCalibration,
} from '../../../src/placement/parts/place-calibration';
import { english } from '../../support/english';
import { bootloader, calibrationSector, flashImage } from '../../support/images';
import { APP_N, BK7238, loaded, N, on, refuses, T } from '../../support/placing';

const SECTOR_OF_MINE = calibrationSector([2, 0, 0, 0xab, 0xcd, 0xef]);
const MINE = '02:00:00:ab:cd:ef';

describe('a calibration of the radio', () => {
  const alone = loaded(SECTOR_OF_MINE);
  const t1 = loaded(flashImage({ key: 'none', download: 0x12c000, calibration: 0x1e3000 }));

  it('has to be in the image, with a MAC', () => {
    mustHoldCalibration(alone);
    const nameless = loaded(calibrationSector([255, 255, 255, 255, 255, 255]));
    for (const image of [nameless, loaded(APP_N)])
      refuses(() => mustHoldCalibration(image), 'BK_BAD_IMAGE', /no calibration/);
  });

  it('has to be of this device, where that has one still', () => {
    const other = '02:00:00:00:00:01';
    mustBeOfThisDevice(alone, on(N, { mac: MINE }), {});
    mustBeOfThisDevice(alone, on(N, { mac: null }), {});
    mustBeOfThisDevice(alone, on(N, { mac: other }), { anyImage: true });
    refuses(
      () => mustBeOfThisDevice(alone, on(N, { mac: other }), {}),
      'BK_WRONG_IMAGE',
      /of another device \(02:00:00:ab:cd:ef; the one on \/dev\/ttyUSB0 is 02:00:00:00:00:01\)/,
    );
  });

  const openBeken = { config: 0x1e1000, calibration: 0x1e0000 };
  const cases: [string, typeof alone, PlaceTarget, ReturnType<typeof calibrationPlaces>][] = [
    ['to its place on an N', alone, N, { first: 0x1d0000, openBeken: null }],
    ['to its place on a T', alone, T, { first: 0x1e0000, openBeken: null }],
    [
      'to where the chip has its own',
      alone,
      { ...N, calibration: 0x1f0000 },
      { first: 0x1f0000, openBeken: { config: 0x1d1000, calibration: 0x1d0000 } },
    ],
    [
      "where the chip's own table tells that it had it",
      alone,
      { ...N, partitions: readPartitions(bootloader({ download: 0x132000 })) },
      { first: 0x1e0000, openBeken: { config: 0x1d1000, calibration: 0x1d0000 } },
    ],
    [
      'where its dump has it, for a chip that has lost its table',
      loaded(flashImage({ download: 0x132000, calibration: 0x1e0000, saysBk7231: true })),
      N,
      { first: 0x1e0000, openBeken: { config: 0x1d1000, calibration: 0x1d0000 } },
    ],
    ['nowhere sure on a chip with two places', alone, BK7238, { first: null, openBeken }],
    ['there where the dump has it', t1, BK7238, { first: 0x1e3000, openBeken }],
    [
      "to OpenBeken's place alone where that is the chip's",
      t1,
      { ...BK7238, calibration: 0x1e0000 },
      { first: 0x1e0000, openBeken: null },
    ],
    [
      'nowhere on a flash that ends before',
      alone,
      { ...N, flashSize: 0x100000 },
      { first: null, openBeken: null },
    ],
  ];
  for (const [what, image, target, places] of cases) {
    it(`goes ${what}`, () => {
      assert.deepEqual(calibrationPlaces(image, on(target)), places);
    });
  }

  it('goes to each of its places as one sector, filled up with FF', () => {
    const long = loaded(Buffer.concat([SECTOR_OF_MINE.subarray(0, 0x200), Buffer.alloc(0x100)]));
    const pieces = calibrationPieces(long, new Set([0x1e3000, 0x1e0000]), on(BK7238));
    assert.deepEqual(
      pieces.map(({ offset, bytes }) => [offset, bytes.length, bytes.at(-1)]),
      [
        [0x1e3000, SECTOR, 0xff],
        [0x1e0000, SECTOR, 0xff],
      ],
    );
    refuses(
      () => calibrationPieces(alone, new Set(), on(BK7238)),
      'BK_WRONG_IMAGE',
      /cannot be told/,
    );
  });
});

describe("OpenBeken's place for it", () => {
  it('is free where it is blank, or holds one', () => {
    for (const sector of [Buffer.alloc(SECTOR, 0xff), SECTOR_OF_MINE]) {
      const { isFree, warning } = judgeOpenBekensPlace(0x1e0000, sector);
      assert.ok(isFree);
      assert.match(english(warning), /goes to 0x1e0000 as well/);
    }
    const { isFree, warning } = judgeOpenBekensPlace(0x1e0000, Buffer.alloc(SECTOR, 0x5a));
    assert.ok(!isFree);
    assert.match(english(warning), /something else lies/);
  });

  it("is decided by a block of the dump's own application", () => {
    assert.equal(appSample(loaded(SECTOR_OF_MINE)), null);
    const { offset, length } = appSample(loaded(flashImage())) ?? {};
    assert.deepEqual([offset, length], [0x11000, 0x10000]);
  });
});
