import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BkError } from '../../src';
import { CHIP_NAMES, CHIPS, type ChipName } from '../../src/chip/families';
import { detectImage } from '../../src/image/detect';
import { readPartitions } from '../../src/image/partitions';
import {
  type PlacedPiece,
  type PlaceOptions,
  type PlaceTarget,
  placeImage,
} from '../../src/image/place';
import {
  appImage,
  bootloader,
  type CodeOptions,
  calibrationSector,
  container,
  flashImage,
  openBekenTexts,
  plainCode,
  rblFile,
  TUYA_TEXTS,
  UF2_FAMILY,
  uf2File,
  ugFile,
} from '../support/images';

const N: PlaceTarget = { chip: 'BK7231N', family: 'full', flashSize: 0x200000, key: 'tuya' };
const T: PlaceTarget = { chip: 'BK7231T', family: 'basic', flashSize: 0x200000, key: 'tuya' };
const M: PlaceTarget = { ...N, chip: 'BK7231M', key: 'none' };
const BK7238: PlaceTarget = { ...M, chip: 'BK7238' };

const place = (bytes: Buffer, target: PlaceTarget, options?: PlaceOptions) =>
  placeImage(detectImage(bytes), bytes, target, options);

/** Offsets and lengths of the pieces. */
const where = (bytes: Buffer, target: PlaceTarget, options?: PlaceOptions): [number, number][] =>
  place(bytes, target, options).pieces.map((piece) => [piece.offset, piece.bytes.length]);

function refused(
  bytes: Buffer,
  target: PlaceTarget,
  code: string,
  says: RegExp,
  options?: PlaceOptions,
): void {
  assert.throws(
    () => place(bytes, target, options),
    (error) => {
      assert.ok(error instanceof BkError);
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.match(error.message, /othing was changed/);
      return true;
    },
  );
}

const APP_N = container({ texts: TUYA_TEXTS.N, saysBk7231: true });
const APP_T = container({ texts: TUYA_TEXTS.T });
const APP_M = container({ texts: openBekenTexts('BK7231N'), key: 'none' });
const QIO_N = flashImage({
  saysBk7231: true,
  name: 'BK7231N_1.0.1',
  app: { texts: TUYA_TEXTS.N },
}).subarray(0, 0x129f70);
const QIO_T = flashImage({ download: 0x132000, name: 'BK7231S_1.0.5' }).subarray(0, 0x129f70);

describe('an application', () => {
  it('goes behind the bootloader, in whole sectors', () => {
    const { pieces, warnings } = place(APP_N, N);
    assert.deepEqual(warnings, []);
    const [piece] = pieces as [PlacedPiece];
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
      place(APP_N, { ...N, key: null }).warnings[0] ?? '',
      /key is the same is not known/,
    );
    const other = container({ key: 'other' });
    assert.equal(detectImage(other).kind, 'app');
    assert.match(place(other, { ...N, key: 'custom' }).warnings[0] ?? '', /not checked/);
    refused(other, { ...N, key: null }, 'BK_WRONG_IMAGE', /not known/);
  });

  it('leaves out what follows its slot, and says so', () => {
    const rest = Buffer.concat([APP_N, Buffer.alloc(0x90), Buffer.alloc(0x100000 - 0x90, 1)]);
    const { pieces, warnings } = place(rest, N);
    assert.equal(pieces[0]?.bytes.length, 0x119000);
    assert.match(warnings[0] ?? '', /0x12a000 and later.*left out/);
    const blank = Buffer.concat([APP_N, Buffer.alloc(0x100000, 0xff)]);
    assert.deepEqual(place(blank, N).warnings, []);
  });

  it('leaves what lies behind its last byte as it is', () => {
    const padded = Buffer.concat([APP_T, Buffer.alloc(0x121000 - APP_T.length, 0xff)]);
    assert.deepEqual(where(padded, T), [[0x11000, 0x119000]]);
    assert.deepEqual(place(padded, T).warnings, []);
    padded.fill(0x31, 0x119000);
    assert.deepEqual(where(padded, T), [[0x11000, 0x119000]]);
    assert.match(place(padded, T).warnings[0] ?? '', /0x12a000.*left out/);
  });

  it('may reach beyond its slot, but not over the calibration', () => {
    const long = appImage({ length: 0x10a000 });
    const { pieces, warnings } = place(long, N);
    assert.ok((pieces[0]?.bytes.length ?? 0) > 0x119000);
    assert.match(warnings[0] ?? '', /behind its slot/);
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
    assert.match(warnings.join(' '), /bootloader is kept/);
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
        assert.match(warnings.join(' '), /as is usual on a BK7/);
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

describe('an update', () => {
  const code = plainCode({ texts: openBekenTexts('BK7231N'), saysBk7231: true });
  const update = rblFile(code, { compression: 1 });

  it('goes to the download slot of the chip', () => {
    assert.equal(detectImage(update).project, 'OpenBK7231N');
    assert.equal(detectImage(update).version, '1.18.2');
    assert.equal(where(update, N)[0]?.[0], 0x12a000);
    assert.equal(where(update, M)[0]?.[0], 0x12a000);
    assert.equal(where(ugFile(update), N)[0]?.[0], 0x12a000);
    const plain = rblFile(plainCode(), { encryption: 2 });
    const [piece] = place(plain, T).pieces;
    assert.equal(piece?.offset, 0x132000);
    assert.ok(piece?.bytes.subarray(0, plain.length).equals(plain));
    assert.match(place(plain, T).warnings[0] ?? '', /AES key/);
  });

  it('goes where the partition table of the chip says', () => {
    const partitions = readPartitions(bootloader({ download: 0x132000 }));
    assert.equal(where(update, { ...N, partitions })[0]?.[0], 0x132000);
    const plain = rblFile(plainCode());
    assert.match(place(plain, BK7238).warnings[0] ?? '', /table was not read/);
    assert.deepEqual(place(plain, { ...BK7238, partitions }).warnings, []);
    const wild = partitions.map((entry) => ({ ...entry, offset: 0 }));
    assert.equal(where(update, { ...N, partitions: wild })[0]?.[0], 0x12a000);
  });

  it('is refused where it would go over the calibration of the chip', () => {
    const long = rblFile(plainCode({ length: 0xb4000 }));
    const wide = [
      {
        name: 'download',
        packets: false,
        offset: 0x12c000,
        length: 0xb5000,
        device: '',
        at: 0,
        crc: 0,
      },
    ];
    const chip = { ...BK7238, partitions: wide, calibration: 0x1e0000 };
    refused(long, chip, 'BK_WRONG_IMAGE', /over the calibration.*0x1e0000.*0xb4000 are free/);
    assert.equal(where(long, { ...chip, calibration: 0x1e3000 })[0]?.[1], 0xb5000);
    assert.equal(where(rblFile(plainCode()), chip)[0]?.[0], 0x12c000);
  });

  it('is refused where it cannot be installed', () => {
    refused(update, T, 'BK_WRONG_IMAGE', /is for BK7231N or BK7231M, but the chip is a BK7231T/);
    refused(rblFile(code, { compression: 2 }), N, 'BK_BAD_IMAGE', /QuickLZ/);
    refused(rblFile(code, { compression: 3 }), N, 'BK_BAD_IMAGE', /FastLZ/);
    refused(
      rblFile(code, { partition: 'bootloader' }),
      N,
      'BK_WRONG_IMAGE',
      /partition bootloader/,
    );
    refused(rblFile(plainCode({ length: 0xb0000 })), N, 'BK_WRONG_IMAGE', /download slot/);
    const much = rblFile(Buffer.alloc(0x120000), { compression: 1 });
    refused(much, N, 'BK_WRONG_IMAGE', /unpacked it needs/);
    refused(update.subarray(0, 900), N, 'BK_BAD_IMAGE', /cut off/);
    refused(ugFile(Buffer.alloc(500)), N, 'BK_BAD_IMAGE', /no update file/);
  });
});

describe('a UF2 file', () => {
  const parts = (bytes: Buffer, header: Buffer) => [
    { partition: 'app', schemes: '000100', bytes },
    { partition: 'app', schemes: '000100', address: 0x118f0a, bytes: header },
    { partition: 'download', schemes: '100000', bytes: Buffer.alloc(300, 3) },
  ];
  const table = [
    ['app', 0x11000, 0x119000],
    ['download', 0x12a000, 0xa6000],
  ] as const;
  /** An application as packets, and the header that belongs to it. */
  const split = (options: CodeOptions & { length: number }): [app: Buffer, header: Buffer] => {
    const whole = container(options);
    const length = Math.ceil((options.length + 16) / 32) * 34;
    return [whole.subarray(0, length), whole.subarray(-102)];
  };
  const [app, header] = split({ length: 0x2100 });

  it('goes where its parts for a cable say', () => {
    const file = uf2File({ partitions: table, parts: parts(app, header) });
    const { pieces } = place(file, N);
    assert.deepEqual(
      pieces.map(({ offset, bytes }) => [offset, bytes.length]),
      [
        [0x11000, 0x3000],
        [0x129000, 0x1000],
      ],
    );
    assert.ok(pieces[0]?.bytes.subarray(0, app.length).equals(app));
    assert.ok(pieces[1]?.bytes.subarray(0xf0a, 0xf70).equals(header));
    assert.ok(pieces[1]?.bytes.subarray(0, 0xf0a).every((byte) => byte === 0xff));
    const bare = uf2File({ parts: parts(app, header) });
    assert.equal(where(bare, N)[1]?.[0], 0x129000);
  });

  it('becomes one piece where the application reaches into the sector of its header', () => {
    const [long, last] = split({ length: 0x118000 - 0x10000 });
    const file = uf2File({ partitions: table, parts: parts(long, last) });
    const { pieces } = place(file, N);
    assert.equal(pieces.length, 1);
    const bytes = pieces[0]?.bytes ?? Buffer.alloc(0);
    assert.ok(bytes.subarray(0, long.length).equals(long));
    assert.ok(bytes.subarray(0x118f0a, 0x118f70).equals(last));
  });

  it('is for one chip, and its key', () => {
    const file = uf2File({ partitions: table, parts: parts(app, header) });
    assert.equal(detectImage(file).chip, 'BK7231N');
    refused(file, T, 'BK_WRONG_IMAGE', /is for BK7231N, but/);
    refused(file, M, 'BK_WRONG_IMAGE', /is for BK7231N, but/);
    const clear = uf2File({
      partitions: table,
      parts: parts(...split({ key: 'none', length: 0x2100 })),
    });
    assert.equal(detectImage(clear).chip, 'BK7231M');
    assert.equal(where(clear, M).length, 2);
    const realtek = uf2File({ family: 0x22e0d6fc, parts: [] });
    refused(realtek, N, 'BK_WRONG_IMAGE', /RTL8710B, which is no BK72xx/);
    const key = uf2File({
      partitions: table,
      parts: parts(...split({ key: 'other', length: 0x2100 })),
    });
    refused(key, N, 'BK_WRONG_IMAGE', /stored with a key of its own/);
    const t = uf2File({ family: UF2_FAMILY.BK7231T, partitions: table, parts: parts(app, header) });
    assert.equal(where(t, T).length, 2);
  });

  it('cannot go over the bootloader, nor over what the chip keeps', () => {
    const low = [['app', 0x1000, 0x119000]] as const;
    const one = parts(app, header).slice(0, 1);
    refused(uf2File({ partitions: low, parts: one }), N, 'BK_BAD_IMAGE', /bootloader/);
    const high = [['app', 0x1cf000, 0x119000]] as const;
    refused(uf2File({ partitions: high, parts: one }), N, 'BK_WRONG_IMAGE', /beyond 0x1d0000/);
    const ota = parts(app, header).slice(2);
    refused(uf2File({ partitions: table, parts: ota }), N, 'BK_WRONG_IMAGE', /by cable/);
    const file = uf2File({ partitions: table, parts: one });
    refused(file.subarray(0, 1024), N, 'BK_BAD_IMAGE', /damaged/);
  });

  it('must hold an application that is whole and for the chip that it names', () => {
    const made = (bytes: Buffer, more = parts(app, header).slice(1)) =>
      uf2File({ partitions: table, parts: [...parts(bytes, header).slice(0, 1), ...more] });
    const broken = Buffer.from(app);
    broken.writeUInt8(broken.readUInt8(500) ^ 1, 500);
    refused(made(broken), N, 'BK_BAD_IMAGE', /damaged.*wrong CRC/);
    refused(made(Buffer.alloc(0x2000, 'noise')), N, 'BK_BAD_IMAGE', /no code for these chips/);
    const [other, own] = split({ length: 0x2100, texts: TUYA_TEXTS.T });
    const mixed = uf2File({ partitions: table, parts: parts(other, own) });
    refused(mixed, N, 'BK_BAD_IMAGE', /application is for BK7231T, but the file says .* BK7231N/);
    const [boot] = [bootloader({})];
    refused(made(boot, []), N, 'BK_BAD_IMAGE', /application slot is a bootloader/);
    const over = { partition: 'app', schemes: '000100', address: 0x80, bytes: Buffer.alloc(64, 1) };
    refused(made(app, [over]), N, 'BK_BAD_IMAGE', /overlap from 0x80 on, and differ/);
    const same = { ...over, bytes: app.subarray(0x80, 0x100) };
    assert.equal(place(made(app, [same]), N).pieces.length, 1);
    const crumbs = Array.from({ length: 200 }, (_, index) => ({ ...over, address: 128 * index }));
    refused(made(app, crumbs), N, 'BK_BAD_IMAGE', /more than 64 pieces/);
  });
});

describe('a dump', () => {
  const dump = flashImage({
    saysBk7231: true,
    name: 'BK7231N_1.0.1',
    app: { texts: TUYA_TEXTS.N },
  });
  const mac = '02:00:00:ab:cd:ef';
  const own = { ...N, calibration: 0x1d0000, mac };
  const other = { ...own, mac: '02:00:00:00:00:01' };

  it('of this very chip goes back as a whole, the calibration apart from its neighbours', () => {
    const whole = [
      [0x11000, 0x1bf000],
      [0x1d0000, 0x1000],
      [0x1d1000, 0x2f000],
    ];
    assert.deepEqual(where(dump, own), whole);
    assert.deepEqual(where(dump, own, { bootloader: 'replace' }), [
      [0, 0x1d0000],
      ...whole.slice(1),
    ]);
    assert.ok(
      Buffer.concat(place(dump, own).pieces.map(({ bytes }) => bytes)).equals(
        dump.subarray(0x11000),
      ),
    );
    assert.deepEqual([place(dump, own).foreign, place(dump, own).warnings], [false, []]);
  });

  it('of another device brings its code, and none of its data', () => {
    const code = [
      [0x11000, 0x119000],
      [0x12a000, 0xa6000],
    ];
    for (const [target, says] of [
      [other, /is not of this very chip .*02:00:00:ab:cd:ef.*02:00:00:00:00:01.*are kept.*part/],
      [{ ...own, mac: null, calibration: null }, /has no MAC.*left out.*part set to rf/],
    ] as const) {
      const { warnings, foreign } = place(dump, target);
      assert.deepEqual(where(dump, target), code);
      assert.match(warnings[0] ?? '', says);
      assert.equal(foreign, true);
    }
    const nameless = flashImage({ calibration: null, saysBk7231: true });
    assert.deepEqual(where(nameless, own), code);
    assert.match(place(nameless, { ...N, mac: null }).warnings[0] ?? '', /Neither the chip nor/);
    assert.deepEqual(where(dump, other, { bootloader: 'replace' }), [[0, 0x12a000], code[1]]);
    const key = { ...other, key: null };
    refused(dump, key, 'BK_WRONG_IMAGE', /known to fit/, { bootloader: 'replace' });
  });

  it('of another device goes over no place where the chip or the dump has a calibration', () => {
    const clear = (download: number, ...places: number[]) => {
      const flash = flashImage({ key: 'none', download, calibration: null });
      for (const at of places) calibrationSector([2, 0, 0, 0xab, 0xcd, 0xef]).copy(flash, at);
      return flash;
    };
    const spares = (flash: Buffer, target: PlaceTarget, ...sectors: number[]) => {
      for (const [offset, length] of where(flash, target))
        for (const at of sectors) assert.ok(at < offset || at >= offset + length, at.toString(16));
    };
    const at = (calibration: number) => ({ ...BK7238, mac: other.mac, calibration });
    spares(clear(0x12c000, 0x1e0000), at(0x1e3000), 0x1e0000, 0x1e3000);
    spares(clear(0x12c000, 0x1e3000), at(0x1e0000), 0x1e0000, 0x1e3000);
    spares(clear(0x12c000, 0x150000), at(0x1e0000), 0x150000);
    spares(clear(0x132000, 0x1e0000), { ...at(0x140000) }, 0x140000, 0x1e0000);
    const wide = Buffer.concat([clear(0x132000, 0x1e0000), Buffer.alloc(0x200000, 0xff)]);
    const chip = { ...at(0x3fe000), chip: 'BK7252N' as const, flashSize: 0x400000 };
    spares(wide, chip, 0x1e0000, 0x3fe000);
  });

  it("is told by the chip's own address, whatever calibration lies elsewhere", () => {
    const stale = Buffer.from(dump);
    calibrationSector([2, 0, 0, 9, 9, 9]).copy(stale, 0x1e0000);
    assert.equal(detectImage(stale).calibration?.offset, 0x1e0000);
    assert.equal(place(stale, own).foreign, false);
    assert.equal(place(stale, { ...own, mac: '02:00:00:09:09:09' }).foreign, true);
  });

  it('is put right where it is rotated', () => {
    const rotated = Buffer.concat([dump.subarray(0x11000), dump.subarray(0, 0x11000)]);
    const { pieces, warnings } = place(rotated, own);
    assert.ok(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(dump.subarray(0x11000)));
    assert.match(warnings[0] ?? '', /put right/);
    refused(rotated, T, 'BK_WRONG_IMAGE', /is for BK7231N/);
    assert.equal(detectImage(rotated).chip, null);
  });

  it('must be of such a chip', () => {
    refused(dump, T, 'BK_WRONG_IMAGE', /is for BK7231N/);
    refused(dump, { ...N, flashSize: 0x400000 }, 'BK_WRONG_IMAGE', /0x200000 bytes.*0x400000/);
    assert.equal(place(dump, { ...T, mac }).foreign, false);
    const blank = Buffer.from(dump).fill(0xff, 0, 0x11000);
    refused(blank, N, 'BK_BAD_IMAGE', /blank/, { bootloader: 'replace' });
  });

  it('is refused with more code than the chip has room for', () => {
    const long = flashImage({ saysBk7231: true, download: null });
    container({ size: 34 * 36000, saysBk7231: true }).copy(long, 0x11000);
    refused(long, other, 'BK_WRONG_IMAGE', /room for 0x121000/);
  });
});

describe('a calibration sector', () => {
  const sector = calibrationSector([2, 0, 0, 0xab, 0xcd, 0xef]);
  const replace = { calibration: 'replace' } as const;

  it('goes to its place on the chip, only when asked for', () => {
    refused(sector, N, 'BK_BAD_IMAGE', /to be kept/);
    assert.deepEqual(where(sector, N, replace), [[0x1d0000, 0x1000]]);
    assert.deepEqual(where(sector, T, replace), [[0x1e0000, 0x1000]]);
    refused(sector, BK7238, 'BK_WRONG_IMAGE', /not known/, replace);
    assert.deepEqual(where(sector, { ...BK7238, calibration: 0x1e3000 }, replace), [
      [0x1e3000, 0x1000],
    ]);
    const other = place(sector, { ...N, mac: '02:00:00:00:00:01' }, replace);
    assert.match(other.warnings[0] ?? '', /MAC changes/);
    refused(
      calibrationSector([255, 255, 255, 255, 255, 255]),
      N,
      'BK_BAD_IMAGE',
      /no MAC/,
      replace,
    );
    refused(sector, { ...N, flashSize: 0x100000 }, 'BK_WRONG_IMAGE', /flash has ended/, replace);
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
  const detected = images.map((bytes) => ({ bytes, image: detectImage(bytes) }));

  it('goes to whole sectors of the flash, over no bootloader, or is refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...detected),
        fc.constantFrom<ChipName | null>(...CHIP_NAMES, null),
        fc.constantFrom(0x80000, 0x100000, 0x200000, 0x400000),
        fc.constantFrom('tuya', 'none', 'custom', null),
        fc.record({
          bootloader: fc.constantFrom('keep' as const, 'replace' as const),
          calibration: fc.constantFrom('keep' as const, 'replace' as const),
          anyImage: fc.boolean(),
        }),
        ({ image, bytes }, chip, flashSize, key, options) => {
          const family = chip === null ? 'basic' : CHIPS[chip].family;
          let end = 0;
          try {
            const { pieces } = placeImage(image, bytes, { chip, family, flashSize, key }, options);
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
