import assert from 'node:assert/strict';
import { BkError } from '../../src';
import { detectImage } from '../../src/image/detect/detect';
import type { PlaceOptions, PlaceTarget } from '../../src/placement/base/place-types';
import { placeImage } from '../../src/placement/kinds/place-image';
import { container, flashImage, openBekenTexts, TUYA_TEXTS } from './images';

export const N: PlaceTarget = { chip: 'BK7231N', family: 'full', flashSize: 0x200000, key: 'tuya' };
export const T: PlaceTarget = {
  chip: 'BK7231T',
  family: 'basic',
  flashSize: 0x200000,
  key: 'tuya',
};
export const M: PlaceTarget = { ...N, chip: 'BK7231M', key: 'none' };
export const BK7238: PlaceTarget = { ...M, chip: 'BK7238' };

export const place = (bytes: Buffer, target: PlaceTarget, options?: PlaceOptions) =>
  placeImage(detectImage(bytes), bytes, target, options);

/** Offsets and lengths of the pieces. */
export const where = (
  bytes: Buffer,
  target: PlaceTarget,
  options?: PlaceOptions,
): [number, number][] =>
  place(bytes, target, options).pieces.map((piece) => [piece.offset, piece.bytes.length]);

export function refused(
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

export const APP_N = container({ texts: TUYA_TEXTS.N, saysBk7231: true });
export const APP_T = container({ texts: TUYA_TEXTS.T });
export const APP_M = container({ texts: openBekenTexts('BK7231N'), key: 'none' });
export const QIO_N = flashImage({
  saysBk7231: true,
  name: 'BK7231N_1.0.1',
  app: { texts: TUYA_TEXTS.N },
}).subarray(0, 0x129f70);
export const QIO_T = flashImage({ download: 0x132000, name: 'BK7231S_1.0.5' }).subarray(
  0,
  0x129f70,
);
