import assert from 'node:assert/strict';
import { readPartitions } from '../../../src/image/code/partitions';
import type { Piece, PlaceWish } from '../../../src/placement/base/place-types';
import {
  isFreeForMove,
  moveOf,
  notMoved,
  placeForMoved,
} from '../../../src/placement/parts/moved-calibration';
import { isOpenBeken } from '../../../src/placement/parts/openbeken-firmware';
import { say } from '../../../src/texts/note';
import { english } from '../../support/english';
import {
  bootloader,
  calibrationSector,
  container,
  flashImage,
  openBekenTexts,
} from '../../support/images';
import { APP_N, BK7238, loaded, N, on } from '../../support/placing';

const OPENBEKEN = container({ key: 'none', texts: openBekenTexts('BK7238') });

describe("OpenBeken's firmware", () => {
  it('is told by its name, in a dump, too', () => {
    const dump = flashImage({ key: 'none', download: 0x12c000 });
    assert.ok(!isOpenBeken(loaded(dump).detected));
    OPENBEKEN.copy(dump, 0x11000);
    assert.ok(isOpenBeken(loaded(dump).detected));
    assert.ok(isOpenBeken(loaded(OPENBEKEN).detected));
    assert.ok(!isOpenBeken(loaded(APP_N).detected));
  });
});

describe('a calibration that OpenBeken has elsewhere', () => {
  const piece = (offset: number, length = 0x1000): Piece => ({
    offset,
    bytes: Buffer.alloc(length),
  });
  const app = loaded(OPENBEKEN);
  const dump = loaded(flashImage({ key: 'none', download: 0x12c000 }));
  const cases: [string, typeof app, PlaceWish, Piece, typeof BK7238.chip, boolean][] = [
    ['is wanted with its application', app, {}, piece(0x11000), 'BK7238', true],
    ['and with an update', app, {}, piece(0x12c000), 'BK7238', true],
    ['and as a part of a dump', dump, { part: 'app' }, piece(0x11000), 'BK7238', true],
    ['and at its offset', app, { offset: 0x11000 }, piece(0x11000), 'BK7238', true],
    ['and of a dump', dump, { offset: 0x11000, skip: 0x11000 }, piece(0x11000), 'BK7238', true],
    ['not at another offset', app, { offset: 0x12000 }, piece(0x12000), 'BK7238', false],
    ['not where some is left out', app, { offset: 0x11000, skip: 34 }, piece(0x11000), null, false],
    ['not with other parts', dump, { part: 'tuya' }, piece(0x1f5000), 'BK7238', false],
    ['not with a bootloader', app, {}, piece(0), 'BK7238', false],
    ['not where a dump brings it', dump, {}, piece(0x11000, 0x1d0000), 'BK7238', false],
    ['not on a chip without a name', app, {}, piece(0x11000), null, false],
  ];
  for (const [what, image, wish, one, chip, wanted] of cases) {
    it(what, () => {
      assert.equal(placeForMoved(image, wish, [one], chip), wanted ? 0x1e0000 : null);
    });
  }

  it('is elsewhere on each chip', () => {
    const wanted = (chip: typeof BK7238.chip) => placeForMoved(app, {}, [piece(0x11000)], chip);
    assert.equal(wanted('BK7231N'), 0x1d0000);
    assert.equal(wanted('BK7231T'), 0x1e0000);
  });

  it('is not wanted behind the end of flash', () => {
    const chip = on(N, { mac: '02:00:00:ab:cd:ef', calibration: 0xfe000, flashSize: 0x100000 });
    assert.equal(moveOf(chip, 0x1d0000), null);
  });

  it('is free where it is blank, holds one, or lies in the download slot', () => {
    const blank = Buffer.alloc(0x1000, 0xff);
    const full = Buffer.alloc(0x1000, 0x5a);
    const inSlot = on(N, { partitions: readPartitions(bootloader({ download: 0x132000 })) });
    assert.ok(isFreeForMove(on(N), 0x1d0000, blank));
    assert.ok(isFreeForMove(on(N), 0x1d0000, calibrationSector([2, 0, 0, 0, 0, 1])));
    assert.ok(!isFreeForMove(on(N), 0x1d0000, full));
    assert.ok(isFreeForMove(inSlot, 0x1d0000, full));
    assert.ok(!isFreeForMove(inSlot, 0x1d8000, full));
  });

  it('is copied from where the chip has it, with a MAC', () => {
    const mac = '02:00:00:ab:cd:ef';
    const move = moveOf(on(BK7238, { mac, calibration: 0x1e3000 }), 0x1e0000);
    assert.deepEqual([move?.from, move?.to], [0x1e3000, 0x1e0000]);
    assert.match(english(move?.warning ?? ''), /at 0x1e0000.*copied there from 0x1e3000/);
    for (const own of [
      { mac, calibration: 0x1e0000 },
      { mac: null, calibration: 0x1e3000 },
      { mac: null, calibration: null },
    ])
      assert.equal(moveOf(on(BK7238, own), 0x1e0000), null);
  });
});

describe('the place for a copy of the calibration', () => {
  const mac = '02:00:00:ab:cd:ef';
  const app = loaded(OPENBEKEN);
  const dump = loaded(flashImage({ key: 'none', download: 0x12c000 }));
  const piece = (offset: number, length: number): Piece => ({
    offset,
    bytes: Buffer.alloc(length),
  });

  it('has to be in the flash, and the chip to have one', () => {
    const chip = on(N, { mac, calibration: 0xfe000, flashSize: 0x1d1000 });
    assert.equal(moveOf(chip, 0x1d0000)?.to, 0x1d0000);
    assert.equal(moveOf({ ...chip, flashSize: 0x1d0fff }, 0x1d0000), null);
    assert.equal(moveOf({ ...chip, calibration: null }, 0x1d0000), null);
  });

  it('is free in all of the download slot, and nowhere else', () => {
    const full = Buffer.alloc(0x1000, 0x5a);
    const isFree = (to: number, flashSize = 0x200000) =>
      isFreeForMove(on(N, { flashSize }), to, full);
    assert.deepEqual(
      [0x129000, 0x12a000, 0x1cf000, 0x1d0000].map((to) => isFree(to)),
      [false, true, true, false],
    );
    assert.equal(isFree(0x12a000, 0x180000), false);
    const half = Buffer.alloc(0x1000, 0xff).fill(0x5a, 0x800);
    assert.equal(isFreeForMove(on(N), 0x1d0000, half), false);
  });

  it('is left alone where one piece of a dump brings what belongs there', () => {
    const wanted = (...pieces: Piece[]) => placeForMoved(dump, {}, pieces, 'BK7238');
    const code = piece(0x11000, 0x1000);
    assert.equal(wanted(code, piece(0x1e0000, 0x1000)), null);
    assert.equal(wanted(code, piece(0x1e0fff, 0x1000)), null);
    assert.equal(wanted(code, piece(0x1df001, 0x1000)), null);
    assert.equal(wanted(code, piece(0x1df000, 0x1000)), 0x1e0000);
    assert.equal(wanted(code, piece(0x1e1000, 0x1000)), 0x1e0000);
    const update = placeForMoved(app, {}, [code, piece(0x1e0000, 0x1000)], 'BK7238');
    assert.equal(update, 0x1e0000);
  });

  it('is told where something else lies there', () => {
    const move = { from: 0x1e3000, to: 0x1e0000, warning: say('image.dump') };
    assert.deepEqual(
      notMoved(move),
      say('placement.calibrationNotMoved', { offset: '0x1e0000', own: '0x1e3000' }),
    );
  });
});
