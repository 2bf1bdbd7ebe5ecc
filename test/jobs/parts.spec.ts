import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ErrorCode, ImagePart, WriteOptions } from '../../src';
import { BOOTLOADER_END, SECTOR } from '../../src/chip/geometry';
import { readOpenBekenConfig } from '../../src/image/openbeken-config';
import { buildOpenBekenConfig } from '../../src/image/openbeken-write';
import { scratchFolder, sum, testDevice } from '../support/bench-device';
import {
  calibrationSector,
  type FlashOptions,
  flashImage,
  openBekenTexts,
  TUYA_TEXTS,
} from '../support/images';
import { rejection } from '../support/rejects';
import {
  PAIRED,
  PLUG_PARAM,
  protectedSector,
  putUserFiles,
  tuyaStorage,
} from '../support/tuya-storage';

/** What a Tuya device holds, on each layout. */
function tuyaFlash(layout: 'N' | 'T', more: FlashOptions = {}): Buffer {
  const flash =
    layout === 'N'
      ? flashImage({ app: { texts: TUYA_TEXTS.N, saysBk7231: true }, saysBk7231: true, ...more })
      : flashImage({
          app: { texts: TUYA_TEXTS.T },
          download: 0x132000,
          calibration: 0x1e0000,
          name: 'BK7231S_1.0.5',
          ...more,
        });
  putUserFiles(flash, { oem_cfg: PLUG_PARAM, measure_coe: Buffer.alloc(9000, 0x31) }, layout);
  if (layout === 'N') protectedSector(PAIRED).copy(flash, 0x1ed000);
  tuyaStorage().copy(flash, 0x1ee000);
  return flash;
}

function holding(sim: string, flash: Buffer, chipName: string) {
  const bench = testDevice(sim, { chip: chipName as never });
  flash.copy(bench.chip.flash);
  return bench;
}

describe('parts of a dump go back where they belong', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);

  for (const layout of ['N', 'T'] as const) {
    it(`all of a Tuya ${layout}, after everything was erased`, async () => {
      const flash = tuyaFlash(layout);
      // On N the sector is free; on T it is the net parameters of the SDK.
      const at = layout === 'N' ? 0x1d1000 : 0x1e1000;
      buildOpenBekenConfig({ ssid: 'here' }).copy(flash, at);
      const { device, chip } = holding(`bk7231${layout}`.toLowerCase(), flash, `BK7231${layout}`);
      const { payload: path } = await device.read({ file: { folder: folder() } });
      assert.ok(typeof path === 'string' && readFileSync(path).equals(flash));
      await device.erase({ region: 'all', calibration: 'erase' });
      assert.ok(chip.flash.subarray(BOOTLOADER_END).every((byte) => byte === 0xff));

      for (const part of ['rf', 'app', 'tuya', 'openbeken'] as const) {
        const { payload } = await device.write({ image: { path }, part });
        assert.equal(payload.verified, true);
        assert.ok(payload.bytes > 0);
      }
      assert.ok(chip.flash.equals(flash), 'flash is as it was');
      assert.equal((await device.connect()).payload.mac, '02:00:00:ab:cd:ef');
      assert.equal(chip.counters.bootloaderTouches, 0);
      await device.close();
    });
  }

  it('each part alone, and nothing else', async () => {
    const flash = tuyaFlash('N');
    const regions: Partial<Record<ImagePart, [number, number][]>> = {
      app: [[BOOTLOADER_END, 0x12a000]],
      rf: [[0x1d0000, 0x1d1000]],
      bootloader: [[0, BOOTLOADER_END]],
    };
    for (const [part, places] of Object.entries(regions) as [ImagePart, [number, number][]][]) {
      const { device, chip } = testDevice('bk7231n?mac=020000abcdef');
      const wanted = Buffer.from(chip.flash);
      for (const [start, end] of places) flash.copy(wanted, start, start, end);
      await device.write({ image: flash, part });
      assert.ok(chip.flash.equals(wanted), part);
      await device.close();
    }
  });

  it('out of a rotated dump, too', async () => {
    const flash = tuyaFlash('N');
    const image = Buffer.concat([
      flash.subarray(BOOTLOADER_END),
      flash.subarray(0, BOOTLOADER_END),
    ]);
    const { device, chip } = testDevice('bk7231n');
    chip.flash.fill(0xff, 0x1d0000, 0x1d1000);
    await device.write({ image, part: 'rf' });
    assert.ok(chip.flash.subarray(0x1d0000, 0x1d1000).equals(flash.subarray(0x1d0000, 0x1d1000)));
    await device.close();
  });

  it('a calibration sector that was saved alone', async () => {
    const image = calibrationSector([2, 0, 0, 1, 2, 3]);
    const { device, chip } = testDevice('bk7231t');
    chip.flash.fill(0xff, 0x1e0000, 0x1e1000);
    await device.write({ image, part: 'rf' });
    assert.ok(chip.flash.subarray(0x1e0000, 0x1e1000).equals(image));
    assert.equal((await device.connect()).payload.mac, '02:00:00:01:02:03');
    await device.close();
  });

  it("a T1's calibration to where its firmware looks for it", async () => {
    const flash = flashImage({ key: 'none', download: 0x12c000, calibration: 0x1e3000 });
    const rf = flash.subarray(0x1e3000, 0x1e4000);
    for (const config of [false, true]) {
      const { device, chip } = testDevice('bk7238');
      chip.flash.fill(0xff, 0x1e0000, 0x1e4000);
      if (config) buildOpenBekenConfig({}, { chip: 'BK7238' }).copy(chip.flash, 0x1e1000);
      await device.write({ image: flash, part: 'rf' });
      assert.ok(chip.flash.subarray(0x1e3000, 0x1e4000).equals(rf));
      assert.equal(chip.flash.subarray(0x1e0000, 0x1e1000).equals(rf), config);
      await device.close();
    }
  });

  it("OpenBeken's configuration, from the place of one chip to that of another", async () => {
    const flash = tuyaFlash('T');
    buildOpenBekenConfig({ ssid: 'elsewhere' }).copy(flash, 0x1e1000);
    const { device, chip } = testDevice('bk7231n');
    await device.write({ image: flash, part: 'openbeken', anyImage: true });
    assert.equal(readOpenBekenConfig(chip.flash.subarray(0x1d1000, 0x1d2000))?.ssid, 'elsewhere');
    await device.close();
  });
});

describe('parts that cannot be put back are refused, and nothing is changed', () => {
  const blank = Buffer.alloc(0x200000, 0xff);
  calibrationSector([2, 0, 0, 1, 2, 3]).copy(blank, 0x1d0000);
  const noRf = flashImage({ calibration: null });
  const ownKey = flashImage({ key: 'none' });
  const cases: [string, string, WriteOptions, ErrorCode, RegExp][] = [
    [
      'an application that is not in it',
      'bk7231n',
      { image: blank, part: 'app' },
      'BK_BAD_IMAGE',
      /no application/,
    ],
    [
      'a bootloader that is not in it',
      'bk7231n',
      { image: blank, part: 'bootloader' },
      'BK_BAD_IMAGE',
      /no bootloader/,
    ],
    [
      'a storage that is not in it',
      'bk7231n',
      { image: flashImage(), part: 'tuya' },
      'BK_BAD_IMAGE',
      /no storage/,
    ],
    [
      'a configuration that is not in it',
      'bk7231n',
      { image: flashImage(), part: 'openbeken' },
      'BK_BAD_IMAGE',
      /no configuration/,
    ],
    [
      'a calibration that is not in it',
      'bk7231n',
      { image: noRf, part: 'rf' },
      'BK_BAD_IMAGE',
      /no calibration/,
    ],
    [
      'the calibration of another device',
      'bk7231n',
      { image: flashImage(), part: 'rf' },
      'BK_WRONG_IMAGE',
      /another device/,
    ],
    [
      'the calibration of another chip',
      'bk7231t',
      { image: tuyaFlash('N'), part: 'rf' },
      'BK_WRONG_IMAGE',
      /BK7231N/,
    ],
    [
      'an application with another key',
      'bk7231n',
      { image: ownKey, part: 'app' },
      'BK_WRONG_IMAGE',
      /BK7231M/,
    ],
    [
      'the bootloader of a basic chip',
      'bk7231t',
      { image: tuyaFlash('T'), part: 'bootloader' },
      'BK_BOOTLOADER_PROTECTED',
      /SPI/,
    ],
    [
      'a part at an offset',
      'bk7231n',
      { image: flashImage(), part: 'rf', offset: 0x1d0000 },
      'BK_BAD_SETTING',
      /part rf/,
    ],
    [
      'a part of what is no dump',
      'bk7231n',
      { image: Buffer.alloc(SECTOR, 7), part: 'app' },
      'BK_BAD_IMAGE',
      /no application/,
    ],
    [
      'a chip without a place for the configuration',
      'bk7236',
      { image: buildOpenBekenConfig({}), part: 'openbeken' },
      'BK_BAD_SETTING',
      /BK7236/,
    ],
  ];
  for (const [what, sim, options, code, says] of cases) {
    it(what, async () => {
      const { device, chip } = testDevice(sim);
      const before = Buffer.from(chip.flash);
      const error = await rejection(device.write(options), code);
      assert.match(error.message, says);
      assert.match(error.message, /[Nn]othing was changed/);
      assert.ok(chip.flash.equals(before));
      assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
      await device.close();
    });
  }

  it('and the calibration of another device is taken where anyImage says so', async () => {
    const { device, chip } = testDevice('bk7231n');
    const image = flashImage({ app: { texts: openBekenTexts('BK7231N') } });
    await device.write({ image, part: 'rf', anyImage: true });
    assert.ok(chip.flash.subarray(0x1d0000, 0x1d1000).equals(image.subarray(0x1d0000, 0x1d1000)));
    await device.close();
  });
});
