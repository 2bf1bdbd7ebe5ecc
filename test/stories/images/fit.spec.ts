import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { ErrorCode, WriteOptions } from '../../../src';
import { readOpenBekenConfig } from '../../../src/image/openbeken/openbeken-config';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import { noise, sum, testDevice } from '../../support/bench-device';
import {
  appImage,
  bootloader,
  container,
  flashImage,
  openBekenTexts,
  plainCode,
  rblFile,
  TUYA_TEXTS,
  UF2_FAMILY,
  uf2File,
  ugFile,
} from '../../support/images';
import { rejection } from '../../support/rejects';

/** Refused, with flash untouched. */
async function refused(
  sim: string,
  options: WriteOptions,
  code: ErrorCode,
  says: RegExp,
  prepare: (flash: Buffer) => void = () => {},
) {
  const { device, chip } = testDevice(sim);
  prepare(chip.flash);
  const before = Buffer.from(chip.flash);
  const error = await rejection(device.write(options), code);
  assert.match(error.message, says);
  assert.match(error.message, /[Nn]othing was changed/);
  assert.ok(error.cause.advice.length > 0);
  assert.ok(chip.flash.equals(before));
  assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
  await device.close();
  return error;
}

const esp32 = Buffer.alloc(0x4000, 0x11);
esp32.set([0xe9, 4, 2, 0x20]);
esp32.writeUInt32LE(0xabcd5432, 0x20);
const padded = (start: Buffer): Buffer => Buffer.concat([start, Buffer.alloc(3000, 0x5a)]);
const uf2 = (family: number) =>
  uf2File({
    family,
    partitions: [['app', 0x11000, 0x119000]],
    parts: [{ partition: 'app', schemes: '000100', bytes: appImage({ length: 0x2000 }) }],
  });

const NO_FIRMWARE: [string, Buffer, ErrorCode][] = [
  ["an ESP32's image", esp32, 'BK_WRONG_IMAGE'],
  ['an image for AmebaZ', padded(Buffer.from('999996963fcc66fc', 'hex')), 'BK_WRONG_IMAGE'],
  ['an image for XRadio', padded(Buffer.from('AWIH')), 'BK_WRONG_IMAGE'],
  ['a UF2 file for ESP32', uf2(0x1c5f21b0), 'BK_WRONG_IMAGE'],
  ['a UF2 file for RTL8710B', uf2(0x22e0d6fc), 'BK_WRONG_IMAGE'],
  ['an ELF file', padded(Buffer.from('7f454c4601010100', 'hex')), 'BK_BAD_IMAGE'],
  ['a gzip archive', gzipSync(plainCode()), 'BK_BAD_IMAGE'],
  ['a ZIP archive', padded(Buffer.from('504b030414000000', 'hex')), 'BK_BAD_IMAGE'],
  ['an xz archive', padded(Buffer.from('fd377a585a000000', 'hex')), 'BK_BAD_IMAGE'],
  ['a web page', Buffer.from(`<!DOCTYPE html><html>${'x'.repeat(900)}</html>`), 'BK_BAD_IMAGE'],
  ['text', Buffer.from('{"message":"Not Found"}'), 'BK_BAD_IMAGE'],
  [
    'hex text',
    Buffer.from(':10010000214601360121470136007EFE09D2190140\n'.repeat(9)),
    'BK_BAD_IMAGE',
  ],
];

describe('what is for no BK72xx chip', () => {
  for (const [what, image, code] of NO_FIRMWARE) {
    it(`${what} is refused by name, at an offset, too, and is never to be forced`, async () => {
      for (const sim of ['bk7231n', 'bk7231t', 'bk7236'])
        for (const options of [{}, { offset: 0x11000 }, { anyImage: true }]) {
          const error = await refused(sim, { image, ...options }, code, /make|no firmware/);
          assert.doesNotMatch([error.message, ...error.cause.advice].join(' '), /offset|anyImage/);
        }
      const { device, chip } = testDevice('bk7231n');
      await device.write({ image, offset: 0x11000, anyImage: true });
      assert.ok(chip.flash.subarray(0x11000).subarray(0, image.length).equals(image));
      await device.close();
    });
  }

  it('but blank bytes and such that nobody knows go to an offset', async () => {
    for (const image of [Buffer.alloc(0x2000, 0xff), noise(0x2000)]) {
      const { device, chip } = testDevice('bk7231n');
      await device.write({ image, offset: 0x140000 });
      assert.ok(chip.flash.subarray(0x140000, 0x142000).equals(image));
      await device.close();
    }
  });
});

describe('a file that does not lie on flash as it is', () => {
  it('is refused at an offset', async () => {
    for (const image of [uf2(UF2_FAMILY.BK7231N), plainCode()])
      await refused(
        'bk7231n',
        { image, offset: 0x11000 },
        'BK_BAD_IMAGE',
        /not what a flash holds/,
      );
  });

  it('that is an update is never put in the place of the application', async () => {
    const update = rblFile(plainCode({ texts: openBekenTexts('BK7231N') }));
    for (const image of [update, ugFile(update)])
      for (const options of [
        { offset: 0x11000 },
        { offset: 0x20000 },
        { offset: 0x11000, anyImage: true },
      ]) {
        const error = await refused(
          'bk7231n',
          { image, ...options },
          'BK_WRONG_IMAGE',
          /place of the application.*download slot at 0x12a000/,
        );
        assert.match(error.cause.advice.join(' '), /auto/);
      }
    const { device, chip } = testDevice('bk7231n');
    await device.write({ image: update, offset: 0x12a000 });
    assert.ok(chip.flash.subarray(0x12a000).subarray(0, update.length).equals(update));
    await device.close();
  });
});

describe('a BK7236, on which nothing was ever tried', () => {
  const dump = flashImage({ key: 'none', size: 0x400000, calibration: 0x3fe000 });
  const own = 'bk7236?mac=020000abcdef';

  it('gets its own dump back, whole or in parts, with a warning', async () => {
    for (const options of [{}, { part: 'rf' as const }, { offset: 0x11000, skip: 0x11000 }]) {
      const { device } = testDevice(own);
      const { facts } = await device.write({ image: dump, ...options });
      assert.match(facts.warnings.join(' '), /BK7236 was never tried on hardware/);
      await device.close();
    }
  });

  it('gets nothing of another chip without being told so', async () => {
    const other = 'bk7236?mac=020000000001';
    for (const options of [
      {},
      { anyImage: true },
      { part: 'rf' as const },
      { part: 'app' as const },
    ])
      await refused(other, { image: dump, ...options }, 'BK_WRONG_IMAGE', /BK7236/);
    const at = { offset: 0x11000, skip: 0x11000 };
    for (const image of [dump, flashImage({ size: 0x400000 })])
      await refused(other, { image, ...at }, 'BK_WRONG_IMAGE', /runs other code/);
    const { device } = testDevice(other);
    const { facts } = await device.write({ image: dump, ...at, anyImage: true });
    assert.match(facts.warnings.join(' '), /never tried/);
    await device.close();
  });
});

describe('a part of a dump', () => {
  const damaged = flashImage({ app: { texts: TUYA_TEXTS.N, saysBk7231: true }, saysBk7231: true });
  damaged.writeUInt8(damaged.readUInt8(0x13000) ^ 1, 0x13000);
  damaged.writeUInt8(damaged.readUInt8(0x5000) ^ 1, 0x5000);

  it('that is damaged is refused, but for this very chip', async () => {
    await refused('bk7231n', { image: damaged, part: 'app' }, 'BK_BAD_IMAGE', /damaged.*wrong CRC/);
    const { device, chip } = testDevice('bk7231n?mac=020000abcdef');
    const { facts } = await device.write({ image: damaged, part: 'app' });
    assert.match(facts.warnings.join(' '), /damaged, and written all the same/);
    assert.ok(chip.flash.subarray(0x11000, 0x12a000).equals(damaged.subarray(0x11000, 0x12a000)));
    await device.close();
  });

  it('that is a bootloader has to be whole, unless the chip holds just that', async () => {
    for (const sim of ['bk7231n', 'bk7231n?mac=020000abcdef'])
      for (const options of [{ part: 'bootloader' as const }, { bootloader: 'replace' as const }])
        await refused(sim, { image: damaged, ...options }, 'BK_BAD_IMAGE', /but is damaged/);
    const { device, chip } = testDevice('bk7231n');
    damaged.copy(chip.flash, 0, 0, 0x11000);
    const { payload } = await device.write({ image: damaged, part: 'bootloader' });
    assert.equal(payload.bytesWritten, 0);
    await device.close();
  });

  it("that is OpenBeken's configuration fits every chip with as many pins", async () => {
    const ofT = flashImage({
      app: { texts: TUYA_TEXTS.T },
      download: 0x132000,
      calibration: 0x1e0000,
      name: 'BK7231S_1.0.5',
    });
    buildOpenBekenConfig({ ssid: 'elsewhere' }).copy(ofT, 0x1e1000);
    const { device, chip } = testDevice('bk7231n');
    await device.write({ image: ofT, part: 'openbeken' });
    assert.equal(readOpenBekenConfig(chip.flash.subarray(0x1d1000, 0x1d2000))?.ssid, 'elsewhere');
    await device.close();

    const of7252 = flashImage({
      key: 'none',
      size: 0x400000,
      download: 0x132000,
      calibration: 0x1e0000,
      name: 'BK7252_1.0.1',
    });
    buildOpenBekenConfig({}, { chip: 'BK7252' }).copy(of7252, 0x1e1000);
    const image = { image: of7252, part: 'openbeken' } as const;
    await refused('bk7231n', image, 'BK_WRONG_IMAGE', /BK7252 has room for 48 pins.*for 32/);
  });
});

describe('the bootloader area at an offset', () => {
  const whole = bootloader({ saysBk7231: true });
  const replace = { bootloader: 'replace' } as const;

  it('takes a whole bootloader of this chip, and nothing else without anyImage', async () => {
    const app = container({ texts: TUYA_TEXTS.N, saysBk7231: true });
    for (const [image, offset] of [
      [app, 0],
      [whole, 0x1000],
      [noise(0x1000), 0x2000],
      [app, 0x10000],
    ] as const)
      await refused(
        'bk7231n',
        { image, offset, ...replace },
        'BK_WRONG_IMAGE',
        /something else than a whole bootloader/,
      );
    const ofT = bootloader({ download: 0x132000, name: 'BK7231S_1.0.5' });
    const options = { offset: 0, ...replace };
    await refused('bk7231n', { image: ofT, ...options }, 'BK_WRONG_IMAGE', /is for BK7231T/);
    const { device, chip } = testDevice('bk7231n');
    await device.write({ image: whole, ...options });
    assert.ok(chip.flash.subarray(0, 0x11000).equals(whole));
    await device.close();
  });
});

describe('an application at an offset', () => {
  it('counts, and not the bootloader that is left out', async () => {
    const app = container({ texts: TUYA_TEXTS.N, saysBk7231: true });
    const boot = bootloader({ download: 0x132000, name: 'BK7231S_1.0.5' });
    const image = Buffer.concat([boot, app]);
    const at = { image, offset: 0x11000, skip: 0x11000 };
    const { device, chip } = testDevice('bk7231n');
    await device.write(at);
    assert.ok(chip.flash.subarray(0x11000).subarray(0, app.length).equals(app));
    await device.close();
    await refused('bk7231t', at, 'BK_WRONG_IMAGE', /its application is for BK7231N/);
  });
});
