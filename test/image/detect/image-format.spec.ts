import assert from 'node:assert/strict';
import { factsOf } from '../../../src/image/detect/detect';
import type { ImageContent, KindFacts } from '../../../src/image/detect/image-format';
import { detectImage } from '../../support/detect-image';
import {
  appImage,
  bootloader,
  calibrationSector,
  container,
  flashImage,
  packets,
  plainCode,
  rblFile,
  uf2File,
  ugFile,
} from '../../support/images';

const FLASH = flashImage();
const ROTATED = Buffer.concat([FLASH.subarray(0x11000), FLASH.subarray(0, 0x11000)]);
const UF2 = uf2File({ parts: [{ partition: 'app', schemes: '000100', bytes: appImage() }] });

describe('an image of each format', () => {
  type Row = [string, Buffer, ImageContent['to'][], KindFacts['nature'], KindFacts['atOffset']];
  const rows: Row[] = [
    ['dump', FLASH, ['flash'], 'firmware', 'sensible'],
    ['rotated-dump', ROTATED, ['flash'], 'firmware', 'sensible'],
    ['qio', FLASH.subarray(0, 0x129f70), ['bootloader', 'app'], 'firmware', 'sensible'],
    ['app', container(), ['app'], 'firmware', 'sensible'],
    ['bootloader', bootloader({}), ['bootloader'], 'firmware', 'sensible'],
    ['packets', packets(200), [], 'firmware', 'sensible'],
    ['raw', plainCode(), [], 'firmware', 'other-form'],
    ['rbl', rblFile(plainCode()), ['download'], 'firmware', 'sensible'],
    ['tuya-ug', ugFile(rblFile(plainCode())), ['download'], 'firmware', 'sensible'],
    ['uf2', UF2, ['partitions'], 'firmware', 'other-form'],
    ['calibration', calibrationSector([2, 0, 0, 1, 2, 3]), [], 'data', 'sensible'],
    ['html', Buffer.from('<html></html>'), [], 'foreign', 'useless'],
    ['esp', Buffer.from([0xe9, 6, 2, 0x20, 1, 2, 3]), [], 'other-make', 'useless'],
    ['blank', Buffer.alloc(100, 0xff), [], 'data', 'useless'],
    ['unknown', Buffer.from([1, 2, 3, 4]), [], 'unknown', 'sensible'],
  ];
  for (const [kind, bytes, places, nature, atOffset] of rows) {
    it(`says of ${kind} what goes where`, () => {
      const image = detectImage(bytes);
      assert.equal(image.kind, kind);
      assert.deepEqual(
        image.contents.map(({ to }) => to),
        places,
      );
      const facts = factsOf(image);
      assert.deepEqual([facts.nature, facts.atOffset], [nature, atOffset]);
    });
  }

  it('carries what was parsed, a rotated dump put right', () => {
    const dump = detectImage(FLASH);
    const rotated = detectImage(ROTATED);
    assert.ok(dump.kind === 'dump' && rotated.kind === 'rotated-dump');
    assert.deepEqual(rotated.upright, dump);
    assert.ok(rotated.upright.flash.equals(FLASH));
    assert.deepEqual(
      dump.partitions.map(({ name }) => name),
      ['bootloader', 'app', 'download'],
    );
    assert.deepEqual([rotated.chips, rotated.key, rotated.damaged], [dump.chips, dump.key, []]);
  });
});
