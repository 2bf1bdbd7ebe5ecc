import assert from 'node:assert/strict';
import { BOOTLOADER_END, SECTOR } from '../../../src/chip/geometry';
import { inspect } from '../../../src/image/inspect/inspect';
import { detectImage } from '../../support/detect-image';
import { allEnglish, english } from '../../support/english';
import {
  addPackets,
  appImage,
  bootloader,
  calibrationSector,
  container,
  esphomeTexts,
  flashImage,
  openBekenTexts,
  plainCode,
  rblFile,
  TUYA_TEXTS,
  ugFile,
} from '../../support/images';
import { tuyaStorage } from '../../support/tuya-storage';

const N = { saysBk7231: true, name: 'BK7231N_1.0.1', app: { texts: TUYA_TEXTS.N } } as const;
const pad = (bytes: Buffer, size: number, value = 0xff): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(size - bytes.length, value)]);
const rotate = (dump: Buffer): Buffer =>
  Buffer.concat([dump.subarray(BOOTLOADER_END), dump.subarray(0, BOOTLOADER_END)]);

/** With one bit of it changed. */
function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other.writeUInt8(other.readUInt8(at) ^ 1, at);
  return other;
}

describe('the code inside a dump', () => {
  const dump = flashImage(N);

  it('is checked, and what is damaged is told by part', async () => {
    assert.deepEqual(detectImage(dump).damaged, []);
    assert.equal(detectImage(dump).checks.length, 2);
    const inApp = detectImage(flipped(dump, 0x14000));
    assert.equal(inApp.kind, 'dump');
    assert.equal(inApp.chip, 'BK7231N');
    assert.match(
      allEnglish(inApp.damaged).join(' '),
      /1 of its code packets .* 0x13ff.*CRC of app.*hash of app/,
    );
    assert.deepEqual(inApp.damagedParts, { bootloader: [], app: inApp.damaged });
    const inBoot = detectImage(flipped(dump, 0x2010));
    assert.deepEqual(inBoot.damagedParts, { bootloader: inBoot.damaged, app: [] });
    assert.match(allEnglish(inBoot.damaged).join(' '), /CRC of bootloader/);
    const { warnings } = await inspect(flipped(dump, 0x14000));
    assert.deepEqual(warnings, allEnglish(inApp.damaged));
    const turned = detectImage(rotate(flipped(dump, 0x14000)));
    assert.equal(turned.kind, 'rotated-dump');
    assert.deepEqual(turned.damagedParts, inApp.damagedParts);
  });

  it('is missed where something else lies in its place, not where that is blank', () => {
    const blank = Buffer.from(dump).fill(0xff, BOOTLOADER_END, 0x12a000);
    assert.deepEqual(detectImage(blank).damaged, []);
    const lost = Buffer.from(dump).fill(0x5a, BOOTLOADER_END, 0x40000);
    assert.match(allEnglish(detectImage(lost).damaged).join(), /application belongs is no code/);
  });

  it('may have the header of an earlier firmware behind it', async () => {
    const other = Buffer.from(dump).fill(0xff, BOOTLOADER_END, 0x20000);
    appImage({ texts: openBekenTexts('BK7231N'), seed: 9 }).copy(other, BOOTLOADER_END);
    const image = detectImage(other);
    assert.deepEqual(image.damaged, []);
    assert.match(allEnglish(image.doubts).join(), /left from an earlier firmware/);
    assert.deepEqual((await inspect(other)).warnings, allEnglish(image.doubts));
  });
});

describe('a dump with remnants', () => {
  it("has its chip's own calibration", async () => {
    for (const [own, stale, options] of [
      [0x1d0000, 0x1e0000, N],
      [0x1e0000, 0x1d0000, { name: 'BK7231S_1.0.6', download: 0x132000, calibration: 0x1e0000 }],
    ] as const) {
      const dump = flashImage(options);
      calibrationSector([2, 0, 0, 0, 0, 9]).copy(dump, stale);
      for (const bytes of [dump, rotate(dump)]) {
        const { rf, mac, warnings } = await inspect(bytes);
        assert.equal(rf?.offset, own);
        assert.equal(mac, '02:00:00:ab:cd:ef');
        assert.doesNotMatch(warnings.join(), /contradict|exclude/);
      }
      const { calibration } = detectImage(rotate(dump));
      assert.equal(calibration?.offset, own - BOOTLOADER_END);
    }
  });

  it('has the storage at the usual place, else the fuller, else the newer', async () => {
    const dump = flashImage(N);
    const stored = async (): Promise<number | undefined> =>
      (await inspect(dump)).partitions.find(({ name }) => name === 'tuya')?.offset;
    const [first, second] = ['one', 'two'].map((value) => tuyaStorage({ value }));
    first?.copy(dump, 0x140000);
    second?.copy(dump, 0x1ee000);
    assert.equal(await stored(), 0x1ee000);
    // A remnant of a few sectors does not count, wherever it lies.
    dump.fill(0xff, 0x1ee000 + 6 * SECTOR);
    assert.equal(await stored(), 0x140000);
  });
});

describe('a rotated dump', () => {
  it('is told without a key or a header', () => {
    const dump = flashImage({ key: 'other', download: null });
    dump.fill(0xff, 0x10f9a, 0x11000);
    assert.equal(detectImage(dump).kind, 'dump');
    assert.equal(detectImage(rotate(dump)).kind, 'rotated-dump');
  });
});

describe('code in clear', () => {
  const boot = bootloader({ key: 'none', download: null, name: 'BK7231U_1.0.6' });
  boot.fill(0xff, 0x10f9a);
  const silent = bootloader({ key: 'none', download: null });
  silent.fill(0xff, 0x10f9a);
  const app = { key: 'none', length: 0x8000 } as const;

  it('is what it says that it is', () => {
    for (const size of [BOOTLOADER_END, 0x12000, 0x20000])
      for (const value of [0xff, 0])
        assert.equal(detectImage(pad(boot, size, value)).kind, 'bootloader');
    assert.equal(detectImage(appImage({ ...app, texts: openBekenTexts('BK7238') })).kind, 'app');
    assert.equal(detectImage(container({ ...app, size: BOOTLOADER_END })).kind, 'app');
    assert.equal(detectImage(appImage({ key: 'none', length: 0x12000 })).kind, 'app');
  });

  it('is either where nothing tells, and belongs nowhere', () => {
    for (const bytes of [
      silent,
      pad(silent, 0x20000),
      appImage(app),
      pad(appImage(app), 0x90000),
    ]) {
      const { kind, description, encryptionKey, advice } = detectImage(bytes);
      assert.equal(kind, 'packets');
      assert.match(english(description), /may be a bootloader or an application/);
      assert.equal(encryptionKey, 'none');
      assert.ok(advice.length > 0);
    }
    // A bootloader, and behind it an application whose first bytes are damaged.
    const qio = Buffer.concat([boot, flipped(container({ ...app, size: 0x20000 }), 3)]);
    assert.equal(detectImage(qio).kind, 'packets');
  });
});

describe('an application', () => {
  it('that ends in its header is cut off', () => {
    const whole = container({ size: 0x20000 - (0x20000 % 34) });
    assert.deepEqual(detectImage(whole).damaged, []);
    for (const missing of [1, 33, 34, 50, 68, 69, 98, 100])
      assert.match(
        allEnglish(detectImage(whole.subarray(0, -missing)).damaged).join(),
        /middle of the header behind its code/,
        String(missing),
      );
  });

  it('may name two chips, and then is for neither', () => {
    const texts = [...openBekenTexts('BK7231N'), 'OpenBK7231T_1.18.2'];
    for (const bytes of [appImage({ texts }), rblFile(plainCode({ texts }))]) {
      const { chips, damaged, doubts } = detectImage(bytes);
      assert.deepEqual(chips, []);
      assert.match(
        allEnglish([...damaged, ...doubts]).join(),
        /contradicts itself: .*OpenBK7231N.*OpenBK7231T/,
      );
    }
  });

  it('does not belong to the bootloader of another chip', () => {
    const mixed = (boot: Buffer): Buffer =>
      Buffer.concat([boot, container({ texts: openBekenTexts('BK7231T') })]);
    const wrong = detectImage(mixed(bootloader({ name: 'BK7231N_1.0.1', download: 0x132000 })));
    assert.deepEqual(wrong.chips, ['BK7231T']);
    assert.match(allEnglish(wrong.doubts).join(), /contradicts itself/);
    // The layout alone may be that of other boards.
    const odd = detectImage(mixed(bootloader({ download: 0x12a000 })));
    assert.deepEqual([odd.chips, odd.damaged], [['BK7231T'], []]);
  });

  it('tells its own version, not that of its wrapping', async () => {
    const ug = ugFile(rblFile(plainCode({ texts: esphomeTexts('bk7231t') })));
    assert.equal(detectImage(ug).version, '2025.5.1');
    assert.deepEqual((await inspect(ug)).app, {
      project: 'ESPHome',
      version: '2025.5.1',
      sdk: null,
    });
  });
});

describe('a partition table', () => {
  it('is used as far as it can be true', async () => {
    const dump = flashImage(N);
    const plain = dump.subarray(0, BOOTLOADER_END).filter((_, at) => at % 34 < 32);
    const code = Buffer.from(plain);
    const entry = code.indexOf(Buffer.from('01PEapp\0', 'latin1'));
    code.writeUInt32LE(0xefff0000, entry + 56);
    addPackets(code).copy(dump);
    const { partitions, warnings } = await inspect(dump);
    assert.ok(!partitions.some(({ name }) => name === 'app'));
    assert.match(warnings.join(), /puts app beyond the end of the flash/);
  });
});

describe('a web page', () => {
  const page = '<!-- saved -->\n<html><body>Größe</body></html>\n'.repeat(200);
  it('is one in any encoding', () => {
    const utf16 = Buffer.from(`\ufeff${page}`, 'utf16le');
    for (const bytes of [
      Buffer.from(page),
      Buffer.from(page, 'latin1'),
      utf16,
      utf16.subarray(2),
      Buffer.from(utf16).swap16(),
    ])
      assert.equal(detectImage(bytes).kind, 'html');
    assert.equal(detectImage(Buffer.from('\ufeffSome words', 'utf16le')).kind, 'text');
  });
});
