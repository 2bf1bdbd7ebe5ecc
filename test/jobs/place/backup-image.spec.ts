import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import sinon from 'sinon';
import type { BackupImage, WriteOptions } from '../../../src';
import { BOOTLOADER_END } from '../../../src/chip/geometry';
import { noise, scratchFolder, type TestDevice, testDevice } from '../../support/bench-device';
import { calibrationSector } from '../../support/images';
import { rejection } from '../../support/rejects';
import { forgetSimulatedChips } from '../../support/simulated-chips';

const CALIBRATION = 0x1d0000;
const STORAGE = 0x1ed000;
const LAMP = '02:00:00:00:00:01';

describe('the own backup of a chip as an image', function () {
  const scratch = scratchFolder(this);
  const folder = () => join(scratch(), 'bk-backups');
  let open: TestDevice[] = [];
  // Few chips are kept that nobody has open: those of tests before must not push out one that is altered in between.
  beforeEach(forgetSimulatedChips);
  afterEach(async () => {
    for (const { device } of open) await device.close();
    open = [];
  });

  /** Pages of Tuya's storage that nothing was written to: alike on all devices of a batch, as real dumps show. */
  function emptyPages(): Buffer {
    const head = noise(0x10, 9);
    const rest = Buffer.alloc(0x1000 - 0x10, noise(0x10, 10));
    return Buffer.concat(Array.from({ length: 4 }, () => Buffer.concat([head, rest])));
  }

  /** A lamp with a MAC, and a storage of its own. */
  function lamp(number: number, sim = 'bk7231n'): TestDevice {
    const bench = testDevice(`${sim}${sim.includes('?') ? '&' : '?'}mac=02000000000${number}`, {
      // Each job begins with a link of its own, as on another day.
      idle: 0,
    });
    noise(0x8000, 100 + number).copy(bench.chip.flash, STORAGE);
    open.push(bench);
    return bench;
  }

  /** Backs a lamp up. @returns the path */
  async function backUp({ device, clock }: TestDevice): Promise<string> {
    await clock.advance(60_000);
    const { payload } = await device.read({ file: { folder: folder() } });
    return payload as string;
  }

  function rescue(
    { device }: TestDevice,
    more: Partial<BackupImage> = {},
    options: Partial<WriteOptions> = {},
  ) {
    return device.write({ image: { backups: folder(), ...more }, ...options });
  }

  /** A lamp that is backed up, and what its flash holds. */
  async function savedLamp(number: number, sim?: string) {
    const bench = lamp(number, sim);
    const path = await backUp(bench);
    return { bench, path, before: Buffer.from(bench.chip.flash) };
  }

  it('is told by its MAC, the newest one, though another firmware was written', async () => {
    await savedLamp(2);
    const { bench } = await savedLamp(1);
    bench.chip.flash[0x1f8000] = 0x42;
    const newest = await backUp(bench);
    const before = Buffer.from(bench.chip.flash);
    noise(0x80000).copy(bench.chip.flash, BOOTLOADER_END);
    const { payload, facts } = await rescue(bench);
    assert.ok(bench.chip.flash.equals(before));
    assert.deepEqual(payload.restored, {
      path: newest,
      mac: LAMP,
      date: payload.restored?.date,
      told: 'mac',
    });
    assert.match(basename(newest), /020000000001/);
    assert.deepEqual(facts.warnings, []);
  });

  it('is planned without touching anything on a dry run', async () => {
    const { bench, path } = await savedLamp(1);
    bench.chip.flash.fill(0xff, BOOTLOADER_END, CALIBRATION);
    const { payload } = await rescue(bench, {}, { dryRun: true });
    assert.equal(payload.verified, false);
    assert.equal(payload.restored?.path, path);
    assert.ok(
      bench.chip.flash.subarray(BOOTLOADER_END, CALIBRATION).every((byte) => byte === 0xff),
    );
  });

  for (const sim of ['bk7231n', 'bk7231t'])
    it(`goes back whole, with MAC, where the calibration of a ${sim} is gone and its data tells`, async () => {
      await savedLamp(2, sim);
      const { bench, path, before } = await savedLamp(1, sim);
      await savedLamp(3, sim);
      const at = sim === 'bk7231n' ? CALIBRATION : 0x1e0000;
      bench.chip.flash.fill(0xff, at, at + 0x1000);
      noise(0x60000).copy(bench.chip.flash, BOOTLOADER_END);
      const { payload, facts } = await rescue(bench);
      assert.equal(payload.restored?.path, path);
      assert.equal(payload.restored?.told, 'contents');
      assert.match(
        facts.warnings.join(),
        /has lost its MAC\. Taken was .*020000000001.* sectors of data/,
      );
      assert.ok(bench.chip.flash.equals(before));
    });

  it('is asked for where the chip is blank, though only one fits, and goes back whole by its name', async () => {
    await savedLamp(7, 'bk7231t');
    const { bench, path, before } = await savedLamp(1);
    bench.chip.flash.fill(0xff);
    const blank = Buffer.from(bench.chip.flash);
    const { message } = await rejection(rescue(bench), 'BK_BAD_SETTING');
    assert.match(message, /nothing else on it tells which device it is of.*two with one MAC/);
    assert.ok(message.includes(basename(path)));
    assert.ok(bench.chip.flash.equals(blank));

    const { payload, facts } = await rescue(bench, { filename: basename(path) });
    assert.equal(payload.restored?.told, 'filename');
    assert.match(
      facts.warnings.join('\n'),
      /has no bootloader any more: that of the backup is written, too/,
    );
    assert.ok(bench.chip.flash.equals(before), 'bootloader and calibration included');
  });

  it('does not count a calibration that tools make up as an identity', async () => {
    const { bench, before } = await savedLamp(1);
    await savedLamp(2);
    calibrationSector([0xc8, 0x47, 0x8c, 0, 0, 0]).copy(bench.chip.flash, CALIBRATION);
    const { payload } = await rescue(bench);
    assert.equal(payload.restored?.told, 'contents');
    assert.ok(bench.chip.flash.equals(before));
  });

  it('is asked for where several devices fit, by a list of them; the name of a file chooses', async () => {
    const { bench, path, before } = await savedLamp(1);
    const other = await savedLamp(2);
    bench.chip.flash.fill(0xff, BOOTLOADER_END);
    const erased = Buffer.from(bench.chip.flash);
    const error = await rejection(rescue(bench), 'BK_BAD_SETTING');
    assert.match(
      error.message,
      /backups of several devices fit it; nothing was changed\. They are: /,
    );
    for (const one of [path, other.path]) assert.ok(error.message.includes(basename(one)));
    assert.match(error.message, /MAC 02:00:00:00:00:01, 20\d\d-/);
    assert.match(error.cause.advice.join(), /Choose one by its file name/);
    assert.ok(bench.chip.flash.equals(erased));

    const { payload } = await rescue(bench, { filename: basename(path) });
    assert.equal(payload.restored?.told, 'filename');
    assert.ok(bench.chip.flash.equals(before));
  });

  it('is asked for where the backup of another device that fits is damaged: that tells nothing', async () => {
    const { bench } = await savedLamp(1);
    const other = await savedLamp(2);
    appendFileSync(other.path, 'x');
    bench.chip.flash.fill(0xff, BOOTLOADER_END);
    const error = await rejection(rescue(bench), 'BK_BAD_SETTING');
    assert.ok(error.message.includes(basename(other.path)));
  });

  it('is asked for where what the chip still holds speaks against the only one', async () => {
    await savedLamp(2);
    const stranger = lamp(3);
    stranger.chip.flash.fill(0xff, CALIBRATION, CALIBRATION + 0x1000);
    const before = Buffer.from(stranger.chip.flash);
    const error = await rejection(rescue(stranger), 'BK_BAD_SETTING');
    assert.match(error.message, /is not that of the only device whose backup fits/);
    assert.ok(stranger.chip.flash.equals(before));
  });

  it('is looked at once more before it is taken, as none is kept in memory meanwhile', async () => {
    await savedLamp(2);
    const { bench, path } = await savedLamp(1);
    bench.chip.flash.fill(0xff, CALIBRATION, CALIBRATION + 0x1000);
    const before = Buffer.from(bench.chip.flash);
    const real = fs.open;
    let opened = 0;
    sinon.replace(fs, 'open', (file, ...more) => {
      if (file === path && ++opened === 2) appendFileSync(path, 'x');
      return real(file, ...more);
    });
    try {
      await rejection(rescue(bench), 'BK_BAD_IMAGE');
    } finally {
      sinon.restore();
    }
    assert.equal(opened, 2);
    assert.ok(bench.chip.flash.equals(before));
  });

  it('puts back one part of it, too', async () => {
    const { bench, before } = await savedLamp(1);
    bench.chip.flash.fill(0xff, CALIBRATION, CALIBRATION + 0x1000);
    noise(0x1000).copy(bench.chip.flash, BOOTLOADER_END);
    const app = Buffer.from(bench.chip.flash.subarray(0, CALIBRATION));
    await rescue(bench, {}, { part: 'rf' });
    assert.ok(bench.chip.flash.subarray(0, CALIBRATION).equals(app));
    assert.ok(bench.chip.flash.subarray(CALIBRATION).equals(before.subarray(CALIBRATION)));
  });

  it('is no file that is damaged, and an older one is taken with a word', async () => {
    const { bench, path, before } = await savedLamp(1);
    bench.chip.flash[0x20000] = 0x42;
    const newer = await backUp(bench);
    const bytes = readFileSync(newer);
    bytes[5] = (bytes[5] as number) ^ 1;
    writeFileSync(newer, bytes);
    const { payload, facts } = await rescue(bench);
    assert.equal(payload.restored?.path, path);
    assert.match(facts.warnings.join(), /The newer backup .* is not what its \.json says/);
    assert.ok(bench.chip.flash.equals(before));
    appendFileSync(path, 'x');
    const error = await rejection(rescue(bench), 'BK_STORAGE');
    assert.match(error.message, /no whole backup of this chip in .* nothing was changed on sim/);
    const named = await rejection(rescue(bench, { filename: basename(path) }), 'BK_BAD_IMAGE');
    assert.match(named.message, /is not what its \.json says/);
  });

  it('is not that of another device, of another chip, or somewhere else', async () => {
    const { path } = await savedLamp(2);
    const tLamp = await savedLamp(4, 'bk7231t');
    const bench = lamp(1);
    const other = await rejection(rescue(bench, { filename: basename(path) }), 'BK_WRONG_IMAGE');
    assert.match(other.message, /is of another device \(MAC 02:00:00:00:00:02\)/);
    bench.chip.flash.fill(0xff, BOOTLOADER_END);
    const unfit = await rejection(
      rescue(bench, { filename: basename(tLamp.path) }),
      'BK_WRONG_IMAGE',
    );
    assert.match(unfit.message, /of another model, flash or key/);
    writeFileSync(join(scratch(), 'x.bin'), Buffer.alloc(0x200000));
    const outside = await rejection(rescue(bench, { filename: '../x.bin' }), 'BK_STORAGE');
    assert.match(outside.message, /There is no whole backup \.\.\/x\.bin with its \.json/);
    const empty = await rejection(rescue(bench, { backups: scratch() }), 'BK_STORAGE');
    assert.match(empty.message, /no whole backup in .* that could be of this chip/);
    const placed = rescue(bench, {}, { offset: 0 });
    assert.match(
      (await rejection(placed, 'BK_BAD_SETTING')).message,
      /image is a backup of the chip/,
    );
  });

  it('is no dump of another device, though its .json has the MAC of this one', async () => {
    const { path: foreign } = await savedLamp(2);
    const { bench, path, before } = await savedLamp(1);
    await bench.clock.advance(60_000);
    const renamed = join(folder(), 'renamed.bin');
    const record = JSON.parse(readFileSync(`${foreign}.json`, 'utf8'));
    copyFileSync(foreign, renamed);
    const forged = { ...record, file: 'renamed.bin', mac: LAMP, date: '2099-01-01T00:00:00.000Z' };
    writeFileSync(`${renamed}.json`, JSON.stringify(forged));
    const named = await rejection(rescue(bench, { filename: 'renamed.bin' }), 'BK_BAD_IMAGE');
    assert.match(named.message, /is not what its \.json says/);
    const { payload, facts } = await rescue(bench);
    assert.equal(payload.restored?.path, path);
    assert.match(
      facts.warnings.join(),
      /The newer backup renamed\.bin is not what its \.json says/,
    );
    assert.ok(bench.chip.flash.equals(before));
  });

  it('is asked for where all that remains is what devices of a kind have in common', async () => {
    const empty = emptyPages();
    const other = lamp(2);
    empty.copy(other.chip.flash, STORAGE + 0x8000);
    await backUp(other);
    const stranger = lamp(1);
    stranger.chip.flash.fill(0xff, BOOTLOADER_END);
    empty.copy(stranger.chip.flash, STORAGE + 0x8000);
    const before = Buffer.from(stranger.chip.flash);
    const error = await rejection(rescue(stranger), 'BK_BAD_SETTING');
    assert.match(error.message, /nothing else on it tells which device it is of/);
    assert.ok(stranger.chip.flash.equals(before));
  });

  it('is asked for where another firmware runs that has no identity of a device', async () => {
    await savedLamp(2);
    const stranger = lamp(1);
    const { flash } = stranger.chip;
    flash.fill(0xff, CALIBRATION);
    calibrationSector([0xc8, 0x47, 0x8c, 0, 0, 0]).copy(flash, CALIBRATION);
    noise(0x40000, 3).copy(flash, BOOTLOADER_END);
    const before = Buffer.from(flash);
    const error = await rejection(rescue(stranger), 'BK_BAD_SETTING');
    assert.match(error.message, /nothing else on it tells which device it is of/);
    assert.ok(flash.equals(before));
  });

  it('leaves a bootloader alone that is there, and says where it is not that of the backup', async () => {
    const { bench, before } = await savedLamp(1);
    noise(0x1000, 5).copy(bench.chip.flash, 0x8000);
    const { facts } = await rescue(bench);
    assert.match(facts.warnings.join(), /bootloader is not that of its backup, and is kept/);
    assert.ok(
      !bench.chip.flash.subarray(0, BOOTLOADER_END).equals(before.subarray(0, BOOTLOADER_END)),
    );
    await rescue(bench, {}, { bootloader: 'replace' });
    assert.ok(bench.chip.flash.equals(before));
  });
});
