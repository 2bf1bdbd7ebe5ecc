import type { ChipName } from '../../chip/known/chips';
import type { CodeKey } from '../../chip/marker';
import type { Note } from '../../texts/note';
import type { FoundCalibration } from '../calibration';
import type { Partition } from '../code/partitions';
import type { RblHeader } from '../code/rbl';
import type { Uf2File } from '../containers/uf2';
import type { ImageCode } from '../evidence/code-evidence';

/**
 * All that is to be known of the images of one family: each has one such entry, in the list of `detect.ts`. An image
 * carries what was parsed of it, so that nobody parses its bytes again.
 */
export interface ImageFormat<Image extends ImageFacts & { kind: string }> {
  /** The kinds of images that it tells, and what holds for all images of a kind. */
  readonly kinds: Readonly<Record<Image['kind'], KindFacts>>;
  /** What bytes are; null where they are not of these kinds. In slices of some milliseconds. Never throws. */
  parse(bytes: Uint8Array, options: DetectOptions): Generator<void, Image | null>;
}

export interface DetectOptions {
  /** Of the chip that the bytes are for, where it is known: as long an image can be a dump of its flash. */
  flashSize?: number;
}

/** What a kind of images is to a BK72xx chip. */
export interface KindFacts {
  /** `other-make`: firmware, but for chips of another make; `foreign`: nothing that any flash of these chips holds. */
  readonly nature: 'firmware' | 'data' | 'other-make' | 'foreign' | 'unknown';
  /**
   * Its bytes, as they are, at an offset of flash: `sensible` where somebody knows the place; `useless` anywhere;
   * `other-form` for what lies on flash in another form than the file has.
   */
  readonly atOffset: 'sensible' | 'useless' | 'other-form';
  /** It is this part of a dump, alone, and can be put back as that. */
  readonly onlyPart?: 'rf' | 'openbeken';
  /** It says apart from its code which chip it is for, and finds its own places there. */
  readonly describesItself?: true;
}

/** What of an image goes to a chip, opened as far as that takes, and where it belongs there. */
export type ImageContent =
  /** A whole flash from address 0 on. `putRight`: what had to be done with its bytes for that, a sentence; else null. */
  | { to: 'flash'; bytes: Buffer; partitions: readonly Partition[]; putRight: Note | null }
  | { to: 'bootloader'; bytes: Uint8Array }
  | { to: 'app'; bytes: Uint8Array }
  /** An update for the download slot; null where it has none inside. The bytes begin with its header. */
  | { to: 'download'; bytes: Uint8Array; header: RblHeader | null }
  /** Parts for partitions that they name. */
  | { to: 'partitions'; file: Uf2File };

/** What every image tells. */
export interface ImageFacts {
  /** Completes "this is …". */
  description: Note;
  /** Null where the bytes do not tell for sure, and for rotated dumps. */
  chip: ChipName | null;
  /** All chips that it may be for; empty where the bytes do not tell. */
  chips: ChipName[];
  /** Of the firmware, where it tells, else of the file. */
  version: string | null;
  /** What the firmware calls itself, as `oem_<chip>_plug`; null where it does not tell. */
  project: string | null;
  /** Which code key the image is for; null where that is not known or does not matter. */
  key: CodeKey | null;
  /** The same, and `other` where the code is stored with a key that is not known. */
  encryptionKey: CodeKey | 'other' | null;
  /** What bootloader and application tell, each for itself; missing for kinds without either. */
  code?: ImageCode;
  /** The calibration sector of a dump; the offset is that in the file, also where it is rotated. */
  calibration: FoundCalibration | null;
  /** What goes where on a chip; empty where that takes somebody who says it. */
  contents: ImageContent[];
  /** What was found, a sentence each. */
  evidence: Note[];
  /** What was checked and is right, a sentence each. */
  checks: Note[];
  /** What is damaged or missing, a sentence each; empty when nothing is known to be. */
  damaged: Note[];
  /** The same by part for a dump, whose parts can be used alone; null for anything else. */
  damagedParts: { bootloader: Note[]; app: Note[] } | null;
  /** What is odd but may have a harmless reason, a sentence each: to be told, no reason to refuse. */
  doubts: Note[];
  /** Where an image of this kind belongs, or what to do instead of writing it; empty for dumps. */
  advice: Note[];
}

/** For what takes no time to be told. */
// biome-ignore lint/correctness/useYield: a generator that has nothing to pause for
export function* atOnce<Image>(image: Image): Generator<void, Image> {
  return image;
}

/** What every image starts from. */
export function noFacts(): Omit<ImageFacts, 'description' | 'code'> {
  return {
    chip: null,
    chips: [],
    version: null,
    project: null,
    key: null,
    encryptionKey: null,
    calibration: null,
    contents: [],
    evidence: [],
    checks: [],
    damaged: [],
    damagedParts: null,
    doubts: [],
    advice: [],
  };
}

/** Whether anything of it belongs to one of these places. */
export function goesTo(
  { contents }: Pick<ImageFacts, 'contents'>,
  ...places: ImageContent['to'][]
): boolean {
  return contents.some(({ to }) => places.includes(to));
}

/** Whether it is a dump of a whole flash, rotated or not. */
export function isDump(image: Pick<ImageFacts, 'contents'>): boolean {
  return goesTo(image, 'flash');
}

/** Whether it has something for this place, and nothing else. */
export function isOnlyFor(
  { contents }: Pick<ImageFacts, 'contents'>,
  place: ImageContent['to'],
): boolean {
  return contents.length > 0 && contents.every(({ to }) => to === place);
}
