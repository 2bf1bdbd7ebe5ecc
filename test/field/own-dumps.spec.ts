import assert from 'node:assert/strict';
import { inspect, type WriteOptions } from '../../src';
import { BOOTLOADER_END } from '../../src/chip/geometry';
import { type TestDevice, testDevice } from '../support/bench-device';
import { detectImage } from '../support/detect-image';
import { calibrationSector, container, flashImage, openBekenTexts } from '../support/images';
import { rejection } from '../support/rejects';

const MIB = 0x100000;
const MAC = [2, 0, 0, 0xab, 0xcd, 0xef];

/** The flash of a BK7252 with 4 MiB, the calibration where the chip has it. */
function camera(calibration: number | null = 0x3fe000): Buffer {
  return flashImage({
    key: 'none',
    size: 4 * MIB,
    download: 0x132000,
    calibration,
    app: { texts: openBekenTexts('BK7252') },
  });
}

/** The flash of a U with 2 MiB. */
const BULB = flashImage({
  key: 'none',
  download: 0x132000,
  calibration: 0x1e0000,
  name: 'BK7231U_1.0.6',
});

/** Saved from this address on, round to it. */
function from(flash: Buffer, start: number): Buffer {
  return Buffer.concat([flash.subarray(start), flash.subarray(0, start)]);
}

/** A chip with this flash behind its own bootloader, so that the dump is its own, by its MAC. */
function chipWith(sim: string, flash: Buffer): TestDevice {
  const bench = testDevice(`${sim}?mac=020000abcdef`);
  flash.copy(bench.chip.flash, BOOTLOADER_END, BOOTLOADER_END);
  return bench;
}

async function restored(sim: string, own: Buffer, image: Buffer, more: Partial<WriteOptions> = {}) {
  const { device, chip } = chipWith(sim, own);
  chip.flash.fill(0xff, BOOTLOADER_END, BOOTLOADER_END + 0x20000);
  const { payload, facts } = await device.write({ image, ...more });
  // Where OpenBeken looks for it, it gets a copy of the calibration.
  const copy = 0x1e0000;
  const expected = Buffer.from(own);
  if (more.part === 'app') own.copy(expected, copy, 0x3fe000, 0x3ff000);
  assert.ok(chip.flash.subarray(BOOTLOADER_END).equals(expected.subarray(BOOTLOADER_END)));
  await device.close();
  return { kind: payload.image.kind, warnings: facts.warnings.join('\n') };
}

async function refused(sim: string, own: Buffer, image: Buffer, more: Partial<WriteOptions> = {}) {
  const code = 'BK_BAD_IMAGE';
  const { device, chip } = chipWith(sim, own);
  const before = Buffer.from(chip.flash);
  const error = await rejection(device.write({ image, ...more }), code);
  assert.ok(chip.flash.equals(before));
  await device.close();
  return error;
}

describe('the own dump of a chip', () => {
  for (const start of [2 * MIB, MIB, 3 * MIB, 0x180000]) {
    it(`that begins at 0x${start.toString(16)} is put right, which is said`, async () => {
      const flash = camera();
      const { kind, warnings } = await restored('bk7252', flash, from(flash, start));
      assert.equal(kind, 'swapped-dump');
      assert.match(warnings, /parts of the dump are out of order: flash begins with its byte 0x/);
      assert.match(warnings, /put right before it is written/);
    });
  }

  it('that was saved last half first is put right without a calibration, too', () => {
    const flash = camera(null);
    const found = detectImage(from(flash, 2 * MIB));
    assert.ok(found.kind === 'swapped-dump');
    assert.ok(found.upright.flash.equals(flash));
  });

  it('that was saved last half first gives its parts', async () => {
    const flash = camera();
    const { warnings } = await restored('bk7252', flash, from(flash, 2 * MIB), { part: 'app' });
    assert.match(warnings, /put right before it is written/);
  });

  it('that was saved last half first is not written as it is at an offset', async () => {
    const flash = camera();
    const image = from(flash, 2 * MIB);
    for (const more of [{ offset: 0 }, { offset: BOOTLOADER_END, skip: BOOTLOADER_END }]) {
      const error = await refused('bk7252', flash, image, more);
      assert.match(error.message, /parts out of order.*not what a flash holds/);
      assert.match(error.cause.advice.join(' '), /Put what is from byte 0x200000 on in front/);
    }
  });

  it('is inspected as flash is, wherever it begins', async () => {
    const flash = camera();
    const expected = await inspect(flash);
    const found = await inspect(from(flash, 2 * MIB));
    assert.deepEqual(
      [found.kind, found.rotated, found.chip, found.mac, found.rf, found.partitions],
      ['dump', true, expected.chip, expected.mac, expected.rf, expected.partitions],
    );
    assert.match(found.warnings.join(' '), /out of order.*It was put right here/);
  });

  it('is refused where its parts contradict each other', async () => {
    const flash = camera();
    const turned = from(flash, 2 * MIB);
    const twoBootloaders = Buffer.from(flash);
    flash.copy(twoBootloaders, 2 * MIB, 0, MIB);
    const elsewhere = Buffer.from(turned);
    container({ key: 'none' }).copy(elsewhere, BOOTLOADER_END);
    const torn = Buffer.from(turned);
    torn.fill(0, 2 * MIB + 0x12000, 2 * MIB + 0x13000);
    const misplaced = Buffer.from(from(camera(null), 2 * MIB));
    calibrationSector(MAC).copy(misplaced, 0x1e0000);
    for (const [image, says] of [
      [twoBootloaders, /Bootloaders stand at 0x0 and at 0x200000/],
      [elsewhere, /an application where that belongs in a dump that begins with the bootloader/],
      [torn, /what follows there is no whole code/],
      [misplaced, /but the calibration where that belongs/],
    ] as const) {
      for (const more of [{}, { part: 'app' as const }, { offset: 0 }]) {
        const error = await refused('bk7252', flash, image, more);
        assert.match(error.message, /whose parts contradict each other/);
        if (!('part' in more)) assert.match(error.cause.advice.join(' '), says);
      }
      const found = await inspect(image);
      assert.equal(found.kind, 'contradicting-dump');
      assert.match(found.warnings.join(' '), says);
    }
  });

  it('that holds a smaller flash twice says so, and one of the two goes back', async () => {
    const twice = Buffer.concat([BULB, BULB]);
    for (const image of [twice, Buffer.concat([twice, twice]), from(twice, BOOTLOADER_END)]) {
      const { kind, warnings } = await restored('bk7231u', BULB, image);
      assert.equal(kind, 'doubled-dump');
      assert.match(warnings, /one flash of 0x[24]00000 bytes, more than once/);
      const found = await inspect(image);
      assert.deepEqual([found.kind, found.rf?.offset], ['dump', 0x1e0000]);
      assert.match(found.warnings.join(' '), /more than once/);
    }
  });

  it('that was read twice, once wrongly, is refused', async () => {
    const twice = Buffer.concat([BULB, BULB]);
    twice[0x123456] = 0;
    const error = await refused('bk7231u', BULB, twice);
    assert.match(error.cause.advice.join(' '), /read beyond the end of a smaller flash/);
  });

  it('goes back without its application, which is said', async () => {
    const erased = Buffer.from(BULB).fill(0xff, BOOTLOADER_END, 0x1e0000);
    const { warnings } = await restored('bk7231u', erased, erased);
    assert.match(warnings, /does not start a firmware/);
  });
});
