import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { noise, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

describe('a job that ends early', () => {
  it('says which parts of flash hold what', async () => {
    const { device, chip } = testDevice('bk7231n');
    const old = noise(4 * BLOCK, 7);
    chip.flash.set(old, 0x100000);
    const image = noise(4 * BLOCK);
    const abort = new AbortController();
    const job = device.write(
      { image, offset: 0x100000 },
      {
        signal: abort.signal,
        onProgress: ({ phase, done }) => {
          if (phase === 'write' && done >= BLOCK + 3 * SECTOR) abort.abort();
        },
      },
    );
    const { message, cause } = await rejection(job, 'BK_CANCELLED');
    const { state } = cause;
    assert.ok(state !== null);
    // The first sector that was written is verified at once.
    assert.deepEqual(state.fresh, [{ offset: 0x100000, length: SECTOR }]);
    assert.deepEqual(state.written, [{ offset: 0x101000, length: BLOCK + 2 * SECTOR }]);
    assert.deepEqual(state.blank, [{ offset: 0x113000, length: BLOCK - 3 * SECTOR }]);
    assert.deepEqual(state.old, [{ offset: 0x120000, length: 2 * BLOCK }]);
    assert.deepEqual(state.uncertain, []);
    assert.match(message, /0x101000–0x112fff holds what was to be there, not verified yet/);
    // And that is what is there.
    assert.ok(chip.flash.subarray(0x100000, 0x113000).equals(image.subarray(0, 0x13000)));
    assert.ok(chip.flash.subarray(0x113000, 0x120000).every((byte) => byte === 0xff));
    assert.ok(chip.flash.subarray(0x120000, 0x140000).equals(old.subarray(2 * BLOCK)));
    await device.close();
  });

  it('says nothing of flash where it changed nothing', async () => {
    const { device } = testDevice('bk7231n');
    const error = await rejection(
      device.write({ image: noise(SECTOR), offset: 0 }),
      'BK_BOOTLOADER_PROTECTED',
    );
    assert.equal(error.cause.state, null);
  });

  it('goes gently on a supply that breaks down again and again', async () => {
    const { device, chip } = testDevice('bk7231n?brownout=0.05&seed=3');
    chip.flash.set(noise(8 * BLOCK, 7), 0x100000);
    const image = noise(8 * BLOCK);
    const { facts, payload } = await device.write({ image, offset: 0x100000 });
    assert.ok(chip.flash.subarray(0x100000, 0x180000).equals(image));
    assert.ok(facts.recoveries.length >= 2);
    assert.ok(facts.warnings.some((warning) => /stronger 3\.3 V supply/.test(warning)));
    assert.ok(payload.sectorsErased > 16, 'blocks were erased by sectors');
    await device.close();
  });
});
