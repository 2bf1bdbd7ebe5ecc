import assert from 'node:assert/strict';
import type { WriteOptions, WriteSummary } from '../../src';
import { BLOCK, SECTOR } from '../../src/chip/geometry';
import { noise, testDevice } from '../support/bench-device';

const OFFSET = 0x100000;

/** What sectors are made of: blank, a few kinds of noise, and noise that begins with FF. */
type Kind = 'blank' | 'one' | 'two' | 'edge';
const KINDS: readonly Kind[] = ['blank', 'one', 'two', 'edge'];
const SECTORS: Readonly<Record<Kind, Buffer>> = {
  blank: Buffer.alloc(SECTOR, 0xff),
  one: noise(SECTOR, 1),
  two: noise(SECTOR, 2),
  edge: Buffer.concat([Buffer.alloc(SECTOR - 7, 0xff), noise(7, 3)]),
};

function made(of: readonly Kind[]): Buffer {
  return Buffer.concat(of.map((kind) => SECTORS[kind]));
}

/** Repeatable numbers in [0, 1). */
function randomOf(seed: number): () => number {
  const bytes = noise(4 * 4096, seed);
  let at = 0;
  return () => bytes.readUInt32LE(4 * (at++ % 4096)) / 2 ** 32;
}

async function written(
  held: Buffer,
  options: Partial<WriteOptions> & { image: Buffer },
): Promise<WriteSummary> {
  const { device, chip } = testDevice('bk7231n');
  chip.flash.fill(0xff, OFFSET, OFFSET + 4 * BLOCK);
  held.copy(chip.flash, OFFSET);
  const beside = Buffer.from(chip.flash);
  const offset = typeof options.offset === 'number' ? options.offset : OFFSET;
  const dry = await device.write({ ...options, offset, dryRun: true });
  assert.ok(beside.equals(chip.flash));
  const { payload } = await device.write({ ...options, offset });
  options.image.copy(beside, offset);
  assert.ok(beside.equals(chip.flash), 'nothing but the image was changed');
  for (const { bytes, bytesWritten, bytesUnchanged, bytesErased } of [dry.payload, payload]) {
    assert.equal(bytes, options.image.length);
    assert.equal(bytesWritten + bytesUnchanged + bytesErased, bytes);
    assert.ok(Math.min(bytesWritten, bytesUnchanged, bytesErased) >= 0);
    assert.equal(bytesErased, payload.bytesErased, 'a dry run says the same');
    assert.equal(bytesWritten, payload.bytesWritten, 'a dry run says the same');
  }
  await device.close();
  return payload;
}

describe('the bytes of a write', () => {
  it('are erased where the image is blank and flash is not', async () => {
    const { bytesErased, bytesWritten } = await written(made(Array(16).fill('one')), {
      image: made(Array(16).fill('blank')),
    });
    assert.deepEqual([bytesErased, bytesWritten], [BLOCK, 0]);
  });

  it('are unchanged where both are blank', async () => {
    const { bytesUnchanged } = await written(Buffer.alloc(0), {
      image: made(Array(20).fill('blank')),
    });
    assert.equal(bytesUnchanged, 20 * SECTOR);
  });

  it('are none unchanged where all is rewritten', async () => {
    const image = made(['one', 'blank', 'two', 'blank', 'edge']);
    const { bytesUnchanged, bytesErased } = await written(image, { image, unchanged: 'rewrite' });
    assert.deepEqual([bytesUnchanged, bytesErased], [0, 2 * SECTOR]);
  });

  it('are those of the image, not those that fill its first and last sector up', async () => {
    const held = made(['one', 'one', 'one']);
    const image = Buffer.concat([held.subarray(100, SECTOR), noise(904, 8)]);
    const { bytesWritten, bytesUnchanged } = await written(held, { image, offset: OFFSET + 100 });
    assert.deepEqual([bytesWritten, bytesUnchanged], [904, SECTOR - 100]);
  });

  it('are together all of it, whatever image and flash are', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomOf(seed);
      const some = (count: number) =>
        Array.from({ length: count }, () => KINDS[Math.floor(random() * 4)] as Kind);
      const kinds = some(1 + Math.floor(random() * 40));
      // Mostly what is wanted already, or hardly any of it.
      const alike = random();
      const held = made(kinds.map((kind) => (random() < alike ? kind : (some(1)[0] as Kind))));
      const whole = made(kinds);
      const cut = random() < 0.5 ? 0 : Math.floor(random() * SECTOR);
      const start = random() < 0.5 ? 0 : Math.floor(random() * SECTOR);
      const image = whole.subarray(start, Math.max(start + 1, whole.length - cut));
      const unchanged = random() < 0.2 ? 'rewrite' : 'skip';
      await written(held, { image, offset: OFFSET + start, unchanged });
    }
  });
});
