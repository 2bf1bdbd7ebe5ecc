import assert from 'node:assert/strict';
import { BkError, type ErrorCause, type ErrorCode } from '../../src';
import type { DetectedImage } from '../../src/image/detect/detect';
import { type ImageFacts, noFacts } from '../../src/image/detect/image-format';
import type { BootloaderEvidence } from '../../src/image/evidence/code-evidence';
import type {
  ConnectedTarget,
  LoadedImage,
  PlaceOptions,
  PlaceTarget,
} from '../../src/placement/base/place-types';
import { placeImage } from '../../src/placement/kinds/place-image';
import { type Note, say } from '../../src/texts/note';
import { detectImage } from './detect-image';
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
  placeImage(detectImage(bytes), target, options);

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
  code: ErrorCode,
  says: RegExp,
  options?: PlaceOptions,
): void {
  refuses(() => place(bytes, target, options), code, says);
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

/** The same chips as they are connected. */
export const on = (target: PlaceTarget, more: Partial<PlaceTarget> = {}): ConnectedTarget => ({
  ...target,
  ...more,
  port: '/dev/ttyUSB0',
});

export function loaded(bytes: Buffer): LoadedImage {
  return { bytes, detected: detectImage(bytes) };
}

/** A refusal by its code and by what it says; it always says what became of flash. */
export function refuses(judge: () => unknown, code: ErrorCode, says: RegExp): void {
  assert.throws(judge, (error) => {
    assert.ok(error instanceof BkError);
    assert.equal(error.code, code);
    assert.match(error.message, says);
    assert.match(error.message, /othing was changed/);
    return true;
  });
}

/** What `imageOf` says that it is. */
export const DESCRIPTION = say('image.dump');

/** An image that tells no more than this, for what is decided by what was told, whatever bytes told it. */
export function imageOf(facts: Partial<ImageFacts> & { kind?: string } = {}): DetectedImage {
  return { ...noFacts(), kind: 'app', description: DESCRIPTION, ...facts } as DetectedImage;
}

/** What a piece of code tells, as `imageOf` has it: nothing, but that it has Tuya's key and begins at 0. */
export function codeThat(tells: Partial<BootloaderEvidence> = {}): BootloaderEvidence {
  return {
    key: 'tuya',
    chips: [],
    mixed: false,
    says: [],
    damaged: [],
    offset: 0,
    length: 0x1000,
    told: true,
    crc: null,
    ...tells,
  };
}

/** A refusal without its words: all that a person is told, as a flow sees it. */
export interface Refusal {
  code: ErrorCode;
  text: Note;
  advice: readonly Note[];
  address?: number;
  phase?: ErrorCause['phase'];
}

/** What is refused, and what helps. */
export function refusalOf(judge: () => unknown): Refusal {
  try {
    judge();
  } catch (error) {
    assert.ok(error instanceof BkError, String(error));
    const { code, text, adviceCodes: advice, address, phase } = error.cause;
    return {
      code,
      text,
      advice,
      ...(address === null ? {} : { address }),
      ...(phase === null ? {} : { phase }),
    };
  }
  assert.fail('nothing was refused');
}

/** The same where the image is told to be wrong: only why, and what helps. */
export function objectionOf(
  judge: () => unknown,
  image: Note = DESCRIPTION,
): [why: Note, ...Note[]] {
  const { code, text, advice } = refusalOf(judge);
  assert.equal(code, 'BK_WRONG_IMAGE');
  const { why } = text.params;
  assert.deepEqual(text, say('placement.refused', { image, why: why as Note }));
  return [why as Note, ...advice];
}
