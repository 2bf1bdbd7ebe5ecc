import assert from 'node:assert/strict';
import type { ImageContent } from '../../../src/image/detect/image-format';
import type { Piece, PlaceWish } from '../../../src/placement/base/place-types';
import { bringsApplication, isOpenBeken } from '../../../src/placement/parts/openbeken-firmware';
import { say } from '../../../src/texts/note';
import { imageOf } from '../../support/placing';

const bytes = Buffer.alloc(0x1000);
const APP: ImageContent = { to: 'app', bytes };
const BOOT: ImageContent = { to: 'bootloader', bytes };
const dump = (putRight: ReturnType<typeof say> | null = null): ImageContent => ({
  to: 'flash',
  bytes,
  partitions: [],
  putRight,
});
const piece = (offset: number): Piece => ({ offset, bytes });
const brings = (contents: ImageContent[], wish: PlaceWish, ...offsets: number[]): boolean =>
  bringsApplication({ bytes, detected: imageOf({ contents }) }, wish, offsets.map(piece));

describe("OpenBeken's firmware", () => {
  it('is told by the name that it has for itself', () => {
    assert.equal(isOpenBeken({ project: 'OpenBK7231N' }), true);
    assert.equal(isOpenBeken({ project: 'oem_bk7231n_plug' }), false);
    assert.equal(isOpenBeken({ project: null }), false);
  });
});

describe('an application comes to where it starts from', () => {
  it('with its image, or as the part of one, as far as more than a bootloader is written', () => {
    assert.equal(brings([APP], {}, 0x11000), true);
    assert.equal(brings([APP], { part: 'app', offset: 'auto' }, 0x11000), true);
    assert.equal(brings([dump()], { part: 'rf' }, 0x1d0000), false);
    assert.equal(brings([BOOT, APP], {}, 0, 0x11000), true);
    assert.equal(brings([BOOT, APP], {}, 0x10000), false);
  });

  it('at its offset, whole', () => {
    assert.equal(brings([APP], { offset: 0x11000 }, 0x11000), true);
    assert.equal(brings([APP], { offset: 0x11000, skip: 34 }, 0x11000), false);
    assert.equal(brings([APP], { offset: 0x12000 }, 0x12000), false);
  });

  it('out of an image that begins at 0x0, where as much is left out as its offset says', () => {
    for (const contents of [[BOOT, APP], [dump()]]) {
      assert.equal(brings(contents, { offset: 0x11000, skip: 0x11000 }, 0x11000), true);
      assert.equal(brings(contents, { offset: 0 }, 0, 0x11000), true);
      assert.equal(brings(contents, { offset: 0x11000 }, 0x11000), false);
    }
    assert.equal(brings([BOOT], { offset: 0x11000, skip: 0x11000 }, 0x11000), false);
    assert.equal(brings([], { offset: 0x11000, skip: 0x11000 }, 0x11000), false);
    const rotated = dump(say('image.dump'));
    assert.equal(brings([rotated], { offset: 0x11000, skip: 0x11000 }, 0x11000), false);
  });
});
