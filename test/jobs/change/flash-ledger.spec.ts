import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { BkError } from '../../../src/errors';
import { planBlock } from '../../../src/jobs/change/change-plan';
import { FlashLedger, withFlashState } from '../../../src/jobs/change/flash-ledger';
import type { SectorState } from '../../../src/jobs/chip/compare';
import { verbatim } from '../../../src/texts/note';
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

  it('knows what the chip has confirmed by then', async () => {
    const { device, chip } = testDevice('bk7231n');
    chip.flash.set(noise(4 * BLOCK, 7), 0x100000);
    const abort = new AbortController();
    const job = device.write(
      { image: noise(4 * BLOCK), offset: 0x100000 },
      {
        signal: abort.signal,
        onProgress: ({ phase, done }) => {
          if (phase === 'verify' && done >= 2 * BLOCK) abort.abort();
        },
      },
    );
    const { cause } = await rejection(job, 'BK_CANCELLED');
    assert.deepEqual(cause.state?.fresh, [{ offset: 0x100000, length: 2 * BLOCK }]);
    assert.deepEqual(cause.state?.written, [{ offset: 0x120000, length: 2 * BLOCK }]);
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

describe('what each sector of a job holds', () => {
  const AT = 0x100000;
  const region = (sector: number, count = 1) => ({
    offset: AT + sector * SECTOR,
    length: count * SECTOR,
  });
  const plan = (states: SectorState[]) =>
    planBlock(region(0, 16), noise(BLOCK, 3), states, 921_600);
  const states = (...different: number[]) =>
    Array.from(
      { length: 16 },
      (_, index): SectorState => (different.includes(index) ? 'different' : 'equal'),
    );

  it('is the image where the plan leaves it alone, and what was there before where it does not', () => {
    const ledger = new FlashLedger();
    const blank = states(1, 2);
    blank[9] = 'blank';
    ledger.expect(plan(blank));
    const { fresh, old } = ledger.state();
    assert.deepEqual(old, [region(1, 2), region(9)]);
    assert.deepEqual(fresh, [region(0), region(3, 6), region(10, 6)]);
  });

  it('is all old where a block is erased at once, and none where nothing is to be done', () => {
    const whole = new FlashLedger();
    whole.expect(plan(states(...Array.from({ length: 15 }, (_, index) => index))));
    assert.deepEqual(whole.state().old, [region(0, 16)]);
    assert.deepEqual(whole.state().fresh, []);
    const none = new FlashLedger();
    none.expect(plan(states()));
    assert.deepEqual(none.state().fresh, [region(0, 16)]);
    // A block's erase takes the sectors that are blank in the image, too.
    const half = Buffer.concat([noise(BLOCK / 2, 3), Buffer.alloc(BLOCK / 2, 0xff)]);
    const different = states(...Array.from({ length: 15 }, (_, index) => index));
    const block = new FlashLedger();
    block.expect(planBlock(region(0, 16), half, different, 921_600));
    assert.deepEqual(block.state().old, [region(0, 16)]);
    const nothing = new FlashLedger();
    nothing.expect({
      range: region(0, 16),
      erase: { by: 'block', addresses: [] },
      program: [],
      unchanged: BLOCK,
    });
    assert.deepEqual(nothing.state().old, []);
    const erase = new FlashLedger();
    erase.expectErase(region(4, 2));
    assert.deepEqual(erase.state().old, [region(4, 2)]);
    assert.deepEqual(
      [3, 4, 5, 6].map((sector) => erase.has(region(sector).offset)),
      [false, true, true, false],
    );
  });

  it('is uncertain beside the job where a command went astray, and known in it', () => {
    const ledger = new FlashLedger();
    ledger.set(region(0), 'fresh');
    ledger.addUncertain([region(0).offset, region(7).offset]);
    const { fresh, uncertain } = ledger.state();
    assert.deepEqual([fresh, uncertain], [[region(0)], [region(7)]]);
  });

  it('is uncertain, too, where the chip has said what is not so', () => {
    const ledger = new FlashLedger();
    for (const [sector, holds] of [
      [0, 'blank'],
      [1, 'written'],
      [2, 'fresh'],
      [3, 'old'],
    ] as const)
      ledger.set(region(sector), holds);
    ledger.doubt();
    assert.deepEqual(ledger.state(), {
      fresh: [region(2)],
      written: [],
      blank: [],
      old: [region(3)],
      uncertain: [region(0, 2)],
    });
  });

  it('is told in the order of addresses, and only what there is', () => {
    const ledger = new FlashLedger();
    for (const sector of [9, 2, 1]) ledger.set(region(sector), 'blank');
    ledger.set(region(3), 'old');
    const error = new BkError('BK_CANCELLED', verbatim('Cancelled.'));
    const { message, cause } = withFlashState(error, ledger.state());
    assert.match(message, /^Cancelled\..*0x101000–0x102fff, 0x109000–0x109fff.*0x103000–0x103fff/);
    assert.doesNotMatch(message, /holds what was to be there/);
    assert.deepEqual(cause.state?.blank, [region(1, 2), region(9)]);
    assert.equal(withFlashState(error, new FlashLedger().state()), error);
  });
});
