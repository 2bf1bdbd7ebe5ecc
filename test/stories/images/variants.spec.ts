import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ChipName } from '../../../src/chip/known/chips';
import { detectInSteps, type ImageKind } from '../../../src/image/detect/detect';
import { detectImage } from '../../support/detect-image';
import { allEnglish, english } from '../../support/english';
import {
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
  UF2_FAMILY,
  uf2File,
  ugFile,
} from '../../support/images';

interface Variant {
  name: string;
  bytes: Buffer;
  kind: ImageKind;
  key?: 'tuya' | 'none' | 'other' | null;
  /** What it may be for at most; undefined where the test does not care. */
  chips?: readonly ChipName[];
}

const KEYS = ['tuya', 'none', 'other'] as const;
const pad = (bytes: Buffer, size: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(Math.max(0, size - bytes.length), 0xff)]);

/** Texts by which applications tell their chip, and which chips those are for a key. */
const TEXTS = [
  { name: 'Tuya N', texts: TUYA_TEXTS.N, n: true },
  { name: 'Tuya T', texts: TUYA_TEXTS.T, chips: ['BK7231T'] },
  { name: 'OpenBeken N', texts: openBekenTexts('BK7231N'), n: true },
  { name: 'OpenBeken T', texts: openBekenTexts('BK7231T'), chips: ['BK7231T'] },
  { name: 'ESPHome N', texts: esphomeTexts('bk7231n'), n: true },
  { name: 'ESPHome T', texts: esphomeTexts('bk7231t'), chips: ['BK7231T'] },
  { name: 'OpenBeken 7238', texts: openBekenTexts('BK7238'), chips: ['BK7238'] },
  { name: 'no texts', texts: [], chips: [] },
] as const;

const nChips = (key: string | null): ChipName[] =>
  key === 'tuya' ? ['BK7231N'] : key === 'none' ? ['BK7231M'] : ['BK7231N', 'BK7231M'];

function* variants(): Generator<Variant> {
  for (const key of KEYS) {
    for (const [index, row] of TEXTS.entries()) {
      const known = key !== 'other';
      const chips = !known ? [] : 'n' in row ? nChips(key) : row.chips;
      const app = { key, texts: row.texts, length: 0x4000 + index * 0x20, seed: index + 1 };
      const bare = appImage(app);
      const ua = container({ ...app, size: 0x11000 });
      // In clear and without any text, so little code may as well be a bootloader.
      const doubtful = key === 'none' && row.texts.length === 0;
      const bareKind = known && !doubtful ? 'app' : 'packets';
      const kind = 'app';
      const name = `${row.name}, ${key}`;
      yield { name: `bare application of ${name}`, bytes: bare, kind: bareKind, key, chips };
      yield {
        name: `padded application of ${name}`,
        bytes: pad(bare, 0x90000),
        kind: bareKind,
        key,
        chips,
      };
      yield { name: `application with header of ${name}`, bytes: ua, kind, key, chips };
      yield { name: `the same, padded, of ${name}`, bytes: pad(ua, 0x20000), kind, key, chips };
      for (const size of [0x129f70, 0x12a000, 0x132000]) {
        const bytes = pad(Buffer.concat([bootloader({ key, download: null }), ua]), size);
        yield { name: `QIO of ${size} of ${name}`, bytes, kind: 'qio', key, chips };
      }
      if (!known) continue;
      const long = pad(appImage({ ...app, length: 0x14000 }), 0x100000);
      yield { name: `application of a flash's length of ${name}`, bytes: long, kind, key, chips };
      for (const size of [0x200000, 0x400000]) {
        const flash = flashImage({ key, size, app });
        yield {
          name: `dump of ${size} of ${name}`,
          bytes: flash,
          kind: 'dump',
          key,
          // Its layout is that of an N, which counts where its application does not say for what it is.
          chips: chips.length > 0 ? chips : nChips(key),
        };
        const rotated = Buffer.concat([flash.subarray(0x11000), flash.subarray(0, 0x11000)]);
        yield {
          name: `rotated dump of ${size} of ${name}`,
          bytes: rotated,
          kind: 'rotated-dump',
          key,
        };
      }
      const flash = flashImage({ key, app, download: 0x132000, calibration: 0x1e0000 });
      yield { name: `dump with the other layout of ${name}`, bytes: flash, kind: 'dump', key };
      const plain = plainCode(app);
      const update = 'n' in row ? nChips(null) : row.chips;
      for (const encryption of [0, 2] as const)
        for (const compression of [0, 1] as const) {
          const bytes = rblFile(plain, { encryption, compression });
          const how = `${encryption}/${compression} of ${name}`;
          yield { name: `update ${how}`, bytes, kind: 'rbl', key: null, chips: update };
          yield {
            name: `wrapped update ${how}`,
            bytes: ugFile(bytes),
            kind: 'tuya-ug',
            key: null,
            chips: update,
          };
        }
      yield { name: `plain code of ${name}`, bytes: plain, kind: 'raw', key: null, chips: update };
      for (const [chip, family] of Object.entries(UF2_FAMILY)) {
        const parts = [{ partition: 'app', schemes: '000100', bytes: bare }];
        const bytes = uf2File({ family, parts });
        const expected = chip === 'BK7231N' ? nChips(key) : [chip as ChipName];
        const told: readonly ChipName[] = chips;
        if (told.length > 0 && !expected.some((one) => told.includes(one))) continue;
        yield { name: `UF2 for ${chip} of ${name}`, bytes, kind: 'uf2', key, chips: expected };
      }
    }
    for (const download of [0x12a000, 0x132000, null]) {
      const bytes = bootloader({ key, download });
      yield { name: `bootloader ${download}, ${key}`, bytes, kind: 'bootloader', key };
      yield {
        name: `padded bootloader ${download}, ${key}`,
        bytes: pad(bytes, 0x12000),
        kind: 'bootloader',
        key,
      };
    }
  }
  for (const [name, chips] of [
    ['BK7231N_1.0.1', ['BK7231N']],
    ['BK7231S_1.0.6', ['BK7231T']],
    ['BK7238_1.0.14', ['BK7238']],
  ] as const) {
    const bytes = bootloader({ name, download: null });
    yield { name: `bootloader ${name}`, bytes, kind: 'bootloader', key: 'tuya', chips };
  }
  for (const family of [0x22e0d6fc, 0x9fffd543, 0xa38090a8, 0xde1270b7, 1]) {
    const bytes = uf2File({ family, parts: [] });
    yield { name: `UF2 of ${family}`, bytes, kind: 'uf2', chips: [] };
  }
  for (let last = 0; last < 8; last++)
    yield {
      name: `calibration ${last}`,
      bytes: pad(calibrationSector([2, 0, 0, 0, 0, last]), 0x1000 * (1 + last)),
      kind: 'calibration',
    };
  const header = container().subarray(-102);
  yield { name: 'header alone', bytes: header, kind: 'rbl-header' };
  const stripped = Buffer.from(appImage().filter((_, at) => at % 34 < 32));
  yield { name: 'application without check bytes', bytes: stripped, kind: 'stripped', key: 'tuya' };
  const esp32 = Buffer.alloc(0x400, 7);
  esp32.set([0xe9, 6, 2, 0x20]);
  esp32.writeUInt32LE(0xabcd5432, 0x20);
  yield { name: 'ESP32', bytes: esp32, kind: 'esp' };
  for (const [text, at] of [
    ['RTKWin', 8],
    ['RTKWin', 0x28],
    ['OTA1', 8],
  ] as const) {
    const bytes = Buffer.alloc(0x400, 0xee);
    bytes.write(text, at, 'latin1');
    yield { name: `${text} at ${at}`, bytes, kind: 'other-chip' };
  }
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n';
  yield { name: 'Git LFS', bytes: Buffer.from(lfs), kind: 'text' };
}

describe('images of every kind', () => {
  const all = [...variants()];

  it('are told apart', () => {
    assert.ok(all.length >= 300, String(all.length));
    for (const { name, bytes, kind, key, chips } of all) {
      const image = detectImage(bytes);
      assert.equal(image.kind, kind, name);
      if (key !== undefined) assert.equal(image.encryptionKey, key, name);
      assert.equal(image.key, key === 'other' ? null : (key ?? null), name);
      if (chips !== undefined) {
        assert.deepEqual(image.chips, chips, name);
        assert.equal(image.chip, chips.length === 1 ? chips[0] : null, name);
      }
      assert.deepEqual(image.damaged, [], name);
      assert.ok(english(image.description).length > 0);
      assert.ok(kind === 'dump' || image.advice.length > 0, name);
    }
  });

  it('are told in slices that let other things run', () => {
    const bytes = container({ length: 0x108000, texts: TUYA_TEXTS.N, saysBk7231: true });
    const steps = [...detectInSteps(bytes)];
    assert.ok(steps.length > 5);
    const started = performance.now();
    assert.equal(detectImage(bytes).chip, 'BK7231N');
    assert.ok(performance.now() - started < 500);
  });

  it('say what is damaged', () => {
    const damaged = (bytes: Buffer, at: number): string[] => {
      const broken = Buffer.from(bytes);
      broken.writeUInt8(broken.readUInt8(at) ^ 0x10, at);
      return allEnglish(detectImage(broken).damaged);
    };
    const update = rblFile(plainCode(), { compression: 1 });
    assert.match(damaged(update, 30)[0] ?? '', /checksum of its header/);
    assert.match(damaged(update, 300)[0] ?? '', /CRC-32 of its body/);
    assert.match(damaged(ugFile(update), 300).join(' '), /payload is wrong.*body is wrong/);
    const app = container({ size: 0x11000 });
    assert.match(damaged(app, 3000).join(' '), /wrong CRC.*CRC of app.*hash of app/);
    const qio = flashImage().subarray(0, 0x129f70);
    assert.match(damaged(qio, 3000).join(' '), /CRC of bootloader/);
    assert.equal(detectImage(qio).checks.length, 2);
  });

  it('may be cut and changed anywhere', () => {
    const small = all.filter(({ bytes }) => bytes.length < 0x14000).map(({ bytes }) => bytes);
    fc.assert(
      fc.property(
        fc.constantFrom(...small),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 20 }),
        (start, part, changes) => {
          const bytes = Buffer.from(start.subarray(0, Math.ceil(start.length * part)));
          for (const [at, value] of changes)
            if (bytes.length > 0) bytes[at % Math.min(bytes.length, 4096)] = value;
          const image = detectImage(bytes);
          assert.ok(english(image.description).length > 0);
        },
      ),
      { numRuns: 400 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void detectImage(bytes)));
  });
});
