import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { BOOTLOADER_END } from '../../../src/chip/geometry';
import { CHIP_NAMES, type ChipName } from '../../../src/chip/known/chips';
import { createSimulatedChip } from '../../../src/simulator/simulator';
import { detectImage } from '../../support/detect-image';
import { allEnglish } from '../../support/english';
import {
  calibrationSector,
  flashImage,
  MARKERS,
  madeUpDump,
  packets,
  realDumps,
} from '../../support/images';
import { VirtualClock } from '../../support/virtual-clock';

function rotate(dump: Buffer): Buffer {
  return Buffer.concat([dump.subarray(BOOTLOADER_END), dump.subarray(0, BOOTLOADER_END)]);
}

const MIB = 1024 * 1024;

describe('a dump', () => {
  it('is told by its code and its calibration', () => {
    const image = detectImage(madeUpDump());
    assert.equal(image.kind, 'dump');
    assert.equal(image.chip, 'BK7231N');
    assert.equal(image.key, 'tuya');
    assert.deepEqual(image.calibration, { offset: 0x1d0000, mac: '02:00:00:ab:cd:ef' });
    assert.deepEqual(image.advice, []);
    assert.ok(image.evidence.length >= 3);
  });

  it('may have lost any of its parts but not all', () => {
    const whole = madeUpDump();
    const parts = [
      [0, BOOTLOADER_END],
      [BOOTLOADER_END, 0x40000],
      [0x1d0000, 0x1d1000],
    ] as const;
    for (const left of parts) {
      const dump = Buffer.alloc(whole.length, 0xff);
      whole.copy(dump, left[0], left[0], left[1]);
      assert.equal(detectImage(dump).kind, 'dump', String(left));
    }
  });

  it('has the size of a flash', () => {
    const whole = madeUpDump();
    assert.notEqual(detectImage(whole.subarray(0, whole.length - 1)).kind, 'dump');
    assert.notEqual(detectImage(Buffer.concat([whole, whole.subarray(0, 1)])).kind, 'dump');
    for (const size of [2, 4, 8, 16]) {
      assert.equal(detectImage(madeUpDump(size * MIB)).kind, 'dump', String(size));
    }
  });

  it('of 1 MiB is told by its calibration, or by the chip: other files have that length too', () => {
    for (const dump of [madeUpDump(MIB), madeUpDump().subarray(0, MIB)]) {
      assert.equal(detectImage(dump).kind, 'qio');
      assert.equal(detectImage(dump, { flashSize: 2 * MIB }).kind, 'qio');
      assert.equal(detectImage(dump, { flashSize: MIB }).kind, 'dump');
    }
    const dump = madeUpDump(MIB);
    calibrationSector([2, 0, 0, 0, 0, 1]).copy(dump, 0xfe000);
    assert.equal(detectImage(dump).kind, 'dump');
  });

  it('is told apart from one that begins at 0x11000', () => {
    const rotated = detectImage(rotate(madeUpDump()));
    assert.equal(rotated.kind, 'rotated-dump');
    assert.equal(rotated.chip, null);
    assert.ok(rotated.advice.length > 0);
  });

  it('is told apart from such a one in clear too', () => {
    const dump = Buffer.alloc(0x200000, 0xff);
    packets(2048, MARKERS.clear).copy(dump);
    packets(4000, MARKERS.clear, 2).copy(dump, BOOTLOADER_END);
    calibrationSector([2, 0, 0, 0, 0, 1]).copy(dump, 0x1e0000);
    assert.equal(detectImage(dump).kind, 'dump');
    assert.equal(detectImage(rotate(dump)).kind, 'rotated-dump');
  });

  it('names no chip when what it holds speaks for two', () => {
    const dump = flashImage({ name: 'BK7231S_1.0.5', saysBk7231: true });
    const image = detectImage(dump);
    assert.equal(image.kind, 'dump');
    assert.equal(image.chip, null);
    assert.match(allEnglish(image.evidence).join(' '), /contradict/);
  });

  it('names its chip by what its code says, whatever its layout', () => {
    const dump = madeUpDump();
    dump.fill(0xff, 0x1d0000, 0x1d1000);
    calibrationSector([2, 0, 0, 0, 0, 1]).copy(dump, 0x1e0000);
    assert.equal(detectImage(dump).chip, 'BK7231T');
    packets(8)
      .subarray(0)
      .copy(dump, 34 * 8);
    Buffer.from('BK7231\0\0', 'latin1').copy(dump, 34 * 8);
    const image = detectImage(dump);
    assert.equal(image.kind, 'dump');
    assert.equal(image.chip, 'BK7231N');
    assert.match(allEnglish(image.evidence).join(' '), /layout is that of another chip/);
    assert.deepEqual(image.doubts, []);
  });

  it('takes any damage without failing', () => {
    const whole = madeUpDump();
    fc.assert(
      fc.property(fc.array(fc.nat({ max: whole.length * 8 - 1 }), { maxLength: 50 }), (flips) => {
        const dump = Buffer.from(whole);
        for (const flip of flips) {
          const at = flip >> 3;
          dump[at] = (dump[at] as number) ^ (1 << (flip & 7));
        }
        assert.equal(detectImage(dump).kind, 'dump');
      }),
      { numRuns: 30 },
    );
  });
});

describe("a simulated chip's flash", () => {
  for (const chip of CHIP_NAMES) {
    it(`of ${chip} is a dump of no other chip`, () => {
      const simulated = createSimulatedChip({ chip, speed: 'fast' }, new VirtualClock());
      const image = detectImage(Buffer.from(simulated.flash));
      assert.equal(image.kind, 'dump');
      assert.ok(image.chip === null || image.chip === chip, `${image.chip}`);
      assert.notEqual(image.calibration?.mac ?? null, null);
    });
  }
});

describe('a real dump', () => {
  /** Chips and MAC endings of the public test dumps, by the start of their names. */
  const expected: Readonly<Record<string, ChipName>> = {
    Allegro: 'BK7231N',
    BK7231N: 'BK7231N',
    Biltema: 'BK7231T',
    Brilo: 'BK7231T',
    Daybetter: 'BK7231T',
    ELEGRP: 'BK7231N',
    Feconn: 'BK7231N',
    Feit: 'BK7231T',
    Globe: 'BK7231T',
    Kanlux: 'BK7231N',
  };
  const dumps = realDumps();

  it('lies on this computer', function () {
    if (dumps.length === 0) {
      console.log('      skipped: the real dumps are not on this computer');
      this.skip();
    }
  });

  for (const path of dumps) {
    const name = basename(path).split(/[ _]/)[0] ?? '';
    it(`is recognised: ${basename(path)}`, () => {
      const bytes = readFileSync(path);
      const image = detectImage(bytes);
      const chip = expected[name];
      if (bytes.length !== 0x200000) {
        assert.equal(image.kind, 'tuya-storage');
        return;
      }
      assert.equal(image.kind, 'dump');
      assert.equal(image.chip, chip);
      assert.equal(image.key, 'tuya');
      assert.notEqual(image.calibration?.mac ?? null, null);
      assert.equal(detectImage(rotate(bytes)).kind, 'rotated-dump');
      assert.equal(detectImage(bytes.subarray(BOOTLOADER_END, 0x12a000)).kind, 'app');
      assert.equal(detectImage(bytes.subarray(0, 0x12a000)).kind, 'qio');
      assert.equal(detectImage(bytes.subarray(0, BOOTLOADER_END)).kind, 'bootloader');
      // Without the bootloader that its checksum names, the layout still tells.
      const other = Buffer.from(bytes);
      other.fill(0x55, 0x20, 0x30);
      assert.equal(detectImage(other).chip, chip);
    });
  }
});
