import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import type { Device } from '../../../src';
import { SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder } from '../../support/bench-device';
import { LastingChip } from '../../support/mortal-job';

/** The sector that the image begins in. */
const OFFSET = 0x2d000;

describe('a write between sector boundaries', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  const at = OFFSET + 0x123;
  const image = noise(3 * SECTOR + 0x456, 21);
  const kept = () => readdirSync(folder()).filter((name) => name.endsWith('.edge'));
  const job = (device: Device) =>
    device.write({ image, offset: at, backup: { mode: 'never', folder: folder() } });

  /** A chip whose flash is full around the image, and what it should hold in the end. */
  function fullChip(sim: string) {
    const chip = new LastingChip(sim);
    noise(8 * SECTOR, 33).copy(chip.flash, OFFSET - 2 * SECTOR);
    const before = Buffer.from(chip.flash);
    const wanted = Buffer.from(before);
    image.copy(wanted, at);
    return { chip, before, wanted };
  }

  for (const sim of ['bk7231n?seed=914', 'bk7231t?seed=915']) {
    it(`brings back the bytes beside the image, wherever it died (${sim})`, async () => {
      const { chip, before, wanted } = fullChip(sim);
      const { changes } = await chip.live(job);
      assert.deepEqual(kept(), []);
      for (let change = 1; change <= changes.length; change++) {
        for (const delivered of [true, false]) {
          const why = `died at change ${change} of ${changes.length}, delivered ${delivered}`;
          before.copy(chip.flash);
          const lives = [
            await chip.live(job, { change, delivered }),
            await chip.live(job, { change: 1, delivered }),
            await chip.live(job),
          ];
          assert.equal(lives[2]?.error, null, why);
          assert.ok(chip.flash.equals(wanted), why);
          assert.deepEqual(kept(), [], why);
        }
      }
    });
  }

  it('keeps them once, and says when it puts them back', async () => {
    const { chip, before } = fullChip('bk7231n?seed=916');
    await chip.live(job, { change: 1, delivered: true });
    assert.equal(kept().length, 2);
    assert.match(kept()[0] ?? '', /^\.BK7231N_[0-9a-f]{12}_2d000-1000\.edge$/);
    assert.ok(!chip.flash.equals(before));
    let warnings: string[] = [];
    await chip.live(async (device) => {
      warnings = (await job(device)).facts.warnings;
    });
    assert.match(warnings.join(), /broke off in the sector at 0x2d000: the bytes beside the image/);
  });

  it('knows the remains of an erase that broke off, with cells that came out by chance', async () => {
    const { chip, wanted } = fullChip('bk7231n?seed=920');
    await chip.live(job, { change: 1, delivered: true });
    const sector = chip.flash.subarray(OFFSET, OFFSET + SECTOR);
    noise(8 * SECTOR, 33).copy(sector, 0x40, 2 * SECTOR + 0x40, 2 * SECTOR + 0x80);
    for (const at of [0x10, 0x50, 0x111]) sector[at] = (sector[at] as number) ^ 0x24;
    await chip.live(job);
    assert.ok(chip.flash.equals(wanted));
  });

  it('makes nothing of them where somebody else has changed the sector since', async () => {
    const { chip } = fullChip('bk7231n?seed=917');
    await chip.live(job, { change: 1, delivered: true });
    noise(8 * SECTOR, 34).copy(chip.flash, OFFSET - 2 * SECTOR);
    const wanted = Buffer.from(chip.flash);
    image.copy(wanted, at);
    await chip.live(job);
    assert.ok(chip.flash.equals(wanted));
  });

  it('forgets them when the sectors were erased or written as a whole', async () => {
    const region = { offset: OFFSET, length: 4 * SECTOR };
    const backup = () => ({ mode: 'never' as const, folder: folder() });
    for (const other of [
      (device: Device) => device.erase({ region: 'range', ...region, backup: backup() }),
      (device: Device) =>
        device.write({ image: noise(region.length, 35), offset: OFFSET, backup: backup() }),
    ]) {
      const { chip } = fullChip('bk7231n?seed=918');
      await chip.live(job, { change: 1, delivered: true });
      assert.equal((await chip.live(other)).error, null);
      assert.deepEqual(kept(), []);
    }
  });

  it('keeps them in a folder that it makes for that', async () => {
    const { chip } = fullChip('bk7231n?seed=921');
    rmSync(folder(), { recursive: true });
    await chip.live(job, { change: 1, delivered: true });
    assert.equal(kept().length, 2);
  });

  it('keeps nothing for bytes that the image itself brings', async () => {
    const chip = new LastingChip('bk7231n?seed=922');
    chip.flash.fill(0xff, OFFSET - SECTOR, OFFSET + 8 * SECTOR);
    noise(image.length, 36).copy(chip.flash, at);
    await chip.live(job, { change: 1, delivered: true });
    assert.deepEqual(kept(), []);
  });

  it('knows what a program has left that broke off: some bits are not cleared yet', async () => {
    const { chip, before, wanted } = fullChip('bk7231n?seed=923');
    await chip.live(job, { change: 1, delivered: true });
    for (let place = OFFSET; place < at; place++)
      chip.flash[place] = (before[place] as number) | 0x0f;
    const warnings = await livedThrough(chip);
    assert.match(warnings, /broke off in the sector at 0x2d000/);
    assert.ok(chip.flash.equals(wanted));
  });

  it('says nothing of a write that broke off where none did, nor where all is back in place', async () => {
    const { chip, before, wanted } = fullChip('bk7231n?seed=924');
    assert.doesNotMatch(await livedThrough(chip), /broke off/);
    before.copy(chip.flash);
    await chip.live(job, { change: 1, delivered: true });
    before.copy(chip.flash);
    assert.doesNotMatch(await livedThrough(chip), /broke off/);
    assert.ok(chip.flash.equals(wanted));
  });

  for (const [where, offset, length] of [
    ['before', OFFSET - 2 * SECTOR, 2 * SECTOR],
    ['behind', OFFSET + 4 * SECTOR, 2 * SECTOR],
    ['between', OFFSET + SECTOR, 2 * SECTOR],
  ] as const)
    it(`remembers them where another job has changed only what lies ${where}`, async () => {
      const { chip } = fullChip('bk7231n?seed=925');
      await chip.live(job, { change: 1, delivered: true });
      const backup = { mode: 'never' as const, folder: folder() };
      const { error } = await chip.live((device) =>
        device.erase({ region: 'range', offset, length, backup }),
      );
      assert.equal(error, null);
      assert.equal(kept().length, 2);
    });

  /** What a write warns of that comes to its end. */
  async function livedThrough(chip: LastingChip): Promise<string> {
    let warnings: string[] = [];
    const { error } = await chip.live(async (device) => {
      warnings = (await job(device)).facts.warnings;
    });
    assert.equal(error, null);
    return warnings.join();
  }

  it('leaves no folder and no file behind where nothing is at stake', async () => {
    const chip = new LastingChip('bk7231n?seed=919');
    chip.flash.fill(0xff, OFFSET - SECTOR, OFFSET + 8 * SECTOR);
    rmSync(folder(), { recursive: true });
    await chip.live(job, { change: 1, delivered: true });
    assert.throws(() => readdirSync(folder()), /ENOENT/);
  });
});
