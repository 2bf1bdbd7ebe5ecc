import assert from 'node:assert/strict';
import { HeldImages } from '../../../../nodes/flasher/requests/held-images';
import { VirtualClock } from '../../../support/virtual-clock';

const MIB = 1024 * 1024;

function held() {
  const clock = new VirtualClock();
  let count = 0;
  return { clock, images: new HeldImages(clock, () => `image-${++count}`) };
}

describe('images that are held', () => {
  it('are there until nobody has asked for them for an hour', async () => {
    const { clock, images } = held();
    const bytes = Buffer.from([1, 2, 3]);
    const { id } = images.hold('a.bin', bytes, null);
    await clock.advance(59 * 60_000);
    assert.equal(images.bytes(id), bytes);
    await clock.advance(59 * 60_000);
    assert.equal(images.bytes(id), bytes);
    await clock.advance(60 * 60_000);
    assert.equal(images.bytes(id), undefined);
  });

  it('are eight at most: the one that was used least lately goes', () => {
    const { images } = held();
    const ids = Array.from({ length: 8 }, () => images.hold('', Buffer.alloc(1), null).id);
    images.bytes(ids[0] as string);
    const more = images.hold('', Buffer.alloc(1), null).id;
    const there = [...ids, more].map((id) => images.bytes(id) !== undefined);
    assert.deepEqual(there, [true, false, true, true, true, true, true, true, true]);
  });

  it('are 64 MiB at most', () => {
    const { images } = held();
    const ids = [1, 2, 3].map(() => images.hold('', Buffer.alloc(30 * MIB), null).id);
    assert.deepEqual(
      ids.map((id) => images.bytes(id) !== undefined),
      [false, true, true],
    );
  });

  it('are named without folders and what cannot be printed', () => {
    const { images } = held();
    const name = (given: string) => images.hold(given, Buffer.alloc(1), null).name;
    assert.equal(name('../../etc/passwd'), 'passwd');
    assert.equal(name('C:\\Users\\me\\plug.bin'), 'plug.bin');
    assert.equal(name('a\u0000\nb.bin'), 'ab.bin');
    assert.equal(name('x'.repeat(1000)).length, 255);
  });
});
