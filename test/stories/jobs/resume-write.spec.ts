import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../../src';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder } from '../../support/bench-device';
import { changedAgain, LastingChip, readAgain } from '../../support/mortal-job';

/** Whole blocks to be erased at once, and single sectors before and after them. */
const OFFSET = 0x2d000;
const IMAGE = noise(3 * SECTOR + BLOCK + 4 * SECTOR, 21);
/** Each job proves the rate at the one, and looks for the MAC in the other. */
const LOOKS = [0x11000, 0x1d0000];

describe('a write that is interrupted', function () {
  this.timeout(120_000);
  const folder = scratchFolder(this);

  const write = (mode: 'never' | 'once') => (device: Device) =>
    device.write({ image: IMAGE, offset: OFFSET, backup: { mode, folder: folder() } });

  // A basic chip that was asked for a checksum takes data only after an erase, be the sector blank: that is
  // one more after comparing, and one after the first sector was proved.
  for (const [sim, spare] of [
    ['bk7231n?seed=911', 0],
    ['bk7231t?seed=912', 2],
  ] as const) {
    it(`goes on where it died, at any change (${sim})`, async () => {
      const chip = new LastingChip(sim);
      const before = Buffer.from(chip.flash);
      const wanted = Buffer.from(before);
      IMAGE.copy(wanted, OFFSET);
      const whole = await chip.live(write('never'));
      assert.ok(whole.changes.some(({ length }) => length === BLOCK));
      for (let change = 1; change <= whole.changes.length; change++) {
        for (const delivered of [true, false]) {
          const why = `died at change ${change} of ${whole.changes.length}, delivered ${delivered}`;
          before.copy(chip.flash);
          const dead = await chip.live(write('never'), { change, delivered });
          assert.equal(dead.died, true, why);
          const second = await chip.live(write('never'));
          assert.equal(second.error, null, why);
          assert.ok(chip.flash.equals(wanted), why);
          const again = changedAgain([dead, second]);
          assert.ok(again.length <= spare, `${why}: ${again.join()}`);
        }
      }
    });
  }

  describe('between sector boundaries', () => {
    const at = OFFSET + 0x123;
    const image = IMAGE.subarray(0, 3 * SECTOR + 0x456);
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
      assert.match(
        warnings.join(),
        /broke off in the sector at 0x2d000: the bytes beside the image/,
      );
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

    it('leaves no folder and no file behind where nothing is at stake', async () => {
      const chip = new LastingChip('bk7231n?seed=919');
      chip.flash.fill(0xff, OFFSET - SECTOR, OFFSET + 8 * SECTOR);
      rmSync(folder(), { recursive: true });
      await chip.live(job, { change: 1, delivered: true });
      assert.throws(() => readdirSync(folder()), /ENOENT/);
    });
  });

  it('goes on with its backup first, and then writes', async () => {
    const sim = 'bk7231n?seed=913';
    const chip = new LastingChip(sim);
    // Used flash: what is blank is not read.
    noise(0xf0000, 23).copy(chip.flash, 0xd0000);
    const before = Buffer.from(chip.flash);
    const wanted = Buffer.from(before);
    IMAGE.copy(wanted, OFFSET);
    for (const step of [90, 150, 217]) {
      rmSync(folder(), { recursive: true });
      before.copy(chip.flash);
      const lives = [];
      do {
        const read = LOOKS.length + step;
        lives.push(await chip.live(write('once'), { read, delivered: lives.length % 2 === 0 }));
        assert.ok(lives.length < 10, 'it gets on');
      } while (lives.at(-1)?.died);
      assert.ok(lives.length > 2);
      assert.ok(chip.flash.equals(wanted));
      assert.ok(readAgain(lives, LOOKS) <= lives.length - 1);
      assert.deepEqual(
        lives.map(({ changes }) => changes.length > 0),
        lives.map(({ died }) => !died),
        'nothing is changed before the backup is whole',
      );
      const [bytes = '', sidecar, ...more] = readdirSync(folder()).sort();
      assert.equal(sidecar, `${bytes}.json`);
      assert.deepEqual(more, []);
      assert.ok(readFileSync(join(folder(), bytes)).equals(before));
    }
  });

  it('backs up once, though it died in the midst of writing', async () => {
    const sim = 'bk7231n?seed=914';
    const chip = new LastingChip(sim);
    const before = Buffer.from(chip.flash);
    for (const change of [1, 6, 20]) {
      rmSync(folder(), { recursive: true });
      before.copy(chip.flash);
      const dead = await chip.live(write('once'), { change, delivered: true });
      const second = await chip.live(write('once'));
      assert.equal(second.error, null);
      assert.ok(dead.changes.length > 0);
      assert.ok(second.reads.length <= LOOKS.length);
      assert.deepEqual(changedAgain([dead, second]), []);
      const files = readdirSync(folder()).sort();
      assert.equal(files.length, 2);
      assert.ok(readFileSync(join(folder(), files[0] as string)).equals(before));
    }
  });
});
