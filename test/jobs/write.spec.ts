import assert from 'node:assert/strict';
import type { Progress } from '../../src';
import { BLOCK, SECTOR } from '../../src/chip/geometry';
import { noise, sum, testDevice } from '../support/bench-device';
import { rejection } from '../support/rejects';
import { spoilAnswers } from '../support/spoil-answers';

const blank = (length: number) => Buffer.alloc(length, 0xff);

describe('writing at an offset', () => {
  it('writes back what lies beside an image as flash holds it, not as a bad line tells it', async () => {
    const { device, chip } = testDevice('bk7231n');
    chip.flash.set(noise(4 * SECTOR, 11), 0x100000);
    const wanted = Buffer.from(chip.flash);
    const image = noise(SECTOR, 12);
    image.copy(wanted, 0x100800);
    let reads = 0;
    spoilAnswers(chip, [0x09], (answer) => {
      if (answer.readUInt32LE(11) !== 0x100000) return;
      if (reads++ === 0) answer[15] = (answer[15] as number) ^ 0x10;
    });
    await device.write({ image, offset: 0x100800 });
    assert.ok(chip.flash.equals(wanted));
    assert.ok(reads > 1, 'it was read again');
    await device.close();
  });

  it('puts the bytes there, changes nothing else, and says what it did', async () => {
    const { device, chip } = testDevice('bk7231n');
    const before = Buffer.from(chip.flash);
    const image = noise(0x20000);
    const { payload, facts } = await device.write({ image, offset: 0x100000 });
    assert.ok(chip.flash.subarray(0x100000, 0x120000).equals(image));
    assert.ok(chip.flash.subarray(0, 0x100000).equals(before.subarray(0, 0x100000)));
    assert.ok(chip.flash.subarray(0x120000).equals(before.subarray(0x120000)));
    assert.deepEqual(payload.regions, [{ offset: 0x100000, length: 0x20000 }]);
    assert.equal(payload.bytes, 0x20000);
    assert.equal(payload.verified, true);
    assert.equal(facts.offset, 0x100000);
    assert.equal(facts.length, 0x20000);
    assert.equal(facts.chip, 'BK7231N');
    await device.close();
  });

  it('keeps the rest of a sector that the image covers in part', async () => {
    const { device, chip } = testDevice('bk7231t');
    const before = Buffer.from(chip.flash);
    const image = noise(0x1234);
    await device.write({ image, offset: 0x1f0010 });
    const wanted = Buffer.from(before);
    image.copy(wanted, 0x1f0010);
    assert.ok(chip.flash.equals(wanted));
    await device.close();
  });

  it('leaves equal sectors alone and does not erase blank ones', async () => {
    const { device, chip } = testDevice('bk7231n');
    const image = noise(4 * SECTOR);
    chip.flash.fill(0xff, 0x140000, 0x140000 + 4 * SECTOR);
    image.copy(chip.flash, 0x140000, 0, 2 * SECTOR);
    const { payload } = await device.write({ image, offset: 0x140000 });
    assert.equal(payload.bytesUnchanged, 2 * SECTOR);
    assert.equal(payload.bytesWritten, 2 * SECTOR);
    assert.equal(payload.sectorsErased, 0);
    assert.equal(sum(chip.counters.erases), 0);
    assert.equal(sum(chip.counters.programs), 2);
    await device.close();
  });

  it('writes the same image again without touching flash', async () => {
    const { device, chip } = testDevice('bk7231n');
    const image = noise(3 * BLOCK);
    await device.write({ image, offset: 0x80000 });
    const erases = sum(chip.counters.erases);
    const programs = sum(chip.counters.programs);
    const { payload } = await device.write({ image, offset: 0x80000 });
    assert.equal(payload.bytesUnchanged, image.length);
    assert.equal(payload.bytesWritten, 0);
    assert.equal(sum(chip.counters.erases), erases);
    assert.equal(sum(chip.counters.programs), programs);
    await device.close();
  });

  it('rewrites all of it when asked to', async () => {
    const { device } = testDevice('bk7231n');
    const image = noise(BLOCK);
    await device.write({ image, offset: 0x80000 });
    const { payload } = await device.write({ image, offset: 0x80000, unchanged: 'rewrite' });
    assert.equal(payload.bytesUnchanged, 0);
    assert.equal(payload.bytesWritten, BLOCK);
    assert.equal(payload.blocksErased, 1);
    await device.close();
  });

  it('erases whole blocks where that is cheaper, and only inside the image', async () => {
    const { device, chip } = testDevice('bk7231n');
    chip.flash.set(noise(4 * BLOCK, 9), 0x100000);
    chip.flash.set(noise(SECTOR, 8), 0x100000 - SECTOR);
    const image = noise(2 * BLOCK + 3 * SECTOR, 5);
    const { payload } = await device.write({ image, offset: 0x100000 - SECTOR });
    assert.equal(payload.blocksErased, 2);
    assert.equal(payload.sectorsErased, 3);
    const past = 0x100000 + 2 * BLOCK + 2 * SECTOR;
    assert.ok(
      chip.flash.subarray(past, 0x140000).equals(noise(4 * BLOCK, 9).subarray(past - 0x100000)),
    );
    await device.close();
  });

  it('takes a part of the image by skip and length', async () => {
    const { device, chip } = testDevice('bk7231n');
    const image = noise(4 * SECTOR);
    await device.write({ image, offset: 0x150000, skip: SECTOR, length: 2 * SECTOR });
    assert.ok(
      chip.flash
        .subarray(0x150000, 0x150000 + 2 * SECTOR)
        .equals(image.subarray(SECTOR, 3 * SECTOR)),
    );
    await device.close();
  });

  it('plans without touching anything on a dry run', async () => {
    const { device, chip } = testDevice('bk7231n');
    const before = Buffer.from(chip.flash);
    chip.flash.set(noise(BLOCK, 3), 0x100000);
    const now = Buffer.from(chip.flash);
    const { payload } = await device.write({
      image: noise(BLOCK),
      offset: 0x100000,
      dryRun: true,
      backup: { mode: 'always', folder: '/nonexistent' },
    });
    assert.equal(payload.verified, false);
    assert.equal(payload.blocksErased, 1);
    assert.equal(payload.bytesWritten, BLOCK);
    // One block erase, sixteen sectors over the line and into flash, one checksum: about 1.3 s at 921600.
    assert.ok(payload.seconds !== undefined && payload.seconds > 0.5 && payload.seconds < 2);
    assert.ok(chip.flash.equals(now));
    assert.equal(chip.flash.length, before.length);
    assert.equal(chip.counters.statusWrites, 0);
    await device.close();
  });

  it('never writes a status register that does not need it', async () => {
    const { device, chip } = testDevice('bk7231n?srPunish=true&protect=0x0600');
    const image = noise(2 * BLOCK);
    const { payload } = await device.write({ image, offset: 0x100000 });
    assert.equal(payload.verified, true);
    assert.equal(chip.counters.statusWrites, 0);
    await device.close();
  });

  it('clears protect bits once on a part that punishes needless writes', async () => {
    const { device, chip } = testDevice('bk7231n?srPunish=true');
    await device.write({ image: noise(BLOCK), offset: 0x100000 });
    assert.equal(chip.counters.statusWrites, 1);
    assert.equal(chip.counters.needlessStatusWrites, 0);
    await device.close();
  });

  it('writes blank data by erasing alone', async () => {
    const { device, chip } = testDevice('bk7231n');
    chip.flash.set(noise(BLOCK), 0x100000);
    const { payload } = await device.write({ image: blank(BLOCK), offset: 0x100000 });
    assert.equal(payload.blocksErased, 1);
    assert.equal(payload.bytesWritten, 0);
    assert.ok(chip.flash.subarray(0x100000, 0x110000).equals(blank(BLOCK)));
    await device.close();
  });

  it('tells of its phases with counts that never fall', async () => {
    const { device, chip } = testDevice('bk7231n');
    chip.flash.set(noise(2 * BLOCK, 8), 0x100000);
    const seen: Progress[] = [];
    await device.write(
      { image: noise(2 * BLOCK), offset: 0x100000 },
      { onProgress: (progress) => seen.push(progress) },
    );
    const last = new Map<string, Progress>();
    for (const progress of seen) {
      const before = last.get(progress.phase);
      if (before && before.total === progress.total) assert.ok(progress.done >= before.done);
      assert.ok(progress.done <= progress.total);
      last.set(progress.phase, progress);
    }
    for (const phase of ['compare', 'erase', 'write', 'verify'] as const) {
      const end = last.get(phase);
      assert.ok(end && end.total > 0 && end.done === end.total, phase);
      assert.equal(end.percent, 100);
    }
    await device.close();
  });

  it('repairs a sector by itself, and names one that never holds its bytes', async () => {
    const { device, chip } = testDevice('bk7231n?deadSector=0x105000');
    const image = noise(BLOCK);
    const error = await rejection(device.write({ image, offset: 0x100000 }), 'BK_BAD_SECTOR');
    assert.equal(error.cause.address, 0x105000);
    const { advice } = error.cause;
    assert.equal(new Set(advice).size, advice.length, 'no advice stands twice');
    assert.ok((chip.counters.erases[0x105] as number) <= 5);
    const wanted = Buffer.from(image);
    const held = Buffer.from(chip.flash.subarray(0x100000, 0x110000));
    wanted.fill(0, 0x5000, 0x6000);
    held.fill(0, 0x5000, 0x6000);
    assert.ok(held.equals(wanted), 'all other sectors hold the image');
    await device.close();
  });
});
