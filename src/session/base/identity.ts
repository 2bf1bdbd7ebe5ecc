import type { FlashPart } from '../../chip/flash-parts';
import type { ChipName, Family } from '../../chip/known/chips';
import type { PartitionEntry } from '../../chip/layouts';
import { type Note, say } from '../../texts/note';

/** What speaks for the model of a chip that does not tell it. */
export interface LikelyModels {
  /** Empty where nothing speaks for any. */
  chips: readonly ChipName[];
  /** A sentence each. */
  says: readonly Note[];
}

/** What a linked chip told of itself. */
export interface Identity {
  family: Family;
  /** Null where a basic chip with an unknown bootloader does not tell its model. */
  chip: ChipName | null;
  /** Those that it can be where it does not tell its model; empty or missing for any of its family. */
  models?: readonly ChipName[];
  /** What speaks for a model where the chip does not tell it; missing until a job looks for it. */
  likely?: LikelyModels | undefined;
  /** Register value, lower-case hex; null on basic chips. */
  chipId: string | null;
  bootloader: {
    name: string;
    version: string | null;
    /** zlib CRC-32 by which bootloaders are known, 8 hex digits. */
    crc: string;
    known: boolean;
    /** Sector 0 is all FF: the chip cannot start. */
    blank: boolean;
  };
  flash: {
    /** JEDEC id, 6 hex digits; null where the chip does not tell. */
    id: string | null;
    part: FlashPart | null;
    /** Bytes. */
    size: number;
  };
  /** Where the radio's calibration lies and its MAC, null where there is none; missing until a job looks for it. */
  calibration?: { offset: number | null; mac: string | null } | undefined;
  /** The partition table in its bootloader, empty where there is none; missing until a job looks for it. */
  partitions?: readonly PartitionEntry[] | undefined;
  /** 32 hex digits; null where it cannot be read. */
  key: string | null;
  /** Which kind of key the chip's code is stored with. */
  encryption: 'tuya' | 'none' | 'custom' | null;
  warnings: Note[];
}

/** A chip that was identified on a port, as long as nothing is known to have changed that told it from others. */
export interface MetChip {
  readonly identity: Identity;
  /** By what it is known, by address. */
  readonly marks: ReadonlyMap<number, Mark>;
}

/** What a stretch of flash was, by which a chip is known. */
export interface Mark {
  /** zlib's CRC-32. */
  readonly crc: number;
  /** Bytes. */
  readonly length: number;
}

/** The chip's name for people, or what kind of chip it is where it does not tell its model. */
export function nameOf({ chip, family }: Pick<Identity, 'chip' | 'family'>): string | Note {
  return chip ?? (family === 'full' ? say('common.fullChip') : say('common.basicChip'));
}
