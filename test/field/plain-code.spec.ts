import assert from 'node:assert/strict';
import { inspect } from '../../src';
import { sum, testDevice } from '../support/bench-device';
import { container, openBekenTexts, plainCode } from '../support/images';
import { rejection } from '../support/rejects';

/** Vectors as they begin code: branch and loads, or loads alone, near and far. */
const BEGINNINGS: [string, Buffer][] = [
  ['a branch and loads', Buffer.from('0e0000ea14f09fe5', 'hex')],
  ['loads alone', Buffer.from('18f09fe518f09fe5', 'hex')],
  ['loads from farther away', Buffer.from('40f09fe540f09fe5', 'hex')],
];

const begunWith = (vectors: Buffer, chip: string): Buffer => {
  const code = plainCode({ length: 0x8000, texts: openBekenTexts(chip) });
  vectors.copy(code);
  return code;
};

describe('plain code as a compiler makes it', function () {
  this.timeout(60_000);

  for (const [what, vectors] of BEGINNINGS) {
    it(`that begins with ${what} is refused, at 0x11000 too, on chips with a key and without`, async () => {
      for (const [sim, name] of [
        ['bk7231n', 'BK7231N'],
        ['bk7231t', 'BK7231T'],
        ['bk7231m', 'BK7231M'],
        ['bk7238', 'BK7238'],
        ['bk7231u', 'BK7231U'],
      ] as const) {
        const image = begunWith(vectors, name);
        for (const options of [{ image }, { image, offset: 0x11000 }]) {
          const { device, chip } = testDevice(sim);
          const error = await rejection(device.write(options), 'BK_BAD_IMAGE');
          assert.match(error.message, /plain code as a compiler makes it.*[Nn]othing was changed/);
          assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
          await device.close();
        }
      }
      assert.equal((await inspect(begunWith(vectors, 'BK7231N'))).kind, 'raw');
    });

    it(`that begins with ${what} goes to a chip without a key once it is in packets`, async () => {
      const plain = begunWith(vectors, 'BK7238');
      const image = container({ plain, key: 'none' });
      assert.equal((await inspect(image)).encryptionKey, 'none');
      const { device, chip } = testDevice('bk7238');
      assert.equal((await device.write({ image })).payload.verified, true);
      assert.ok(chip.flash.subarray(0x11000, 0x11008).equals(vectors));
      await device.close();
      const other = testDevice('bk7231n');
      const forN = container({ plain: begunWith(vectors, 'BK7231N'), key: 'none' });
      const error = await rejection(other.device.write({ image: forN }), 'BK_WRONG_IMAGE');
      assert.match(error.message, /no key|BK7231M/);
      await other.device.close();
    });
  }

  it('is written all the same where a person insists', async () => {
    const { device, chip } = testDevice('bk7231n');
    const image = begunWith(Buffer.from('18f09fe518f09fe5', 'hex'), 'BK7231N');
    await device.write({ image, offset: 0x11000, anyImage: true });
    assert.ok(chip.flash.subarray(0x11000, 0x11000 + image.length).equals(image));
    await device.close();
  });
});
