import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ChipName } from '../../../src';
import { BOOTLOADER_END, SECTOR } from '../../../src/chip/geometry';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import { scratchFolder, sum, testDevice } from '../../support/bench-device';
import {
  appImage,
  calibrationSector,
  container,
  type FlashOptions,
  flashImage,
  plainCode,
  rblFile,
  uf2File,
} from '../../support/images';
import { rejection } from '../../support/rejects';
import { PAIRED, PLUG_PARAM, putUserFiles, tuyaStorage } from '../../support/tuya-storage';

const MINE = [2, 0, 0, 0x11, 0x11, 0x11];
const THEIRS = [2, 0, 0, 0x22, 0x22, 0x22];
const MY_MAC = '02:00:00:11:11:11';

/** A flash with calibrations of one device at these addresses. */
function flashOf(mac: readonly number[], at: readonly number[], more: FlashOptions = {}): Buffer {
  const flash = flashImage({ calibration: null, ...more });
  for (const address of at) calibrationSector(mac).copy(flash, address);
  return flash;
}

function chipWith(sim: string, flash: Buffer) {
  const name = sim.replace(/[?].*/, '').toUpperCase();
  const bench = testDevice(sim, { chip: name as ChipName });
  flash.copy(bench.chip.flash, BOOTLOADER_END, BOOTLOADER_END);
  return bench;
}

/** Every calibration on a flash: address and last byte of the MAC. */
function calibrations(flash: Buffer): [number, number][] {
  const found: [number, number][] = [];
  for (let at = 0; at < flash.length; at += SECTOR)
    if (flash.toString('latin1', at, at + 4) === 'TLV\0') found.push([at, flash[at + 0x29] ?? 0]);
  return found;
}

describe('the dump of another device', function () {
  this.timeout(60_000);
  const cases: [string, string, number[], number[], FlashOptions][] = [
    ["SDK's on a T1", 'bk7238', [0x1e3000], [0x1e0000], { key: 'none', download: 0x12c000 }],
    ["a T1's on SDK's", 'bk7238', [0x1e0000], [0x1e3000], { key: 'none', download: 0x12c000 }],
    [
      'with both on both',
      'bk7238',
      [0x1e0000, 0x1e3000],
      [0x1e0000, 0x1e3000],
      { key: 'none', download: 0x12c000 },
    ],
    [
      'on BK7252',
      'bk7252',
      [0x3fe000],
      [0x1e0000],
      { key: 'none', download: 0x132000, size: 0x400000 },
    ],
    [
      'the other way round',
      'bk7252',
      [0x1e0000],
      [0x3fe000],
      { key: 'none', download: 0x132000, size: 0x400000 },
    ],
    [
      'on BK7252N',
      'bk7252n',
      [0x3fe000],
      [0x1e0000],
      { key: 'none', download: 0x132000, size: 0x400000 },
    ],
    ['on N', 'bk7231n', [0x1d0000], [0x1d0000], { saysBk7231: true }],
    ["on an N with the SDK's layout", 'bk7231n', [0x1e0000], [0x1d0000], { saysBk7231: true }],
    ["with the SDK's layout on N", 'bk7231n', [0x1d0000], [0x1e0000], { saysBk7231: true }],
  ];
  for (const [what, sim, mine, theirs, more] of cases) {
    it(`leaves the calibration of the chip alone, and brings none: ${what}`, async () => {
      const { device, chip } = chipWith(sim, flashOf(MINE, mine, more));
      const dump = flashOf(THEIRS, theirs, { ...more, app: { seed: 9 } });
      const { facts } = await device.write({ image: dump });
      assert.deepEqual(
        calibrations(chip.flash),
        mine.map((at) => [at, 0x11]),
      );
      assert.ok(
        chip.flash
          .subarray(BOOTLOADER_END, 0x12a000)
          .equals(dump.subarray(BOOTLOADER_END, 0x12a000)),
      );
      assert.match(facts.warnings.join(' '), /02:00:00:22:22:22.*02:00:00:11:11:11.*are kept/);
      assert.equal((await device.connect()).payload.mac, MY_MAC);
      await device.close();
    });
  }

  it('gives a chip without a calibration none, says so, and tells the way', async () => {
    const { device, chip } = chipWith('bk7231n', flashOf(MINE, [], { saysBk7231: true }));
    const dump = flashOf(THEIRS, [0x1d0000], { saysBk7231: true });
    tuyaStorage(PAIRED).copy(dump, 0x1ee000);
    const { facts } = await device.write({ image: dump });
    assert.deepEqual(calibrations(chip.flash), []);
    assert.ok(chip.flash.subarray(0x1d0000).every((byte) => byte === 0xff));
    assert.match(facts.warnings.join(' '), /has no MAC.*part set to rf/);
    // The way that it tells: the dump is this chip's then.
    await device.write({ image: dump, part: 'rf' });
    await device.write({ image: dump });
    assert.ok(chip.flash.subarray(BOOTLOADER_END).equals(dump.subarray(BOOTLOADER_END)));
    await device.close();
  });

  it("keeps Tuya's storage and OpenBeken's configuration, and a part brings them", async () => {
    const own = flashOf(MINE, [0x1d0000], { saysBk7231: true });
    tuyaStorage({ gw_bi: 'mine' }).copy(own, 0x1ee000);
    buildOpenBekenConfig({ ssid: 'mine' }).copy(own, 0x1d1000);
    const dump = flashOf(THEIRS, [0x1d0000], { saysBk7231: true, app: { seed: 9 } });
    tuyaStorage(PAIRED).copy(dump, 0x1ee000);
    buildOpenBekenConfig({ ssid: 'theirs' }).copy(dump, 0x1d1000);
    const { device, chip } = chipWith('bk7231n', own);
    await device.write({ image: dump });
    assert.ok(chip.flash.subarray(0x1d0000).equals(own.subarray(0x1d0000)));
    assert.ok(
      chip.flash.subarray(BOOTLOADER_END, 0x1d0000).equals(dump.subarray(BOOTLOADER_END, 0x1d0000)),
    );
    await device.write({ image: dump, part: 'openbeken' });
    await device.write({ image: dump, part: 'tuya' });
    assert.ok(chip.flash.subarray(0x1d1000).equals(dump.subarray(0x1d1000)));
    assert.deepEqual(calibrations(chip.flash), [[0x1d0000, 0x11]]);
    await device.close();
  });

  it("leaves out the files of Tuya's firmware between the slots of a T", async () => {
    const own = flashOf(MINE, [0x1e0000], { download: 0x132000 });
    putUserFiles(own, { oem_cfg: PLUG_PARAM, big: Buffer.alloc(20 * SECTOR, 0x31) }, 'T');
    assert.ok(own[0x12a000] !== 0xff);
    const dump = flashOf(THEIRS, [0x1e0000], { download: null, app: { seed: 9 } });
    dump.fill(0x77, 0x12a000, 0x132000);
    const { device, chip } = chipWith('bk7231t', own);
    await device.write({ image: dump });
    assert.ok(chip.flash.subarray(0x1d8000).equals(own.subarray(0x1d8000)));
    assert.equal(chip.flash[0x12a000], own[0x12a000]);
    await device.close();
  });
});

describe('the dump of this very chip', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);

  it('is its own, whatever other calibration lies in it', async () => {
    const own = flashOf(MINE, [0x1d0000], { saysBk7231: true });
    calibrationSector(THEIRS).copy(own, 0x1e0000);
    const { device, chip } = chipWith('bk7231n', own);
    calibrationSector([...MINE])
      .fill(0x55, 0x80, 0x90)
      .copy(chip.flash, 0x1d0000);
    await device.write({ image: own });
    assert.ok(chip.flash.subarray(BOOTLOADER_END).equals(own.subarray(BOOTLOADER_END)));
    await device.close();
  });

  it('leaves the sector of its calibration alone where that is right already', async () => {
    const own = flashOf(MINE, [0x1d0000], { saysBk7231: true });
    const { device, chip } = chipWith('bk7231n', own);
    chip.flash.fill(0x33, 0x1d1000, 0x1e0000);
    await device.write({ image: own });
    assert.ok(chip.flash.subarray(BOOTLOADER_END).equals(own.subarray(BOOTLOADER_END)));
    assert.equal(chip.counters.erases[0x1d0], 0);
    await device.close();
  });

  it('is found by a calibration where no layout has one', async () => {
    const own = flashOf(MINE, [0x1c0000], { saysBk7231: true });
    const { device, chip } = chipWith('bk7231n', own);
    chip.flash.fill(0xff, 0x1e0000);
    own.fill(0x44, 0x1f0000);
    assert.equal((await device.connect()).payload.mac, null);
    await device.write({ image: own });
    assert.ok(chip.flash.subarray(BOOTLOADER_END).equals(own.subarray(BOOTLOADER_END)));
    await device.close();
  });

  it('and what the backup of a job finds is kept by that job', async () => {
    const own = flashOf(MINE, [0x120000], { saysBk7231: true });
    own.fill(0xff, BOOTLOADER_END, 0x12a000);
    calibrationSector(MINE).copy(own, 0x120000);
    const { device, chip } = chipWith('bk7231n', own);
    const backup = { mode: 'once', folder: folder() } as const;
    await device.erase({ region: 'all', backup });
    assert.deepEqual(calibrations(chip.flash), [[0x120000, 0x11]]);
    await rejection(device.write({ image: container(), backup }), 'BK_WRONG_IMAGE');
    assert.deepEqual(calibrations(chip.flash), [[0x120000, 0x11]]);
    const { payload } = await device.read({ file: { folder: folder() } });
    assert.ok(typeof payload === 'string' && readFileSync(payload).equals(chip.flash));
    await device.close();
  });
});

describe('code that would go over data of the chip is refused, and nothing is changed', () => {
  const full = (layout: 'N' | 'T') => {
    const n = layout === 'N';
    const flash = flashOf(
      MINE,
      [n ? 0x1d0000 : 0x1e0000],
      n ? { saysBk7231: true } : { download: 0x132000 },
    );
    putUserFiles(flash, { oem_cfg: PLUG_PARAM, big: Buffer.alloc(20 * SECTOR, 0x31) }, layout);
    tuyaStorage().copy(flash, 0x1ee000);
    return flash;
  };
  const app = (end: number) => appImage({ length: Math.floor((end - BOOTLOADER_END) / 34) * 32 });
  const cases: [string, string, Buffer, Buffer, RegExp][] = [
    [
      'an application over files between the slots of T',
      'bk7231t',
      full('T'),
      app(0x130000),
      /0x12a000.*files of Tuya's firmware/,
    ],
    [
      'an application as long as no firmware',
      'bk7231t',
      full('T'),
      app(0x1dc000),
      /room for 0x121000/,
    ],
    [
      'an application over the download slot of N and more',
      'bk7231n',
      full('N'),
      app(0x165000),
      /room for 0x121000/,
    ],
    [
      'parts of a UF2 file behind the slots',
      'bk7231t',
      full('T'),
      uf2File({
        family: 0x675a40b0,
        partitions: [['app', 0x11000, 0x1cf000]],
        parts: [
          { partition: 'app', schemes: '000100', address: 0x1c8000, bytes: Buffer.alloc(300, 5) },
        ],
      }),
      /0x1d9000.*files of Tuya's firmware/,
    ],
    [
      'an update over the calibration',
      'bk7231n',
      flashOf(MINE, [0x130000], { saysBk7231: true }),
      rblFile(plainCode({ length: 0x8000 })),
      /over the calibration|calibration of its radio/,
    ],
  ];
  for (const [what, sim, flash, image, says] of cases) {
    it(what, async () => {
      const { device, chip } = chipWith(sim, flash);
      // Where no layout has it, a dump of the chip tells.
      if (/update/.test(what)) await device.write({ image: Buffer.from(chip.flash), dryRun: true });
      const before = Buffer.from(chip.flash);
      const error = await rejection(device.write({ image }), 'BK_WRONG_IMAGE');
      assert.match(error.message, says);
      assert.match(error.message, /nothing was changed/);
      assert.ok(error.cause.advice.length > 0);
      assert.ok(chip.flash.equals(before));
      assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
      await device.close();
    });
  }

  it('and is taken where those sectors are free', async () => {
    const { device, chip } = chipWith('bk7231t', flashOf(MINE, [0x1e0000], { download: 0x132000 }));
    const image = app(0x130000);
    await device.write({ image });
    assert.ok(chip.flash.subarray(BOOTLOADER_END, BOOTLOADER_END + image.length).equals(image));
    await device.close();
  });
});
