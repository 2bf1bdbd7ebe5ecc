import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { SECTOR } from '../../../src/chip/geometry';
import { readPartitions } from '../../../src/image/code/partitions';
import type { PlaceTarget } from '../../../src/placement/base/place-types';
import {
  APP_START,
  appSample,
  calibrationPieces,
  calibrationPlaces,
  judgeOpenBekensPlace,
  mustBeOfThisDevice,
  mustHoldCalibration,
} from '../../../src/placement/parts/place-calibration';
import { say } from '../../../src/texts/note';
import { english } from '../../support/english';
import { bootloader, calibrationSector, flashImage } from '../../support/images';
import {
  APP_N,
  BK7238,
  imageOf,
  loaded,
  N,
  on,
  refusalOf,
  refuses,
  T,
} from '../../support/placing';

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

describe('what is said of a calibration', () => {
  const port = '/dev/ttyUSB0';

  it('is of which device it is, where the one on the port is another', () => {
    const own = '02:00:00:00:00:01';
    assert.deepEqual(
      refusalOf(() => mustBeOfThisDevice(loaded(SECTOR_OF_MINE), on(N, { mac: own }), {})),
      {
        code: 'BK_WRONG_IMAGE',
        text: say('placement.otherCalibration', { given: MINE, port, own }),
        advice: [say('placement.useOwnDump'), say('placement.setAnyImage')],
      },
    );
    mustBeOfThisDevice(loaded(APP_N), on(N, { mac: own }), {});
    // The backup that this very chip was told to be of.
    mustBeOfThisDevice(loaded(SECTOR_OF_MINE), on(N, { mac: own, adopted: MINE }), {});
  });

  it('is that its place cannot be told, and what helps', () => {
    assert.deepEqual(
      refusalOf(() => calibrationPieces(loaded(SECTOR_OF_MINE), new Set(), on(BK7238))),
      {
        code: 'BK_WRONG_IMAGE',
        text: say('placement.calibrationPlaceUnknown', { port }),
        advice: [say('placement.giveOffset')],
      },
    );
  });

  it('is where OpenBeken has it', () => {
    const offset = '0x1e0000';
    assert.deepEqual(
      judgeOpenBekensPlace(0x1e0000, SECTOR_OF_MINE).warning,
      say('placement.calibrationForOpenBeken', { offset }),
    );
    assert.deepEqual(
      judgeOpenBekensPlace(0x1e0000, Buffer.alloc(SECTOR, 0x5a)).warning,
      say('placement.calibrationNotForOpenBeken', { offset }),
    );
  });
});

describe('the place of a calibration', () => {
  const likeT = loaded(flashImage({ download: 0x132000, calibration: 0x1e0000 }));

  it("is by the chip's own table, whatever that of its dump says", () => {
    const partitions = readPartitions(bootloader({ download: 0x12a000 }));
    const { first } = calibrationPlaces(likeT, on({ ...N, partitions }));
    assert.equal(first, 0x1d0000);
    const noTable = calibrationPlaces(likeT, on({ ...N, partitions: [] }));
    assert.equal(noTable.first, 0x1e0000);
  });

  it('is that of the layout, where a dump has none', () => {
    const bare = loaded(flashImage({ calibration: null, saysBk7231: true }));
    assert.equal(calibrationPlaces(bare, on(N)).first, 0x1d0000);
  });

  it('is not told by where a file has it that is in another order than flash', () => {
    const detected = imageOf({
      kind: 'rotated-dump',
      calibration: { offset: 0x1e3000, mac: MINE },
    });
    const image = { bytes: Buffer.alloc(1), detected };
    assert.equal(calibrationPlaces(image, on(BK7238)).first, null);
  });

  it('is one of those in the flash, the last of which may end it', () => {
    const alone = loaded(SECTOR_OF_MINE);
    const first = (target: PlaceTarget) => calibrationPlaces(alone, on(target)).first;
    assert.equal(first({ ...N, flashSize: 0x1d1000 }), 0x1d0000);
    assert.equal(first({ ...N, flashSize: 0x1d0fff }), null);
    // One of its two places lies behind the end.
    assert.equal(first({ ...BK7238, flashSize: 0x1e3fff }), 0x1e0000);
    assert.equal(first({ ...BK7238, flashSize: 0x1e4000 }), null);
    const openBeken = (flashSize: number) =>
      calibrationPlaces(alone, on({ ...N, calibration: 0x100000, flashSize })).openBeken;
    assert.deepEqual(openBeken(0x1d1000), { config: 0x1d1000, calibration: 0x1d0000 });
    assert.equal(openBeken(0x1d0fff), null);
  });

  it('is no place of OpenBeken on a chip that does not tell its model', () => {
    const untold = on({ ...T, chip: null });
    assert.deepEqual(calibrationPlaces(loaded(SECTOR_OF_MINE), untold), {
      first: 0x1e0000,
      openBeken: null,
    });
    const large = on({ ...T, chip: null, flashSize: 0x400000 });
    assert.equal(calibrationPlaces(loaded(SECTOR_OF_MINE), large).first, null);
  });

  it('gets the sector of the dump, wherever that lies in it', () => {
    const [piece] = calibrationPieces(likeT, new Set([0x1e3000]), on(BK7238));
    assert.equal(piece?.offset, 0x1e3000);
    assert.ok(piece?.bytes.equals(SECTOR_OF_MINE));
  });

  it('is looked at beside the application, of which one sector and one block tell', () => {
    assert.deepEqual(APP_START, { offset: 0x11000, length: 0x1000 });
    const crc = crc32(likeT.bytes.subarray(0x11000, 0x21000));
    assert.deepEqual(appSample(likeT), { offset: 0x11000, length: 0x10000, crc });
  });
});
