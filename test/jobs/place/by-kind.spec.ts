import assert from 'node:assert/strict';
import type { ErrorCode, WriteOptions } from '../../../src';
import { BOOTLOADER_END } from '../../../src/chip/geometry';
import { unrotate } from '../../../src/image/evidence/dump';
import { sum, type TestDevice, testDevice } from '../../support/bench-device';
import {
  bootloader,
  type CodeOptions,
  container,
  flashImage,
  openBekenTexts,
  plainCode,
  rblFile,
  UF2_FAMILY,
  uf2File,
  ugFile,
} from '../../support/images';
import { rejection } from '../../support/rejects';

type Key = 'tuya' | 'none';

/** Chips, the key of their code, and where their download slot is. */
const CHIPS: readonly [sim: string, key: Key, download: number][] = [
  ['bk7231n', 'tuya', 0x12a000],
  ['bk7231t', 'tuya', 0x132000],
  ['bk7231m', 'none', 0x12a000],
  ['bk7231u', 'none', 0x132000],
  ['bk7231q', 'none', 0x132000],
  ['bk7238', 'none', 0x12c000],
  ['bk7252', 'none', 0x132000],
  ['bk7252n', 'none', 0x132000],
];

const nameOf = (sim: string): string => sim.toUpperCase();

/** OpenBeken's application for a chip, as its build makes it. */
function appFor(sim: string, key: Key, more: CodeOptions = {}): Buffer {
  return container({ key, texts: openBekenTexts(nameOf(sim)), length: 0x9000, ...more });
}

/** Writes, and checks that flash holds these bytes at this place and is otherwise what it was. */
async function lands(
  { device, chip }: TestDevice,
  options: WriteOptions,
  offset: number,
  bytes: Buffer,
): Promise<Awaited<ReturnType<TestDevice['device']['write']>>> {
  const wanted = Buffer.from(chip.flash);
  const end = Math.ceil((offset + bytes.length) / 0x1000) * 0x1000;
  wanted.fill(0xff, offset, end);
  bytes.copy(wanted, offset);
  const result = await device.write(options);
  assert.ok(chip.flash.equals(wanted), 'flash holds the image, and nothing else changed');
  assert.equal(result.payload.verified, true);
  assert.deepEqual(result.payload.regions, [{ offset, length: end - offset }]);
  assert.equal(chip.counters.bootloaderTouches, 0);
  await device.close();
  return result;
}

describe('an image without an offset goes where it belongs', () => {
  for (const [sim, key, download] of CHIPS) {
    const settings = { chip: nameOf(sim) as never };

    it(`an application on ${sim}`, async () => {
      const image = appFor(sim, key);
      const { payload } = await lands(testDevice(sim, settings), { image }, BOOTLOADER_END, image);
      assert.equal(payload.image.kind, 'app');
      assert.equal(payload.image.version, '1.18.2');
    });

    it(`bootloader with application (QIO) on ${sim}: the application alone`, async () => {
      const app = appFor(sim, key);
      const image = Buffer.concat([bootloader({ key, download }), app]);
      const { payload } = await lands(testDevice(sim, settings), { image }, BOOTLOADER_END, app);
      assert.equal(payload.image.kind, 'qio');
    });

    it(`an update file on ${sim}: its download slot`, async () => {
      const image = rblFile(plainCode({ texts: openBekenTexts(nameOf(sim)) }), { compression: 1 });
      await lands(testDevice(sim, settings), { image }, download, image);
    });

    it(`a Tuya update file on ${sim}: what is inside of it`, async () => {
      const inner = rblFile(plainCode({ texts: openBekenTexts(nameOf(sim)) }), { encryption: 2 });
      await lands(testDevice(sim, settings), { image: ugFile(inner) }, download, inner);
    });
  }

  it('an update file goes by the partition table of the chip itself', async () => {
    const bench = testDevice('bk7231n');
    bootloader({ download: 0x140000, saysBk7231: true }).copy(bench.chip.flash);
    const image = rblFile(plainCode({ texts: openBekenTexts('BK7231N') }));
    await lands(bench, { image }, 0x140000, image);
  });

  for (const [sim, family] of [
    ['bk7231n', UF2_FAMILY.BK7231N],
    ['bk7231t', UF2_FAMILY.BK7231T],
    ['bk7238', UF2_FAMILY.BK7238],
  ] as const) {
    it(`a UF2 file on ${sim}`, async () => {
      const app = container({ key: sim === 'bk7238' ? 'none' : 'tuya', length: 0x9000 });
      const code = app.subarray(0, 0xa000);
      const header = app.subarray(app.length - 102);
      const image = uf2File({
        family,
        partitions: [['app', BOOTLOADER_END, 0x119000]],
        parts: [
          { partition: 'app', schemes: '000100', bytes: code },
          { partition: 'app', schemes: '000100', address: app.length - 102, bytes: header },
        ],
      });
      const { device, chip } = testDevice(sim);
      const wanted = Buffer.from(chip.flash);
      code.copy(wanted, BOOTLOADER_END);
      wanted.fill(0xff, 0x129000, 0x12a000);
      header.copy(wanted, BOOTLOADER_END + app.length - 102);
      const { payload } = await device.write({ image });
      assert.ok(chip.flash.equals(wanted));
      assert.equal(payload.image.kind, 'uf2');
      await device.close();
    });
  }

  it('a rotated dump is put right, and says so', async () => {
    const { device, chip } = testDevice('bk7231n?mac=020000abcdef');
    const dump = flashImage({ app: { texts: openBekenTexts('BK7231N') } });
    const rotated = Buffer.concat([
      dump.subarray(BOOTLOADER_END),
      dump.subarray(0, BOOTLOADER_END),
    ]);
    assert.ok(unrotate(rotated).equals(dump));
    const { payload, facts } = await device.write({ image: rotated });
    assert.ok(chip.flash.subarray(BOOTLOADER_END).equals(dump.subarray(BOOTLOADER_END)));
    assert.equal(payload.image.kind, 'rotated-dump');
    assert.match(facts.warnings.join(' '), /put right/);
    await device.close();
  });

  it('a bootloader goes in on a full chip where it is to be replaced', async () => {
    const { device, chip } = testDevice('bk7231n');
    const image = bootloader({ saysBk7231: true });
    const after = Buffer.from(chip.flash.subarray(BOOTLOADER_END));
    await device.write({ image, bootloader: 'replace' });
    assert.ok(chip.flash.subarray(0, BOOTLOADER_END).equals(image));
    assert.ok(chip.flash.subarray(BOOTLOADER_END).equals(after));
    await device.close();
  });
});

describe('an image that does not fit is refused, and nothing is changed', () => {
  const appT = appFor('bk7231t', 'tuya');
  const appN = appFor('bk7231n', 'tuya');
  const esp = Buffer.alloc(0x4000, 0x11);
  esp.set([0xe9, 4, 2, 0x20]);
  const cut = rblFile(plainCode()).subarray(0, 0x2000);
  const cases: [string, string, Partial<WriteOptions> & { image: Buffer }, ErrorCode][] = [
    ["a T's application on N", 'bk7231n', { image: appT }, 'BK_WRONG_IMAGE'],
    ["an N's application on T", 'bk7231t', { image: appN }, 'BK_WRONG_IMAGE'],
    [
      "a T's application at an offset on N",
      'bk7231n',
      { image: appT, offset: BOOTLOADER_END },
      'BK_WRONG_IMAGE',
    ],
    ["Tuya's key on M", 'bk7231m', { image: container({ length: 0x9000 }) }, 'BK_WRONG_IMAGE'],
    [
      'no key on N',
      'bk7231n',
      { image: container({ key: 'none', length: 0x9000 }) },
      'BK_WRONG_IMAGE',
    ],
    [
      "someone's own key on N",
      'bk7231n',
      { image: container({ key: 'other', length: 0x9000 }) },
      'BK_WRONG_IMAGE',
    ],
    [
      'an update for T on N',
      'bk7231n',
      { image: rblFile(plainCode({ texts: openBekenTexts('BK7231T') })) },
      'BK_WRONG_IMAGE',
    ],
    [
      'a UF2 file for T on N',
      'bk7231n',
      {
        image: uf2File({
          family: UF2_FAMILY.BK7231T,
          partitions: [['app', 0x11000, 0x119000]],
          parts: [{ partition: 'app', schemes: '000100', bytes: appT.subarray(0, 34 * 960) }],
        }),
      },
      'BK_WRONG_IMAGE',
    ],
    [
      'an update for a bootloader',
      'bk7231n',
      { image: rblFile(plainCode(), { partition: 'bootloader' }) },
      'BK_WRONG_IMAGE',
    ],
    ['an update that is cut off', 'bk7231n', { image: cut }, 'BK_BAD_IMAGE'],
    [
      'an application on BK7236',
      'bk7236',
      { image: container({ key: 'none', length: 0x9000 }) },
      'BK_WRONG_IMAGE',
    ],
    [
      "a dump of another chip's flash",
      'bk7231n',
      { image: flashImage({ size: 0x400000 }) },
      'BK_WRONG_IMAGE',
    ],
    [
      "a T's dump on N",
      'bk7231n',
      { image: flashImage({ download: 0x132000, calibration: 0x1e0000 }) },
      'BK_WRONG_IMAGE',
    ],
    [
      'a bootloader that is to be kept',
      'bk7231n',
      { image: bootloader({}) },
      'BK_BOOTLOADER_PROTECTED',
    ],
    [
      'a bootloader on a basic chip',
      'bk7231t',
      { image: bootloader({ download: 0x132000 }), bootloader: 'replace' },
      'BK_BOOTLOADER_PROTECTED',
    ],
    ["an ESP32's image", 'bk7231n', { image: esp }, 'BK_WRONG_IMAGE'],
    ['what nobody knows', 'bk7231n', { image: Buffer.alloc(5000, 0x5a) }, 'BK_BAD_IMAGE'],
    ['blank bytes', 'bk7231n', { image: Buffer.alloc(5000, 0xff) }, 'BK_BAD_IMAGE'],
    ['plain code', 'bk7231n', { image: plainCode() }, 'BK_BAD_IMAGE'],
  ];
  for (const [what, sim, options, code] of cases) {
    it(what, async () => {
      const { device, chip } = testDevice(sim, { chip: nameOf(sim) as never });
      const before = Buffer.from(chip.flash);
      const error = await rejection(device.write(options), code);
      assert.match(error.message, /[Nn]othing was changed/);
      assert.ok(chip.flash.equals(before));
      assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
      assert.equal(chip.counters.statusWrites, 0);
      await device.close();
    });
  }

  it('and is taken all the same where anyImage says so', async () => {
    await lands(testDevice('bk7231n'), { image: appT, anyImage: true }, BOOTLOADER_END, appT);
  });
});
