import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ErrorCode, ImagePart, WriteOptions } from '../../../src';
import { BOOTLOADER_END, SECTOR } from '../../../src/chip/geometry';
import { readOpenBekenConfig } from '../../../src/image/openbeken/openbeken-config';
import { CONFIG_LENGTH, crc8 } from '../../../src/image/openbeken/openbeken-layout';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import { scratchFolder, sum, testDevice } from '../../support/bench-device';
import {
  calibrationSector,
  container,
  type FlashOptions,
  flashImage,
  openBekenTexts,
  TUYA_TEXTS,
} from '../../support/images';
import { rejection } from '../../support/rejects';
import {
  PAIRED,
  PLUG_PARAM,
  protectedSector,
  putUserFiles,
  tuyaStorage,
} from '../../support/tuya-storage';

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

  describe("a T1's calibration goes to where its firmware looks for it", () => {
    const flash = flashImage({ key: 'none', download: 0x12c000, calibration: 0x1e3000 });
    const rf = flash.subarray(0x1e3000, 0x1e4000);
    const openBeken = container({ key: 'none', texts: openBekenTexts('BK7238'), seed: 9 });
    const cases: [string, boolean, (held: Buffer) => void, RegExp | null][] = [
      [
        "alone to Tuya's place for Tuya's own application",
        false,
        (held) => flash.copy(held, BOOTLOADER_END, BOOTLOADER_END, 0x12a000),
        null,
      ],
      [
        'alone there where there is no application',
        false,
        (held) => held.fill(0xff, BOOTLOADER_END, 0x12c000),
        null,
      ],
      [
        "to OpenBeken's, too, where that is set up",
        true,
        (held) => buildOpenBekenConfig({}, { chip: 'BK7238' }).copy(held, 0x1e1000),
        null,
      ],
      [
        "to OpenBeken's, too, where that runs",
        true,
        (held) => openBeken.copy(held, BOOTLOADER_END),
        /goes to 0x1e0000 as well/,
      ],
      [
        'over nothing else that lies there',
        false,
        (held) => held.fill(0x5a, 0x1e0000, 0x1e1000),
        /something else lies/,
      ],
    ];
    for (const [what, both, prepare, says] of cases) {
      it(what, async () => {
        const { device, chip } = testDevice('bk7238');
        chip.flash.fill(0xff, 0x1e0000, 0x1e4000);
        prepare(chip.flash);
        const { facts } = await device.write({ image: flash, part: 'rf' });
        assert.ok(chip.flash.subarray(0x1e3000, 0x1e4000).equals(rf));
        assert.equal(chip.flash.subarray(0x1e0000, 0x1e1000).equals(rf), both);
        if (says !== null) assert.match(facts.warnings.join(' '), says);
        await device.close();
      });
    }

    it('and OpenBeken brings it along at an offset, and as a part of a dump', async () => {
      const dump = flashImage({ key: 'none', download: 0x12c000, calibration: null });
      openBeken.copy(dump, BOOTLOADER_END);
      for (const options of [
        { image: openBeken, offset: BOOTLOADER_END },
        { image: dump, part: 'app' as const },
        { image: dump },
      ]) {
        const { device, chip } = testDevice('bk7238');
        chip.flash.fill(0xff, 0x1e0000, 0x1e4000);
        rf.copy(chip.flash, 0x1e3000);
        const { facts } = await device.write(options);
        assert.ok(chip.flash.subarray(0x1e0000, 0x1e1000).equals(rf));
        assert.match(facts.warnings.join(' '), /copied there from 0x1e3000/);
        await device.close();
      }
    });

    it('but an own dump of it brings its own', async () => {
      const dump = Buffer.from(flash);
      openBeken.copy(dump, BOOTLOADER_END);
      rf.copy(dump, 0x1e0000);
      const { device, chip } = testDevice('bk7238');
      chip.flash.fill(0xff, 0x1e0000, 0x1e4000);
      rf.copy(chip.flash, 0x1e3000);
      await device.write({ image: dump });
      assert.ok(chip.flash.subarray(BOOTLOADER_END).equals(dump.subarray(BOOTLOADER_END)));
      await device.close();
    });
  });

  it('the bootloader of a chip that does not tell its key any more', async () => {
    for (const sim of ['bk7252n', 'bk7238']) {
      // Each job links anew.
      const { device, chip } = testDevice(sim, { idle: 0 });
      const before = Buffer.from(chip.flash);
      await device.erase({ region: 'all', bootloader: 'erase', calibration: 'erase' });
      await device.write({ image: before, part: 'bootloader' });
      assert.ok(chip.flash.subarray(0, BOOTLOADER_END).equals(before.subarray(0, BOOTLOADER_END)));
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

/** A configuration with nothing in it that tells its layout. */
function bareConfig(signed = true): Buffer {
  const sector = Buffer.alloc(SECTOR, 0xff).fill(0, 0, CONFIG_LENGTH);
  sector.write('CFG', 'latin1');
  sector.writeUInt32LE(4, 4);
  sector.write('elsewhere', 0x14, 'latin1');
  // An odd number of set bits above: the two checksums differ.
  sector.fill(0xff, 0x20, 0x21);
  sector[3] = crc8(sector.subarray(4, CONFIG_LENGTH), signed);
  return sector;
}

function otherMakes(): Buffer {
  const sector = bareConfig(false);
  assert.equal(readOpenBekenConfig(sector)?.checksum, 'unsigned');
  return sector;
}

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
      "the configuration of another make's chip",
      'bk7231t',
      { image: otherMakes(), part: 'openbeken' },
      'BK_WRONG_IMAGE',
      /chips of other makes/,
    ],
    [
      'the configuration of a chip with fewer pins',
      'bk7252',
      { image: buildOpenBekenConfig({}, { chip: 'BK7231N' }), part: 'openbeken' },
      'BK_WRONG_IMAGE',
      /is for 32 pins, but the BK7252.*has 48/,
    ],
    [
      'the configuration of a chip with more pins',
      'bk7231n',
      { image: buildOpenBekenConfig({}, { chip: 'BK7252' }), part: 'openbeken' },
      'BK_WRONG_IMAGE',
      /is for 48 pins, but the BK7231N.*has 32/,
    ],
    [
      'a configuration that does not tell its pins',
      'bk7252',
      { image: bareConfig(), part: 'openbeken' },
      'BK_WRONG_IMAGE',
      /does not tell for how many pins/,
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

  it("and another make's configuration is taken where anyImage says so, with Beken's checksum", async () => {
    const { device, chip } = testDevice('bk7231t');
    await device.write({ image: otherMakes(), part: 'openbeken', anyImage: true });
    const config = readOpenBekenConfig(chip.flash.subarray(0x1e1000, 0x1e2000));
    assert.deepEqual([config?.checksum, config?.ssid], ['signed', 'elsewhere']);
    await device.close();
  });

  it('and the calibration of another device is taken where anyImage says so', async () => {
    const { device, chip } = testDevice('bk7231n');
    const image = flashImage({ app: { texts: openBekenTexts('BK7231N') } });
    await device.write({ image, part: 'rf', anyImage: true });
    assert.ok(chip.flash.subarray(0x1d0000, 0x1d1000).equals(image.subarray(0x1d0000, 0x1d1000)));
    await device.close();
  });
});
