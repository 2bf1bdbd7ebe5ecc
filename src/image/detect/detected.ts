import type { ChipName } from '../../chip/known/chips';
import type { CodeKey } from '../../chip/marker';
import type { Note } from '../../texts/note';
import type { FoundCalibration } from '../calibration';
import type { ImageCode } from './code-evidence';
import type { Foreign } from './foreign';

/**
 * What an image is. `dump` is a whole flash from address 0 on; `rotated-dump` one that begins at
 * 0x11000 and wraps; `qio` bootloader and application; `packets` code that neither known key opens;
 * `rbl-header` the packets that LibreTiny puts behind an application, alone; `raw` code without packets
 * in clear, `stripped` the same encrypted.
 */
export type ImageKind =
  | 'dump'
  | 'rotated-dump'
  | 'qio'
  | 'app'
  | 'bootloader'
  | 'packets'
  | 'rbl'
  | 'rbl-header'
  | 'tuya-ug'
  | 'uf2'
  | 'calibration'
  | 'tuya-storage'
  | 'openbeken-config'
  | 'raw'
  | 'stripped'
  | Foreign['kind']
  | 'unknown';

export interface DetectedImage {
  kind: ImageKind;
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

/** What every image starts from. */
export const NOTHING: Omit<DetectedImage, 'kind' | 'description'> = {
  chip: null,
  chips: [],
  version: null,
  project: null,
  key: null,
  encryptionKey: null,
  calibration: null,
  evidence: [],
  checks: [],
  damaged: [],
  damagedParts: null,
  doubts: [],
  advice: [],
};

/** Whether it is a dump of a whole flash, rotated or not. */
export function isDump({ kind }: Pick<DetectedImage, 'kind'>): boolean {
  return kind === 'dump' || kind === 'rotated-dump';
}
