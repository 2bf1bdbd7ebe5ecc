import assert from 'node:assert/strict';
import type { PlaceTarget } from '../../../src/placement/base/place-types';
import { detectImage } from '../../support/detect-image';
import { english } from '../../support/english';
import { calibrationSector, container, flashImage, TUYA_TEXTS } from '../../support/images';

import { BK7238, N, place, refused, T, where } from '../../support/placing';

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
