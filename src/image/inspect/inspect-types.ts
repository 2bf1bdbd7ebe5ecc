import type { ChipName } from '../../chip/known/chips';
import type { Note } from '../../texts/note';
import type { ImageKind } from '../detect/detect';
import type { OpenBekenConfig } from '../openbeken/openbeken-config';
import type { OpenBekenTemplate } from '../openbeken/openbeken-template';
import type { Json } from '../tuya/tuya-json';
import type { Pins } from '../tuya/tuya-pins';

/** What bytes are; a dump that had to be put right is a `dump` like any other. */
export type InspectedKind = Exclude<ImageKind, 'rotated-dump' | 'swapped-dump' | 'doubled-dump'>;

/** A stretch of the flash that has a name. Addresses are those of flash, in bytes. */
export interface InspectedPartition {
  name: string;
  offset: number;
  length: number;
  /** Nothing but FF. */
  empty: boolean;
}

export interface InspectedTuya {
  /** Name of the module, such as `CB2S`. */
  module: string | null;
  /** What the firmware calls the chip. */
  platform: string | null;
  /** By GPIO number. */
  pins: Pins;
  /** Where the settings of the pins were found. */
  pinsFrom: 'storage' | 'user-file' | 'app' | null;
  /** The settings that the pins were read from. */
  userParam: { [name: string]: Json };
  /** Names of the storage, in the order in which they lie. */
  keys: string[];
  /** Bits per second of another controller that does the work; null where there is none. */
  tuyaMcuBaud: number | null;
  /** Values of the storage by name; JSON where they are, else text, else hex. */
  values: { [name: string]: Json };
  /** Lengths of the user files by name, bytes. */
  userFiles: { [name: string]: number };
}

/** What bytes tell. Secrets are `***` unless they are asked for. */
export interface Inspection {
  kind: InspectedKind;
  /** Completes "this is …". */
  description: string;
  descriptionCode: Note;
  /** Null where the bytes do not tell. */
  chip: ChipName | null;
  chipEvidence: string[];
  chipEvidenceCodes: readonly Note[];
  /** Bytes, and their checksum, as they were given. */
  size: number;
  sha256: string;
  /** The dump did not begin with flash address 0, and wrapped around; all offsets here are those of flash. */
  rotated: boolean;
  /**
   * Flash address of the first byte, where the bytes are a part of a flash, and 0 for a dump, rotated or not: then all
   * offsets here are those of flash. Null for anything else, whose offsets are those of the bytes.
   */
  start: number | null;
  bootloader: {
    name: string | null;
    version: string | null;
    /** zlib CRC-32 of the bytes by which the chip's own loader would be told, hex. */
    crc: string;
    known: boolean;
  } | null;
  app: { project: string | null; version: string | null; sdk: string | null } | null;
  encryptionKey: 'tuya' | 'none' | 'other' | null;
  partitions: InspectedPartition[];
  /** `aa:bb:cc:dd:ee:ff`. */
  mac: string | null;
  /** The calibration sector. */
  rf: { offset: number; length: number } | null;
  tuya: InspectedTuya | null;
  openbeken: (OpenBekenConfig & { offset: number }) | null;
  /** Null without pins. */
  template: OpenBekenTemplate | null;
  /** Outline of a configuration for ESPHome (YAML); null without pins. */
  esphome: string | null;
  warnings: string[];
  /** Code of each warning, and what its sentence was told. */
  warningCodes: readonly Note[];
}

export interface InspectOptions {
  /** `hide`, the default, puts `***` in place of Wi-Fi names and passwords, keys, tokens and the like. */
  secrets?: 'hide' | 'show';
  /** Ends the inspection at the next pause, with BK_CANCELLED. */
  signal?: AbortSignal;
  /** What happens between two slices of work; lets other things run unless it is given. */
  pause?: () => Promise<void>;
}
