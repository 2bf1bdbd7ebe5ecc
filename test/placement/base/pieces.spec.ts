import assert from 'node:assert/strict';
import { inOrder, span, wholeSectors } from '../../../src/placement/base/pieces';
import type { Piece } from '../../../src/placement/base/place-types';
import { say } from '../../../src/texts/note';
import { refusalOf } from '../../support/placing';

const piece = (offset: number, length: number): Piece => ({ offset, bytes: Buffer.alloc(length) });

describe('pieces of an image', () => {
  it('are filled up to whole sectors, in front and behind', () => {
    const { offset, bytes } = wholeSectors(0x11ff0, Buffer.alloc(0x20, 7));
    assert.deepEqual([offset, bytes.length], [0x11000, 0x2000]);
    assert.ok(bytes.subarray(0, 0xff0).every((byte) => byte === 0xff));
    assert.ok(bytes.subarray(0xff0, 0x1010).every((byte) => byte === 7));
    assert.ok(bytes.subarray(0x1010).every((byte) => byte === 0xff));
  });

  it('are put in the order of flash, where one may begin where another ends', () => {
    const given = [piece(0x1e0000, 0x1000), piece(0x11000, 0x2000), piece(0x13000, 0x1000)];
    assert.deepEqual(
      inOrder(given).map(({ offset }) => offset),
      [0x11000, 0x13000, 0x1e0000],
    );
    assert.equal(given[0]?.offset, 0x1e0000, 'those that were given stay as they are');
  });

  it('that would go to the same place are refused: one of them would be lost', () => {
    assert.deepEqual(
      refusalOf(() => inOrder([piece(0x13000, 0x1000), piece(0x11000, 0x3000)])),
      {
        code: 'BK_WRONG_IMAGE',
        text: say('placement.overlap', { end: '0x14000', start: '0x13000' }),
        advice: [say('placement.useFitting')],
        address: 0x13000,
      },
    );
  });

  it('are told by their first and last byte', () => {
    assert.deepEqual(
      span({ offset: 0x11000, length: 0x1000 }),
      say('placement.span', { start: '0x11000', end: '0x11fff' }),
    );
  });
});
