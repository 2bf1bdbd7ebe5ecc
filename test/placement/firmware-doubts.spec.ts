import assert from 'node:assert/strict';
import { readPartitions } from '../../src/image/code/partitions';
import type { ImageContent } from '../../src/image/detect/image-format';
import type { ConnectedTarget, Piece, PlaceTarget } from '../../src/placement/base/place-types';
import { firmwareDoubts } from '../../src/placement/firmware-doubts';
import { type Note, say } from '../../src/texts/note';
import { bootloader } from '../support/images';
import { codeThat, imageOf, N, on, T } from '../support/placing';

const bytes = Buffer.alloc(0x1000);
const app: Piece = { offset: 0x11000, bytes };
const boot: Piece = { offset: 0, bytes };
const flash: ImageContent = { to: 'flash', bytes, partitions: [], putRight: null };
const withBootloader = imageOf({ contents: [{ to: 'bootloader', bytes }] });
const MINE = '02:00:00:ab:cd:ef';
/** A chip on which nothing is wrong. */
const chip = (target: PlaceTarget, more: Partial<PlaceTarget> = {}): ConnectedTarget =>
  on(target, { calibration: 0x1d0000, mac: MINE, ...more });

const doubts = (
  detected: Parameters<typeof firmwareDoubts>[0]['detected'],
  pieces: readonly Piece[],
  target: ConnectedTarget,
): Note[] => firmwareDoubts({ bytes, detected }, pieces, target);

describe('firmware on a chip without a bootloader', () => {
  const blank = chip(N, { blankBootloader: true });

  it('is said not to start, and which file would help', () => {
    const other = [say('placement.replaceWithOther')];
    const same = [say('placement.replaceWithThis')];
    assert.deepEqual(doubts(imageOf(), [app], blank), other);
    const code = { app: codeThat(), bootloader: null };
    assert.deepEqual(doubts(imageOf({ code }), [app], blank), other);
    assert.deepEqual(doubts(withBootloader, [app], blank), same);
    const inDump = imageOf({ code: { app: null, bootloader: codeThat() }, contents: [flash] });
    assert.deepEqual(doubts(inDump, [app], blank), same);
  });

  it('is not doubted where it brings one, or the chip has one', () => {
    assert.deepEqual(doubts(withBootloader, [boot, app], blank), []);
    assert.deepEqual(doubts(withBootloader, [app], chip(N)), []);
  });
});

describe('firmware on a chip that has lost its calibration', () => {
  const lost = chip(N, { calibration: null });

  it('is said to run with a weak radio, but of a dump, of which that is said anyway', () => {
    assert.deepEqual(doubts(imageOf(), [app], lost), [say('placement.noCalibrationLeft')]);
    assert.deepEqual(doubts(imageOf({ contents: [flash] }), [app], lost), []);
    assert.deepEqual(doubts(imageOf(), [app], chip(N)), []);
  });
});

describe("OpenBeken's own updates", () => {
  const openBeken = { project: 'OpenBK7231N' };
  const image = imageOf(openBeken);
  const ofTuya = readPartitions(bootloader({ download: 0x132000 }));
  const ofN = readPartitions(bootloader({ download: 0x12a000 }));
  const facts = (name: string, own: string, start: string, end: string) => ({
    chip: name,
    own,
    slot: say('placement.span', { start, end }),
  });
  const onN = facts('BK7231N', '0x12a000', '0x132000', '0x1d7fff');
  const onT = facts('BK7231T', '0x132000', '0x12a000', '0x1cffff');

  it('are never installed where the bootloader of the chip looks for them elsewhere', () => {
    const odd = chip(N, { partitions: ofTuya });
    assert.deepEqual(doubts(image, [app], odd), [say('placement.updatesNeedBootloader', onN)]);
    const qio = imageOf({ ...openBeken, contents: [{ to: 'bootloader', bytes }] });
    assert.deepEqual(doubts(qio, [app], odd), [say('placement.updatesNeedThisBootloader', onN)]);
  });

  it('nor on a basic chip, whose bootloader cannot be helped', () => {
    assert.deepEqual(doubts(image, [app], chip(T, { partitions: ofN })), [
      say('placement.updatesNotInstalled', onT),
    ]);
  });

  it('nor by the bootloader that is written with it, which counts before that of the chip', () => {
    const brought = (download: number): Piece => ({ offset: 0, bytes: bootloader({ download }) });
    assert.deepEqual(doubts(image, [brought(0x132000), app], chip(N, { partitions: ofN })), [
      say('placement.updatesNotInstalled', onN),
    ]);
    const odd = chip(N, { partitions: ofTuya });
    assert.deepEqual(doubts(image, [app, brought(0x12a000)], odd), []);
  });

  it('are not doubted where the slot is right, or not known', () => {
    for (const target of [
      chip(N, { partitions: ofN }),
      chip(N),
      chip(N, { partitions: ofTuya, flashSize: 0x180000 }),
      chip({ ...T, chip: null }, { partitions: ofN }),
    ])
      assert.deepEqual(doubts(image, [app], target), []);
  });

  it('are not doubted with other firmware, nor with the own dump of the chip', () => {
    const odd = chip(N, { partitions: ofTuya });
    assert.deepEqual(doubts(imageOf({ project: 'oem_bk7231n_plug' }), [app], odd), []);
    assert.deepEqual(doubts(imageOf(), [app], odd), []);
    const own = imageOf({ ...openBeken, calibration: { offset: 0x1d0000, mac: MINE } });
    assert.deepEqual(doubts(own, [app], odd), []);
  });
});
