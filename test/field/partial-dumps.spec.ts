import assert from 'node:assert/strict';
import { SECTOR } from '../../src/chip/geometry';
import { inspect } from '../../src/image/inspect/inspect';
import { buildOpenBekenConfig } from '../../src/image/openbeken/openbeken-write';
import { testDevice } from '../support/bench-device';
import { detectImage } from '../support/detect-image';
import { dumpVectors, sameOrFail } from '../support/dump-vectors';
import { calibrationSector, container, flashImage, TUYA_TEXTS } from '../support/images';
import { rejection } from '../support/rejects';
import { PAIRED, PLUG_PARAM, putUserFiles, tuyaStorage } from '../support/tuya-storage';

/** As a T has it. */
const PARAM = PLUG_PARAM.replace('CB2S', 'WB2S');
const MAC = '02:00:00:ab:cd:ef';

/** A T with Tuya's firmware, and its settings in a file in clear as well. */
function tuyaT(): Buffer {
  const flash = flashImage({
    app: { texts: TUYA_TEXTS.T },
    download: 0x132000,
    calibration: 0x1e0000,
    name: 'BK7231S_1.0.5',
  });
  putUserFiles(flash, { oem_cfg: PARAM }, 'T');
  const values = { ...PAIRED, em_sys_env: '"BK7231S_2M"\0', user_param_key: `${PARAM}\0` };
  tuyaStorage(values).copy(flash, 0x1ee000);
  return flash;
}

/** The 4 MiB flash of a chip that has its things where a 2 MiB one has them. */
function large(key: 'tuya' | 'none' | 'other' = 'none'): Buffer {
  const flash = flashImage({ key, size: 0x400000, download: 0x132000, calibration: 0x1e0000 });
  tuyaStorage().copy(flash, 0x397000);
  return flash;
}

/** Cuts of a dump by their first byte and the one behind their last. */
const CUTS: readonly [what: string, start: number, end: number][] = [
  ['one byte short', 0, 0x1fffff],
  ['0x1ef000 bytes from 0x11000 on', 0x11000, 0x200000],
  ['one byte less of that', 0x11000, 0x1fffff],
  ['the last MiB', 0x100000, 0x200000],
  ['from the calibration on', 0x1d0000, 0x200000],
];

describe('a part of a flash', () => {
  const whole = tuyaT();

  for (const [what, start, end] of CUTS) {
    it(`tells what is in it: ${what}`, async () => {
      const expected = await inspect(whole);
      const found = await inspect(whole.subarray(start, end));
      assert.notEqual(found.kind, 'dump');
      assert.equal(found.start, start);
      assert.equal(found.mac, MAC);
      assert.deepEqual(found.rf, { offset: 0x1e0000, length: SECTOR });
      assert.equal(found.chip, 'BK7231T');
      assert.deepEqual(found.tuya, expected.tuya);
      assert.deepEqual(found.template?.pins, expected.template?.pins);
      const storage = found.partitions.find(({ name }) => name === 'tuya');
      assert.equal(storage?.offset, 0x1ee000);
      assert.ok(found.partitions.every(({ offset }) => offset >= start));
      const to = `0x${(end - 1).toString(16)}`;
      assert.match(
        found.warnings.join(),
        new RegExp(`part of a flash, from 0x${start.toString(16)} to ${to}:`),
      );
    });
  }

  it('without the storage has the pins of the file in clear', async () => {
    const found = await inspect(whole.subarray(0x11000, 0x1ee000));
    assert.equal(found.tuya?.pinsFrom, 'user-file');
    assert.equal(found.tuya?.pins['26']?.role, 'Rel');
    assert.equal(found.mac, MAC);
  });

  it('is none where there is only code, or one thing that could lie anywhere', async () => {
    const code = [
      container({ texts: TUYA_TEXTS.T }),
      flashImage({ calibration: null }).subarray(0, 0x12a000),
      calibrationSector([2, 0, 0, 0, 0, 1]),
      tuyaStorage(),
    ];
    for (const bytes of code) {
      const { start, warnings } = await inspect(bytes);
      assert.equal(start, null);
      assert.doesNotMatch(warnings.join(), /part of a flash/);
    }
  });

  it('tells the configuration of OpenBeken', async () => {
    const flash = Buffer.from(whole);
    buildOpenBekenConfig({ name: 'lamp' }).copy(flash, 0x1e1000);
    const { openbeken } = await inspect(flash.subarray(0x11000, 0x1fffff));
    assert.deepEqual([openbeken?.name, openbeken?.offset], ['lamp', 0x1e1000]);
  });

  it('gives back the parts that are whole in it', async () => {
    for (const [start, end] of [
      [0x11000, 0x200000],
      [0x120000, 0x200000],
    ] as const) {
      const { device, chip } = testDevice('bk7231t', { chip: 'BK7231T' });
      await device.erase({ region: 'all', calibration: 'erase' });
      const image = whole.subarray(start, end);
      for (const part of ['rf', 'tuya'] as const) {
        for (const { offset, length } of (await device.write({ image, part })).payload.regions)
          assert.ok(
            chip.flash
              .subarray(offset, offset + length)
              .equals(whole.subarray(offset, offset + length)),
          );
      }
      assert.equal((await device.connect()).payload.mac, MAC);
      const { tuya } = await inspect(chip.flash);
      assert.deepEqual(tuya?.pins, (await inspect(whole)).tuya?.pins);
      await device.close();
    }
  });

  const cut = /in the midst of the storage/;
  for (const [what, start, end, says] of [
    ['a byte of its end missing', 0, 0x1fffff, cut],
    ['sectors of its end missing', 0, 0x1f0000, cut],
    ['its place not told', 0x1ee000, 0x200000, /where in flash that lay cannot be told/],
  ] as const) {
    it(`gives back no storage with ${what}`, async () => {
      const { device } = testDevice('bk7231t', { chip: 'BK7231T' });
      const image = whole.subarray(start, end);
      const error = await rejection(device.write({ image, part: 'tuya' }), 'BK_BAD_IMAGE');
      assert.match(error.message, says);
      assert.match(error.message, /othing was changed/);
      await device.close();
    });
  }

  it('goes to the chip as the application that it begins with, no more', async () => {
    const { device, chip } = testDevice('bk7231t');
    const before = Buffer.from(chip.flash);
    const { payload } = await device.write({ image: whole.subarray(0x11000) });
    assert.deepEqual(payload.regions, [{ offset: 0x11000, length: 0x119000 }]);
    assert.ok(chip.flash.subarray(0x12a000).equals(before.subarray(0x12a000)));
    await device.close();
  });
});

describe('2 MiB from 0x11000 of a 4 MiB chip', () => {
  for (const key of ['none', 'tuya', 'other'] as const) {
    it(`do not wrap around: code with the key ${key}`, async () => {
      const bytes = large(key).subarray(0x11000, 0x211000);
      assert.notEqual(detectImage(bytes).kind, 'rotated-dump');
      const found = await inspect(bytes);
      assert.equal(found.rotated, false);
      assert.notEqual(found.kind, 'dump');
      assert.equal(found.start, 0x11000);
      assert.equal(found.mac, MAC);
      assert.equal(found.rf?.offset, 0x1e0000);
    });
  }

  it('nor does the second half', async () => {
    const flash = large();
    calibrationSector([2, 0, 0, 0, 0, 7]).copy(flash, 0x3fe000);
    const found = await inspect(flash.subarray(0x200000));
    assert.equal(found.start, 0x200000);
    assert.equal(found.rf?.offset, 0x3fe000);
    assert.equal(found.tuya?.module, 'CB2S');
  });

  it('while 2 MiB of a 2 MiB chip do', () => {
    const flash = large().subarray(0, 0x200000);
    const turned = Buffer.concat([flash.subarray(0x11000), flash.subarray(0, 0x11000)]);
    assert.equal(detectImage(turned).kind, 'rotated-dump');
  });
});

describe('a part of a real dump', function () {
  this.timeout(60_000);
  const dumps = dumpVectors().filter(({ facts }) => facts.app !== undefined);
  before(function () {
    if (dumps.length > 0) return;
    console.log('      skipped: the real dumps are not on this computer');
    this.skip();
  });

  it('is there to be looked at', () => assert.ok(dumps.length > 0));

  dumps.forEach(({ facts, bytes }, index) => {
    for (const [what, start, end] of CUTS) {
      it(`tells what the whole tells: dump ${index + 1}, ${what}`, async () => {
        const dump = bytes();
        const found = await inspect(dump.subarray(start, end));
        const expected = await inspect(dump);
        assert.equal(found.start, start);
        assert.equal(found.mac === expected.mac && found.mac === facts.tlv.mac, true);
        assert.equal(found.rf?.offset, expected.rf?.offset);
        // Without the application its own settings are missing, and with a storage that tells no chip its name.
        const hasCode = start <= 0x11000;
        if (hasCode) assert.equal(found.chip, expected.chip);
        if (hasCode || expected.tuya?.pinsFrom !== 'app')
          sameOrFail(found.tuya, expected.tuya, "Tuya's part");
      });
    }
  });
});
