import assert from 'node:assert/strict';
import { readPartitions } from '../../../src/image/code/partitions';
import { type RblHeader, readRblHeader } from '../../../src/image/code/rbl';
import { readUf2 } from '../../../src/image/containers/uf2';
import type { PlaceJob, PlaceTarget } from '../../../src/placement/base/place-types';
import { uf2Pieces, updatePiece } from '../../../src/placement/kinds/place-files';
import { type Note, say } from '../../../src/texts/note';
import { detectImage } from '../../support/detect-image';
import { drained } from '../../support/drained';
import { english } from '../../support/english';
import {
  bootloader,
  type CodeOptions,
  container,
  openBekenTexts,
  plainCode,
  rblFile,
  TUYA_TEXTS,
  UF2_FAMILY,
  type Uf2Options,
  uf2File,
  ugFile,
} from '../../support/images';

import {
  BK7238,
  DESCRIPTION,
  imageOf,
  M,
  N,
  objectionOf,
  place,
  refusalOf,
  refused,
  T,
  where,
} from '../../support/placing';

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
    assert.match(english(place(plain, T).warnings[0] ?? ''), /AES key/);
  });

  it('goes where the partition table of the chip says', () => {
    const partitions = readPartitions(bootloader({ download: 0x132000 }));
    assert.equal(where(update, { ...N, partitions })[0]?.[0], 0x132000);
    const plain = rblFile(plainCode());
    assert.match(english(place(plain, BK7238).warnings[0] ?? ''), /table was not read/);
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

describe('what of an update fits', () => {
  const HEADER = readRblHeader(rblFile(plainCode())) as RblHeader;
  const unpacked = say('placement.useUnpacked');
  const slot = (start: string, end: string) => say('placement.span', { start, end });
  const placed = (header: Partial<RblHeader> | null, target: PlaceTarget) => {
    const job: PlaceJob = { image: imageOf(), target, options: {}, warnings: [] };
    const given = header === null ? null : { ...HEADER, ...header };
    const length = 96 + (given?.packageSize ?? 0);
    const content = { bytes: Buffer.alloc(length), header: given };
    const piece = updatePiece(job, content);
    return { offset: piece.offset, length: piece.bytes.length, warnings: job.warnings };
  };
  const why = (header: Partial<RblHeader> | null, target: PlaceTarget) =>
    objectionOf(() => placed(header, target));
  const bad = (header: Partial<RblHeader> | null) => refusalOf(() => placed(header, N));
  const entry = (name: string, offset: number, length: number) => ({
    name,
    packets: false,
    offset,
    length,
  });

  it('is nothing of a file without one, or one that cannot be unpacked', () => {
    const refusal = (reason: Note, ...advice: Note[]) => ({
      code: 'BK_BAD_IMAGE',
      text: say('placement.refused', { image: DESCRIPTION, why: reason }),
      advice,
    });
    assert.deepEqual(bad(null), refusal(say('placement.noUpdate')));
    for (const header of [{ compression: 'unknown' }, { encryption: 'unknown' }] as const)
      assert.deepEqual(bad(header), refusal(say('placement.packedUnknown'), unpacked));
    const method = say('placement.packedWith', { method: 'XOR' });
    assert.deepEqual(bad({ encryption: 'xor' }), refusal(method, unpacked));
    assert.deepEqual(why({ partition: 'rf' }, N), [
      say('placement.otherPartition', { partition: 'rf' }),
    ]);
  });

  it('is all up to the last byte of the download slot', () => {
    const fits = { packageSize: 0xa6000 - 96 };
    assert.deepEqual(placed(fits, N), { offset: 0x12a000, length: 0xa6000, warnings: [] });
    assert.deepEqual(why({ packageSize: fits.packageSize + 1 }, N), [
      say('placement.updateTooLong', {
        length: '0xa6001',
        slot: slot('0x12a000', '0x1cffff'),
        room: '0xa6000',
      }),
      unpacked,
    ]);
    assert.deepEqual(why({}, { ...N, flashSize: 0x180000 }), [
      say('placement.noDownloadSlot'),
      unpacked,
    ]);
  });

  it('has room in the slot of the application, unpacked and with its header', () => {
    const partitions = [entry('app', 0x11000, 0x110000), entry('download', 0x130000, 0x1000)];
    const target = { ...N, partitions };
    const most = { packageSize: 0x100, rawSize: (0x8000 - 3) * 32 };
    assert.equal(placed(most, target).offset, 0x130000);
    const tooLong = (length: string, room: string) => [
      say('placement.unpackedTooLong', { length, room }),
      unpacked,
    ];
    assert.deepEqual(
      why({ ...most, rawSize: most.rawSize + 1 }, target),
      tooLong('0x110022', '0x110000'),
    );
    const both = { packageSize: 0x1000 - 96, rawSize: most.rawSize + 1 };
    assert.deepEqual(why(both, target), tooLong('0x110022', '0x110000'));
    const small = { ...N, flashSize: 0x80000, partitions: [entry('download', 0x40000, 0x40000)] };
    assert.deepEqual(why({ packageSize: 0x100, rawSize: 32 }, small), tooLong('0x88', '0x0'));
  });

  it('goes over no calibration, which may lie right behind it, or anywhere before', () => {
    const partitions = [entry('download', 0x130000, 0x80000)];
    const at = (calibration: number) => ({ ...N, partitions, calibration });
    const update = { packageSize: 0x2000 - 96 };
    for (const calibration of [0x132000, 0x12f000, 0x100000])
      assert.deepEqual(placed(update, at(calibration)).length, 0x2000);
    for (const [calibration, room] of [
      [0x130000, '0x0'],
      [0x131000, '0x1000'],
    ] as const)
      assert.deepEqual(why(update, at(calibration)), [
        say('placement.updateOverCalibration', {
          slot: slot('0x130000', '0x1affff'),
          calibration: `0x${calibration.toString(16)}`,
          length: '0x2000',
          room,
        }),
        unpacked,
      ]);
  });

  it('is said to go where is usual, where a chip of many layouts did not tell its own', () => {
    const guessed = [say('placement.tableNotRead', { offset: '0x12c000' })];
    assert.deepEqual(placed({}, BK7238).warnings, guessed);
    const app = [entry('app', 0x11000, 0x110000)];
    assert.deepEqual(placed({}, { ...BK7238, partitions: app }).warnings, guessed);
    const download = [entry('download', 0x130000, 0x80000)];
    assert.deepEqual(placed({}, { ...BK7238, partitions: download }).warnings, []);
    assert.deepEqual(placed({}, N).warnings, []);
    assert.deepEqual(placed({ encryption: 'aes' }, N).warnings, [say('placement.encryptedUpdate')]);
  });
});

describe('the parts of a UF2 file', () => {
  const table = [['app', 0x11000, 0x119000]] as const;
  const pieces = (
    parts: readonly [address: number, length: number][],
    rows: NonNullable<Uf2Options['partitions']> = table,
    family: number = UF2_FAMILY.BK7231N,
  ) => {
    const bytes = uf2File({
      family,
      partitions: rows,
      parts: parts.map(([address, length], index) => ({
        partition: 'app',
        schemes: '000100',
        address,
        bytes: Buffer.alloc(length, index + 1),
      })),
    });
    const file = drained(readUf2(bytes));
    assert.ok(file);
    const job: PlaceJob = { image: imageOf(), target: N, options: {}, warnings: [] };
    return uf2Pieces(job, file).map((piece) => [piece.offset, piece.bytes] as const);
  };
  const where = (...args: Parameters<typeof pieces>) =>
    pieces(...args).map(([offset, bytes]) => [offset, bytes.length]);

  it('go in the order of flash, whatever that of the file is', () => {
    const parts: [number, number][] = [
      [0x118000, 0x100],
      [0, 0x100],
    ];
    assert.deepEqual(where(parts), [
      [0x11000, 0x1000],
      [0x129000, 0x1000],
    ]);
  });

  it('that share a sector become one piece, with the bytes of each and FF between', () => {
    const [[offset, bytes] = [0, Buffer.alloc(0)], ...more] = pieces([
      [0x10, 0x1000],
      [0x1800, 0x100],
      [0x1f00, 0x1300],
    ]);
    assert.deepEqual([offset, bytes.length, more.length], [0x11000, 0x4000, 0]);
    const expected = Buffer.alloc(0x4000, 0xff);
    expected.fill(1, 0x10, 0x1010).fill(2, 0x1800, 0x1900).fill(3, 0x1f00, 0x3200);
    assert.ok(bytes.equals(expected));
  });

  it('that lie in a piece already do not make it shorter, and those behind it are apart', () => {
    assert.deepEqual(
      where([
        [0, 0x3000],
        [0x3000, 0x100],
      ]),
      [
        [0x11000, 0x3000],
        [0x14000, 0x1000],
      ],
    );
    const overlapping = where([
      [0, 0x2f00],
      [0x800, 0x100],
    ]);
    assert.deepEqual(overlapping, [[0x11000, 0x3000]]);
  });

  it('may reach to what the chip keeps, and not over it, nor over the bootloader', () => {
    const part = (offset: number): typeof table =>
      [['app', offset, 0x119000]] as unknown as typeof table;
    assert.deepEqual(where([[0, 0x1000]], part(0x1cf000)), [[0x1cf000, 0x1000]]);
    const span = say('placement.span', { start: '0x1cf100', end: '0x1d00ff' });
    assert.deepEqual(
      objectionOf(() => pieces([[0, 0x1000]], part(0x1cf100))),
      [say('placement.partTooFar', { partition: 'app', span, limit: '0x1d0000' })],
    );
    const low = say('placement.span', { start: '0x10fff', end: '0x110fe' });
    assert.deepEqual(
      refusalOf(() => pieces([[0, 0x100]], part(0x10fff))),
      {
        code: 'BK_BAD_IMAGE',
        text: say('placement.refused', {
          image: DESCRIPTION,
          why: say('placement.partOverBootloader', { partition: 'app', span: low }),
        }),
        advice: [],
      },
    );
  });

  it('for chips of another make are for none here, known by name or not', () => {
    const refusal = (family: number) => objectionOf(() => pieces([[0, 0x100]], table, family));
    assert.deepEqual(refusal(0x22e0d6fc), [say('placement.uf2Of', { family: 'RTL8710B' })]);
    assert.deepEqual(refusal(0x12345678), [say('placement.uf2OfUnknown')]);
  });
});
