import assert from 'node:assert/strict';
import {
  asDump,
  isFreeForCalibration,
  missing,
  sectorAt,
} from '../../../src/placement/parts/part-of-image';
import { say } from '../../../src/texts/note';
import { bootloader, calibrationSector, flashImage } from '../../support/images';
import { APP_N, loaded, QIO_N } from '../../support/placing';
import { PLUG_PARAM, putUserFiles, tuyaStorage } from '../../support/tuya-storage';

const MAC = [2, 0, 0, 0xab, 0xcd, 0xef];
/** A flash with all that a device has of its own. */
const FLASH = flashImage({ saysBk7231: true });
putUserFiles(FLASH, { oem_cfg: PLUG_PARAM }, 'N');
tuyaStorage().copy(FLASH, 0x1ee000);

describe('one sector of an image', () => {
  it('is filled up, and of a calibration only what it says that it holds', () => {
    const bytes = Buffer.alloc(0x1800, 7);
    const image = loaded(bytes);
    assert.ok(sectorAt(image, 0).equals(bytes.subarray(0, 0x1000)));
    const last = sectorAt(image, 0x1000);
    assert.ok(last.subarray(0, 0x800).every((byte) => byte === 7));
    assert.ok(last.subarray(0x800).every((byte) => byte === 0xff));
    const followed = loaded(
      Buffer.concat([calibrationSector(MAC).subarray(0, 0x80), Buffer.alloc(0x400, 7)]),
    );
    assert.equal(followed.detected.kind, 'calibration');
    assert.ok(sectorAt(followed, 0).equals(calibrationSector(MAC)));
  });
});

describe('a part of a flash', () => {
  it('is a dump of which only that part was given, whose data lies where it lay', () => {
    const image = loaded(FLASH.subarray(0x1d0000));
    const { bytes, detected, given } = asDump(image);
    assert.deepEqual(given, { offset: 0x1d0000, length: 0x30000 });
    assert.equal(bytes.length, 0x200000);
    assert.ok(bytes.subarray(0x1d0000).equals(FLASH.subarray(0x1d0000)));
    assert.ok(bytes.subarray(0, 0x1d0000).every((byte) => byte === 0xff));
    assert.ok(detected.kind === 'dump');
    assert.equal(detected.flash, bytes);
    assert.deepEqual(detected.calibration, { offset: 0x1d0000, mac: '02:00:00:ab:cd:ef' });
    assert.deepEqual(detected.contents, [{ to: 'flash', bytes, partitions: [], putRight: null }]);
    assert.deepEqual([detected.bootloader, detected.app, detected.partitions], [null, null, []]);
  });

  it('with its bootloader knows its own slots', () => {
    const image = loaded(FLASH.subarray(0, 0x1f0000));
    assert.equal(image.detected.kind, 'qio');
    const { detected, given } = asDump(image);
    assert.deepEqual(given, { offset: 0, length: 0x1f0000 });
    assert.ok(detected.kind === 'dump');
    assert.deepEqual(
      detected.partitions.map(({ name, offset }) => [name, offset]),
      [
        ['bootloader', 0],
        ['app', 0x10000],
        ['download', 0x12a000],
      ],
    );
    assert.notEqual(detected.app, null);
  });

  it('is none without data of a device: any other image stays what it is', () => {
    for (const bytes of [APP_N, QIO_N, bootloader({}), FLASH]) {
      const image = loaded(bytes);
      assert.equal(asDump(image), image);
    }
  });
});

describe('a part that an image does not hold', () => {
  it('is named, with what helps', () => {
    const image = loaded(APP_N);
    const { code, cause } = missing(image, 'placement.noConfigInIt');
    assert.equal(code, 'BK_BAD_IMAGE');
    assert.deepEqual(
      cause.text,
      say('placement.noConfigInIt', { image: image.detected.description }),
    );
    assert.deepEqual(cause.adviceCodes, [say('placement.useEarlierDump')]);
  });
});

describe('a sector for a calibration', () => {
  it('is one that holds a calibration, or nothing at all', () => {
    assert.equal(isFreeForCalibration(Buffer.alloc(0x1000, 0xff)), true);
    assert.equal(isFreeForCalibration(calibrationSector(MAC)), true);
    assert.equal(isFreeForCalibration(Buffer.alloc(0x1000, 0xff).fill(0, 0x800)), false);
  });
});
