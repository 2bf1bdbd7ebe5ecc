import { say } from '../../texts/note';
import { codeFormat } from './code-format';
import { calibrationFormat, configFormat, storageFormat } from './data-formats';
import { dumpFormat } from './dump-format';
import { foreignFormat } from './foreign-format';
import {
  type DetectOptions,
  type ImageFacts,
  type ImageFormat,
  type KindFacts,
  noFacts,
} from './image-format';
import { uf2Format } from './uf2-format';
import { updateFormat } from './update-format';

/** Every format that is known, in the order in which they are tried: the first one that fits counts. */
const FORMATS = [
  uf2Format,
  updateFormat,
  dumpFormat,
  calibrationFormat,
  configFormat,
  codeFormat,
  foreignFormat,
  storageFormat,
] as const;

type ImageOf<Format> = Format extends ImageFormat<infer Image> ? Image : never;

/** An image of no format that is known. */
interface UnknownImage extends ImageFacts {
  kind: 'unknown';
}

/** What bytes turned out to be, with what was parsed of them: told apart by `kind`. */
export type DetectedImage = ImageOf<(typeof FORMATS)[number]> | UnknownImage;

/** What an image is; each format says what its kinds are. */
export type ImageKind = DetectedImage['kind'];

const UNKNOWN: KindFacts = { nature: 'unknown', atOffset: 'sensible' };
const KINDS: Readonly<Record<ImageKind, KindFacts>> = Object.assign(
  { unknown: UNKNOWN },
  ...FORMATS.map(({ kinds }) => kinds),
);

/** What holds for all images of its kind. */
export function factsOf({ kind }: { kind: ImageKind }): KindFacts {
  return KINDS[kind];
}

/**
 * Says what an image is, by its bytes alone. Never throws. Time and memory grow with the length only. In slices of
 * some milliseconds: the caller decides what happens between them, and gets the image with the last one.
 */
export function* detectInSteps(
  bytes: Uint8Array,
  options: DetectOptions = {},
): Generator<void, DetectedImage> {
  for (const format of FORMATS) {
    const image: DetectedImage | null = yield* format.parse(bytes, options);
    if (image !== null) return image;
  }
  return {
    ...noFacts(),
    kind: 'unknown',
    description: say('image.unknown'),
    advice: [say('image.checkComplete'), say('image.offsetIfSure')],
  };
}
