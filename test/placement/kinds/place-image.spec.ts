import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BkError } from '../../../src';
import { CHIP_NAMES, CHIPS, type ChipName } from '../../../src/chip/known/chips';
import type { DetectedImage } from '../../../src/image/detect/detect';
import type { Piece } from '../../../src/placement/base/place-types';
import { factsForImage, placeImage } from '../../../src/placement/kinds/place-image';
import { detectImage } from '../../support/detect-image';
import { allEnglish, english } from '../../support/english';
import {
  appImage,
  bootloader,
  calibrationSector,
  container,
  flashImage,
  plainCode,
  rblFile,
  uf2File,
  ugFile,
} from '../../support/images';

import {
  APP_M,
  APP_N,
  APP_T,
  BK7238,
  M,
  N,
  place,
  QIO_N,
  QIO_T,
  refused,
  T,
  where,
} from '../../support/placing';

describe('an application', () => {
  it('goes behind the bootloader, in whole sectors', () => {
    const { pieces, warnings } = place(APP_N, N);
    assert.deepEqual(warnings, []);
    const [piece] = pieces as [Piece];
    assert.equal(piece.offset, 0x11000);
    assert.equal(piece.bytes.length, 0x119000);
    assert.ok(piece.bytes.subarray(0, APP_N.length).equals(APP_N));
    assert.ok(piece.bytes.subarray(APP_N.length).every((byte) => byte === 0xff));
    assert.deepEqual(where(appImage({ length: 0x300 }), T), [[0x11000, 0x1000]]);
  });

  it('is refused where it would not start', () => {
    refused(
      APP_N,
      T,
      'BK_WRONG_IMAGE',
      /oem_bk7231n_plug 1\.1\.15: it is for BK7231N, but the chip is a BK7231T/,
    );
    refused(APP_T, N, 'BK_WRONG_IMAGE', /is for BK7231T, but the chip is a BK7231N/);
    refused(
      APP_N,
      { ...N, chip: null, family: 'basic' },
      'BK_WRONG_IMAGE',
      /the chip is a basic chip/,
    );
    refused(
      appImage(),
      M,
      'BK_WRONG_IMAGE',
      /stored with Tuya's key, but the chip needs code with no key/,
    );
    refused(APP_M, { ...N }, 'BK_WRONG_IMAGE', /BK7231M, but the chip is a BK7231N/);
    refused(
      appImage({ key: 'none' }),
      N,
      'BK_WRONG_IMAGE',
      /no key, but the chip needs code with Tuya's key/,
    );
    refused(container({ key: 'other' }), N, 'BK_WRONG_IMAGE', /a key of its own/);
    refused(APP_N, { ...N, chip: 'BK7258' }, 'BK_WRONG_IMAGE', /not known/);
    assert.deepEqual(where(APP_N, T, { anyImage: true }), [[0x11000, 0x119000]]);
  });

  it('is warned about where its key cannot be compared', () => {
    assert.match(
      english(place(APP_N, { ...N, key: null }).warnings[0] ?? ''),
      /key is the same is not known/,
    );
    const other = container({ key: 'other' });
    assert.equal(detectImage(other).kind, 'app');
    assert.match(english(place(other, { ...N, key: 'custom' }).warnings[0] ?? ''), /not checked/);
    refused(other, { ...N, key: null }, 'BK_WRONG_IMAGE', /not known/);
  });

  it('leaves out what follows its slot, and says so', () => {
    const rest = Buffer.concat([APP_N, Buffer.alloc(0x90), Buffer.alloc(0x100000 - 0x90, 1)]);
    const { pieces, warnings } = place(rest, N);
    assert.equal(pieces[0]?.bytes.length, 0x119000);
    assert.match(english(warnings[0] ?? ''), /0x12a000 and later.*left out/);
    const blank = Buffer.concat([APP_N, Buffer.alloc(0x100000, 0xff)]);
    assert.deepEqual(place(blank, N).warnings, []);
  });

  it('leaves what lies behind its last byte as it is', () => {
    const padded = Buffer.concat([APP_T, Buffer.alloc(0x121000 - APP_T.length, 0xff)]);
    assert.deepEqual(where(padded, T), [[0x11000, 0x119000]]);
    assert.deepEqual(place(padded, T).warnings, []);
    padded.fill(0x31, 0x119000);
    assert.deepEqual(where(padded, T), [[0x11000, 0x119000]]);
    assert.match(english(place(padded, T).warnings[0] ?? ''), /0x12a000.*left out/);
  });

  it('may reach beyond its slot, but not over the calibration', () => {
    const long = appImage({ length: 0x10a000 });
    const { pieces, warnings } = place(long, N);
    assert.ok((pieces[0]?.bytes.length ?? 0) > 0x119000);
    assert.match(english(warnings[0] ?? ''), /behind its slot/);
    assert.deepEqual(place(long, T).warnings, []);
    refused(appImage({ length: 0x1b0000 }), N, 'BK_WRONG_IMAGE', /room for 0x121000/);
    refused(
      appImage({ length: 0x100000 }),
      { ...T, flashSize: 0x100000 },
      'BK_WRONG_IMAGE',
      /room/,
    );
  });

  it('is refused when it is damaged', () => {
    const broken = Buffer.from(APP_N);
    broken.writeUInt8(broken.readUInt8(5000) ^ 1, 5000);
    refused(broken, N, 'BK_BAD_IMAGE', /damaged.*packets have a wrong CRC, the first at 0x13/);
    refused(appImage().subarray(0, 3000), N, 'BK_BAD_IMAGE', /middle of a code packet/);
  });
});

describe('a bootloader with an application', () => {
  it('goes without the bootloader unless that is to be replaced', () => {
    assert.deepEqual(where(QIO_N, N), [[0x11000, 0x119000]]);
    assert.deepEqual(where(QIO_N, N, { bootloader: 'replace' }), [
      [0, 0x11000],
      [0x11000, 0x119000],
    ]);
    const { pieces, warnings } = place(QIO_T, T, { bootloader: 'replace' });
    assert.equal(pieces[0]?.offset, 0x11000);
    assert.match(allEnglish(warnings).join(' '), /bootloader is kept/);
    const key = { ...N, key: null };
    refused(QIO_N, key, 'BK_WRONG_IMAGE', /known to fit/, { bootloader: 'replace' });
  });

  it('is for the chip that its bootloader names', () => {
    refused(QIO_T, N, 'BK_WRONG_IMAGE', /is for BK7231T/);
    refused(QIO_N, T, 'BK_WRONG_IMAGE', /is for BK7231N/);
  });
});

describe('a bootloader alone', () => {
  const boot = bootloader({ saysBk7231: true, name: 'BK7231N_1.0.1' });
  it('is written only when asked for, and never on basic chips', () => {
    refused(boot, N, 'BK_BOOTLOADER_PROTECTED', /to be kept/);
    assert.deepEqual(where(boot, N, { bootloader: 'replace' }), [[0, 0x11000]]);
    const basic = bootloader({ download: 0x132000 });
    refused(basic, T, 'BK_BOOTLOADER_PROTECTED', /never written/, { bootloader: 'replace' });
  });
});

describe('a bootloader for a chip that does not tell its key', () => {
  const flash = flashImage({ key: 'none', download: 0x132000, calibration: 0x1e0000 });
  const target = { ...BK7238, key: null, flashSize: 0x200000 };
  const replace = { bootloader: 'replace' } as const;
  const [boot, qio] = [flash.subarray(0, 0x11000), flash.subarray(0, 0x129f70)];

  it('is taken without a key where such chips never have one, alone, with code and in a dump', () => {
    for (const chip of ['BK7238', 'BK7252N'] as const) {
      for (const image of [boot, qio, flash]) {
        const { pieces, warnings } = place(image, { ...target, chip }, replace);
        assert.equal(pieces[0]?.offset, 0);
        assert.match(allEnglish(warnings).join(' '), /as is usual on a BK7/);
      }
    }
  });

  it('is refused elsewhere, and with a key', () => {
    for (const image of [boot, qio, flash]) {
      const tuya = { ...target, chip: 'BK7231N', key: null } as const;
      refused(image, tuya, 'BK_WRONG_IMAGE', /known to fit|is for/, replace);
    }
    const encrypted = bootloader({ download: 0x132000 });
    refused(encrypted, target, 'BK_WRONG_IMAGE', /known to fit|is for/, replace);
  });
});

describe('what belongs to no flash', () => {
  it('is refused with advice', () => {
    const stripped = container().subarray(0, 32);
    for (const [bytes, code] of [
      [Buffer.alloc(100, 0xff), 'BK_BAD_IMAGE'],
      [Buffer.from('<html></html>'), 'BK_BAD_IMAGE'],
      [plainCode(), 'BK_BAD_IMAGE'],
      [Buffer.concat([stripped, Buffer.alloc(900)]), 'BK_BAD_IMAGE'],
      [APP_N.subarray(-102), 'BK_BAD_IMAGE'],
      [Buffer.from([0xe9, 6, 2, 0x20, 1, 2, 3]), 'BK_WRONG_IMAGE'],
      [Buffer.from('999996963fcc66fc00', 'hex'), 'BK_WRONG_IMAGE'],
    ] as const) {
      assert.throws(
        () => place(bytes, N),
        (error) => error instanceof BkError && error.code === code && error.cause.advice.length > 0,
      );
    }
  });
});

describe('before an image is placed', () => {
  it('its chip is asked for its table and calibration, and for its bootloader if that goes', () => {
    const facts = { calibration: true, partitions: true };
    const qio = detectImage(QIO_N);
    const replace = { bootloader: 'replace' } as const;
    assert.deepEqual(factsForImage(qio, 'full', {}), { ...facts, bootloaderCrc: false });
    assert.deepEqual(factsForImage(qio, 'full', replace), { ...facts, bootloaderCrc: true });
    assert.deepEqual(factsForImage(qio, 'basic', replace), { ...facts, bootloaderCrc: false });
  });
});

describe('the pieces of an image', () => {
  it('come in the order of flash, whatever its format names first', () => {
    const { contents, ...image } = detectImage(QIO_N);
    const turned = { ...image, contents: [...contents].reverse() } as DetectedImage;
    const { pieces } = placeImage(turned, N, { bootloader: 'replace' });
    assert.deepEqual(
      pieces.map(({ offset }) => offset),
      [0, 0x11000],
    );
  });

  it('of a dump that was put right are told with how', () => {
    const dump = flashImage({ saysBk7231: true });
    const rotated = Buffer.concat([dump.subarray(0x11000), dump.subarray(0, 0x11000)]);
    const own = { ...N, mac: '02:00:00:ab:cd:ef', calibration: 0x1d0000 };
    const [warning] = place(rotated, own).warnings;
    assert.equal(warning?.code, 'placement.dumpPutRight');
    const { found } = warning.params;
    assert.ok(typeof found === 'object' && 'code' in found);
  });
});

describe('any image on any chip', () => {
  const images = [
    APP_N,
    APP_T,
    APP_M,
    QIO_N,
    QIO_T,
    flashImage(),
    bootloader({}),
    rblFile(plainCode(), { compression: 1 }),
    ugFile(rblFile(plainCode())),
    uf2File({ parts: [{ partition: 'app', schemes: '000100', bytes: appImage() }] }),
    calibrationSector([2, 0, 0, 0, 0, 1]),
  ];
  const detected = images.map((bytes) => detectImage(bytes));

  it('goes to whole sectors of the flash, over no bootloader, or is refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...detected),
        fc.constantFrom<ChipName | null>(...CHIP_NAMES, null),
        fc.constantFrom(0x80000, 0x100000, 0x200000, 0x400000),
        fc.constantFrom('tuya', 'none', 'custom', null),
        fc.record({
          bootloader: fc.constantFrom('keep' as const, 'replace' as const),
          anyImage: fc.boolean(),
        }),
        (image, chip, flashSize, key, options) => {
          const family = chip === null ? 'basic' : CHIPS[chip].family;
          let end = 0;
          try {
            const { pieces } = placeImage(image, { chip, family, flashSize, key }, options);
            assert.ok(pieces.length > 0);
            for (const piece of pieces) {
              assert.equal(piece.offset % 0x1000, 0);
              assert.equal(piece.bytes.length % 0x1000, 0);
              assert.ok(piece.bytes.length > 0);
              assert.ok(piece.offset >= end);
              end = piece.offset + piece.bytes.length;
              const allowed = family === 'full' && options.bootloader === 'replace';
              assert.ok(piece.offset >= 0x11000 || allowed);
            }
            assert.ok(end <= flashSize);
          } catch (error) {
            assert.ok(error instanceof BkError, String(error));
            assert.ok(
              ['BK_WRONG_IMAGE', 'BK_BAD_IMAGE', 'BK_BOOTLOADER_PROTECTED'].includes(error.code),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
