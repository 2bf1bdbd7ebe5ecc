import assert from 'node:assert/strict';
import { readPartitions } from '../../../src/image/code/partitions';
import type { PlaceJob, PlaceTarget } from '../../../src/placement/base/place-types';
import { asChipReads, dumpPieces } from '../../../src/placement/kinds/place-dump';
import { say } from '../../../src/texts/note';
import { detectImage } from '../../support/detect-image';
import { english } from '../../support/english';
import {
  calibrationSector,
  container,
  flashImage,
  packets,
  TUYA_TEXTS,
} from '../../support/images';

import { BK7238, imageOf, N, place, QIO_N, refused, T, where } from '../../support/placing';

describe('a dump', () => {
  const dump = flashImage({
    saysBk7231: true,
    name: 'BK7231N_1.0.1',
    app: { texts: TUYA_TEXTS.N },
  });
  const mac = '02:00:00:ab:cd:ef';
  const own = { ...N, calibration: 0x1d0000, mac };
  const other = { ...own, mac: '02:00:00:00:00:01' };

  it('of this very chip goes back as a whole, the calibration apart from its neighbours', () => {
    const whole = [
      [0x11000, 0x1bf000],
      [0x1d0000, 0x1000],
      [0x1d1000, 0x2f000],
    ];
    assert.deepEqual(where(dump, own), whole);
    assert.deepEqual(where(dump, own, { bootloader: 'replace' }), [
      [0, 0x1d0000],
      ...whole.slice(1),
    ]);
    assert.ok(
      Buffer.concat(place(dump, own).pieces.map(({ bytes }) => bytes)).equals(
        dump.subarray(0x11000),
      ),
    );
    assert.deepEqual([place(dump, own).foreign, place(dump, own).warnings], [false, []]);
  });

  it('of another device brings its code, and none of its data', () => {
    const code = [
      [0x11000, 0x119000],
      [0x12a000, 0xa6000],
    ];
    for (const [target, says] of [
      [other, /is not of this very chip .*02:00:00:ab:cd:ef.*02:00:00:00:00:01.*are kept.*part/],
      [{ ...own, mac: null, calibration: null }, /has no MAC.*left out.*part set to rf/],
    ] as const) {
      const { warnings, foreign } = place(dump, target);
      assert.deepEqual(where(dump, target), code);
      assert.match(english(warnings[0] ?? ''), says);
      assert.equal(foreign, true);
    }
    const nameless = flashImage({ calibration: null, saysBk7231: true });
    assert.deepEqual(where(nameless, own), code);
    assert.match(
      english(place(nameless, { ...N, mac: null }).warnings[0] ?? ''),
      /Neither the chip nor/,
    );
    assert.deepEqual(where(dump, other, { bootloader: 'replace' }), [[0, 0x12a000], code[1]]);
    const key = { ...other, key: null };
    refused(dump, key, 'BK_WRONG_IMAGE', /known to fit/, { bootloader: 'replace' });
  });

  it('of another device goes over no place where the chip or the dump has a calibration', () => {
    const clear = (download: number, ...places: number[]) => {
      const flash = flashImage({ key: 'none', download, calibration: null });
      for (const at of places) calibrationSector([2, 0, 0, 0xab, 0xcd, 0xef]).copy(flash, at);
      return flash;
    };
    const spares = (flash: Buffer, target: PlaceTarget, ...sectors: number[]) => {
      for (const [offset, length] of where(flash, target))
        for (const at of sectors) assert.ok(at < offset || at >= offset + length, at.toString(16));
    };
    const at = (calibration: number) => ({ ...BK7238, mac: other.mac, calibration });
    spares(clear(0x12c000, 0x1e0000), at(0x1e3000), 0x1e0000, 0x1e3000);
    spares(clear(0x12c000, 0x1e3000), at(0x1e0000), 0x1e0000, 0x1e3000);
    spares(clear(0x12c000, 0x150000), at(0x1e0000), 0x150000);
    spares(clear(0x132000, 0x1e0000), { ...at(0x140000) }, 0x140000, 0x1e0000);
    const wide = Buffer.concat([clear(0x132000, 0x1e0000), Buffer.alloc(0x200000, 0xff)]);
    const chip = { ...at(0x3fe000), chip: 'BK7252N' as const, flashSize: 0x400000 };
    spares(wide, chip, 0x1e0000, 0x3fe000);
  });

  it("is told by the chip's own address, whatever calibration lies elsewhere", () => {
    const stale = Buffer.from(dump);
    calibrationSector([2, 0, 0, 9, 9, 9]).copy(stale, 0x1e0000);
    assert.equal(detectImage(stale).calibration?.offset, 0x1d0000);
    assert.equal(place(stale, own).foreign, false);
    assert.equal(place(stale, { ...own, mac: '02:00:00:09:09:09' }).foreign, true);
  });

  it('is put right where it is rotated', () => {
    const rotated = Buffer.concat([dump.subarray(0x11000), dump.subarray(0, 0x11000)]);
    const { pieces, warnings } = place(rotated, own);
    assert.ok(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(dump.subarray(0x11000)));
    assert.match(english(warnings[0] ?? ''), /put right/);
    refused(rotated, T, 'BK_WRONG_IMAGE', /is for BK7231N/);
    assert.equal(detectImage(rotated).chip, null);
  });

  it('must be of such a chip', () => {
    refused(dump, T, 'BK_WRONG_IMAGE', /is for BK7231N/);
    refused(dump, { ...N, flashSize: 0x400000 }, 'BK_WRONG_IMAGE', /0x200000 bytes.*0x400000/);
    assert.equal(place(dump, { ...T, mac }).foreign, false);
    const blank = Buffer.from(dump).fill(0xff, 0, 0x11000);
    refused(blank, N, 'BK_BAD_IMAGE', /blank/, { bootloader: 'replace' });
  });

  it('is refused with more code than the chip has room for', () => {
    const long = flashImage({ saysBk7231: true, download: null });
    container({ size: 34 * 36000, saysBk7231: true }).copy(long, 0x11000);
    refused(long, other, 'BK_WRONG_IMAGE', /room for 0x121000/);
  });
});

describe('what of a dump goes where', () => {
  const MINE = '02:00:00:ab:cd:ef';
  const OTHER = '02:00:00:00:00:01';
  const onN = { ...N, mac: OTHER, calibration: 0x1d0000 };
  const NONE = { calibration: null, app: { texts: TUYA_TEXTS.N }, saysBk7231: true };
  const sector = calibrationSector([2, 0, 0, 0xab, 0xcd, 0xef]);
  /** Code of the application without a header, so that its end is not known. */
  const withoutHeader = (flash: Buffer): Buffer => {
    flash.fill(0xff, 0x11000, 0x12a000);
    packets(4000, [], 7).copy(flash, 0x11000);
    return flash;
  };
  /** Of a dump that nothing else is told of. */
  const pieces = (flash: Buffer, target: PlaceTarget, mac: string | null = MINE) => {
    const image = imageOf({ calibration: { offset: 0, mac }, contents: [] });
    const job: PlaceJob = { image, target, options: {}, warnings: [] };
    const found = dumpPieces(job, { bytes: flash, partitions: readPartitions(flash) });
    return found.map(({ offset, bytes }) => [offset, bytes.length]);
  };

  it('goes by the slots of its own table, as far as the chip keeps nothing there', () => {
    const likeT = flashImage({ ...NONE, download: 0x132000 });
    assert.deepEqual(pieces(likeT, onN), [
      [0x11000, 0x119000],
      [0x132000, 0x9e000],
    ]);
    const wide = flashImage({ ...NONE, download: 0x143000 });
    const target = { ...BK7238, mac: OTHER, calibration: 0x1e3000 };
    assert.deepEqual(pieces(wide, target), [
      [0x11000, 0x119000],
      [0x143000, 0x9d000],
    ]);
    const onT = { ...T, mac: OTHER, calibration: 0x1e0000 };
    assert.deepEqual(pieces(withoutHeader(flashImage({ ...NONE, download: 0x132000 })), onT), [
      [0x11000, 0x119000],
      [0x132000, 0xa6000],
    ]);
  });

  it('goes on to the end of code that is longer than its slot, and no further', () => {
    const long = flashImage(NONE);
    container({ size: 34 * 34_000 }).copy(long, 0x11000);
    assert.deepEqual(pieces(long, onN), [
      [0x11000, 0x11b000],
      [0x12c000, 0xa4000],
    ]);
    const without = flashImage({ ...NONE, download: null });
    packets(45_000, [], 7).copy(without, 0x11000);
    assert.deepEqual(pieces(without, onN), [
      [0x11000, 0x119000],
      [0x12a000, 0xa6000],
    ]);
  });

  it('is nothing of a slot that lies behind what the chip keeps', () => {
    const behind = flashImage({ ...NONE, download: 0x143000 });
    assert.deepEqual(pieces(behind, { ...onN, calibration: 0x130000 }), [[0x11000, 0x119000]]);
  });

  it('is apart at each calibration, once, and in the order of flash', () => {
    const flash = flashImage(NONE);
    for (const at of [0x20000, 0x150000, 0x151000]) sector.copy(flash, at);
    assert.deepEqual(pieces(flash, onN), [
      [0x11000, 0xf000],
      [0x21000, 0x109000],
      [0x12a000, 0x26000],
      [0x152000, 0x7e000],
    ]);
    assert.deepEqual(pieces(flash, { ...onN, mac: MINE }), [
      [0x11000, 0xf000],
      [0x20000, 0x1000],
      [0x21000, 0x12f000],
      [0x150000, 0x1000],
      [0x151000, 0x1000],
      [0x152000, 0x7e000],
      [0x1d0000, 0x1000],
      [0x1d1000, 0x2f000],
    ]);
  });

  it('begins behind a calibration that lies at the very beginning of a slot', () => {
    const flash = flashImage(NONE);
    sector.copy(flash, 0x12a000);
    assert.deepEqual(pieces(flash, onN)[1], [0x12b000, 0xa5000]);
    sector.copy(flash, 0x11000);
    assert.equal(pieces(withoutHeader(flash), { ...onN, mac: MINE })[0]?.[0], 0x11000);
  });
});

describe('what is said of a dump', () => {
  const mac = '02:00:00:ab:cd:ef';
  const dump = flashImage({ saysBk7231: true });
  const own = { ...N, calibration: 0x1d0000, mac };
  const replace = { bootloader: 'replace' } as const;

  it('is that a basic chip keeps its bootloader, where it was to be replaced', () => {
    const ofT = flashImage({ download: 0x132000, calibration: 0x1e0000 });
    const target = { ...T, calibration: 0x1e0000, mac };
    assert.deepEqual(place(ofT, target, replace).warnings, [say('placement.bootloaderKept')]);
    assert.deepEqual(place(ofT, target).warnings, []);
    assert.deepEqual(place(dump, own, replace).warnings, []);
  });

  it('is that the chip will start nothing, where its own has no application', () => {
    const bare = Buffer.from(dump).fill(0xff, 0x11000, 0x12a000);
    assert.deepEqual(place(bare, own).warnings, [say('placement.ownWithoutApplication')]);
    const other: PlaceTarget = { ...own, chip: 'BK7236', key: null };
    const untried = [say('placement.untried', { chip: 'BK7236' })];
    assert.deepEqual(place(bare, other).warnings, untried);
  });

  it('is of which device it is, where the chip does not tell its own', () => {
    assert.deepEqual(place(dump, { ...N, mac: null }).warnings, [
      say('placement.chipWithoutMac', { given: mac }),
    ]);
  });

  it('is where this chip would find its calibration, not another model', () => {
    const both = flashImage({ saysBk7231: true });
    calibrationSector([2, 0, 0, 9, 9, 9]).copy(both, 0x1e0000);
    const image = detectImage(both);
    assert.equal(asChipReads(image, 'BK7231N').calibration?.mac, mac);
    assert.equal(asChipReads(image, 'BK7231T').calibration?.mac, '02:00:00:09:09:09');
    const qio = detectImage(QIO_N);
    assert.equal(asChipReads(qio, 'BK7231N'), qio);
  });
});
