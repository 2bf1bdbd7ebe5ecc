import assert from 'node:assert/strict';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import type { PlaceJob, PlaceTarget } from '../../../src/placement/base/place-types';
import { appPiece, codeLength, mustHaveRoom } from '../../../src/placement/kinds/place-app';
import { say } from '../../../src/texts/note';
import { appImage, container, packets } from '../../support/images';
import { APP_N, imageOf, N, objectionOf } from '../../support/placing';

const blank = (count: number): Buffer => Buffer.alloc(34 * count, 0xff);
const job = (target: PlaceTarget): PlaceJob => ({
  image: imageOf({ chip: 'BK7231N' }),
  target,
  options: {},
  warnings: [],
});
const placed = (target: PlaceTarget, bytes: Buffer) => {
  const one = job(target);
  const piece = appPiece(one, bytes);
  assert.equal(piece.offset, 0x11000);
  return { length: piece.bytes.length, warnings: one.warnings };
};
const slot = say('placement.span', { start: '0x11000', end: '0x129fff' });
const entry = (name: string, offset: number, length: number) => ({
  name,
  packets: false,
  offset,
  length,
});
/** A slot that packets fill to the last byte. */
const FULL = {
  ...N,
  partitions: [entry('app', 0x11000, 0x110000), entry('download', 0x121000, 0x80000)],
};

describe('the end of code', () => {
  it('is that of its header, or of its last packet', () => {
    assert.deepEqual(codeLength(APP_N), { length: 0x118f70, exact: true });
    const code = packets(10);
    assert.deepEqual(codeLength(code), { length: 340, exact: false });
    assert.deepEqual(codeLength(Buffer.concat([code, blank(5)])), { length: 340, exact: false });
    assert.deepEqual(codeLength(blank(5)), { length: 0, exact: false });
  });

  it('is not in a gap, but where that is so long that something else begins behind it', () => {
    const [one, other] = [packets(10), packets(5)];
    assert.equal(codeLength(Buffer.concat([one, blank(63), other])).length, 34 * 78);
    assert.equal(codeLength(Buffer.concat([one, blank(64), other])).length, 34 * 10);
    assert.equal(codeLength(Buffer.concat([one, blank(100), other])).length, 34 * 10);
  });
});

describe('the place of an application', () => {
  it('is its slot, which it may fill to the last byte', () => {
    const full = container({ size: 0x110000 });
    assert.deepEqual(placed(FULL, full), { length: 0x110000, warnings: [] });
  });

  it('reaches as far as code of these chips ever does, and that is said', () => {
    const long = container({ size: 34 * 34_000 });
    const warnings = [say('placement.behindSlot', { end: '0x12b3a0', slot })];
    const withTable = {
      ...N,
      partitions: [entry('app', 0x11000, 0x119000), entry('download', 0x12a000, 0xa6000)],
    };
    for (const target of [N, withTable])
      assert.deepEqual(placed(target, long), { length: 0x11b000, warnings });
    const most = container({ size: 0x121000 });
    assert.equal(placed(N, most).length, 0x121000);
    mustHaveRoom(job(N), 0x121000);
    assert.deepEqual(
      objectionOf(() => mustHaveRoom(job(N), 0x121001)),
      [
        say('placement.tooMuchCode', { length: '0x121001', room: '0x121000' }),
        say('placement.useFitting'),
      ],
    );
  });

  it('is made blank up to the usual end, so that no header of an older one stays there', () => {
    const padded = Buffer.concat([appImage({ length: 0x300 }), blank(40_000)]);
    assert.deepEqual(placed(N, padded), { length: 0x119000, warnings: [] });
  });

  it('does not go on behind the code: what lies there stays out, and that is said', () => {
    const behind = Buffer.alloc(0x2000, 0xff);
    behind.write('left over', 0x1000);
    const exact = Buffer.concat([container({ size: 0x110000 }), behind]);
    assert.deepEqual(placed(N, exact), {
      length: 0x110000,
      warnings: [say('placement.leftOutBehindApp', { offset: '0x121000' })],
    });
    const plain = Buffer.concat([appImage({ length: 0x300 }), Buffer.alloc(0x120000, 0xff)]);
    plain.write('left over', 0x11f000);
    const { length, warnings } = placed(N, plain);
    assert.deepEqual(warnings, [say('placement.leftOutBehindSlot', { offset: '0x12a000' })]);
    assert.equal(length, 0x119000);
  });

  it('is not that of a configuration behind it, which has to be written apart', () => {
    const config = buildOpenBekenConfig({ name: 'plug' }, { chip: 'BK7231N' });
    const both = Buffer.concat([container({ size: 0x110000 }), config]);
    assert.deepEqual(placed(N, both).warnings, [
      say('placement.leftOutBehindApp', { offset: '0x121000' }),
      say('placement.configStaysOut'),
    ]);
  });
});
