import type { ChipName, Family } from '../../chip/known/chips';
import type { PartitionEntry, Region } from '../../chip/layouts';
import type { DetectedImage } from '../../image/detect/detect';
import type { Note } from '../../texts/note';

/** The chip that an image is to be written to, as far as it is known. */
export interface PlaceTarget {
  chip: ChipName | null;
  /** Those that it can be where it does not tell its model; empty or missing for any of its family. */
  models?: readonly ChipName[] | undefined;
  /** What speaks for a model where the chip does not tell it: likely, not certain. */
  likely?: { chips: readonly ChipName[]; says: readonly Note[] } | null | undefined;
  family: Family;
  /** Bytes. */
  flashSize: number;
  /** Which code key the chip has; null where that is not known. */
  key: 'tuya' | 'none' | 'custom' | null;
  /** The partition table of the chip's own bootloader; it outranks what is usual. */
  partitions?: readonly PartitionEntry[] | undefined;
  /** `aa:bb:cc:dd:ee:ff`, of the chip's own calibration sector. */
  mac?: string | null | undefined;
  /**
   * The MAC of a backup that is known to be this very chip's though the chip itself may have lost its own; null where
   * that backup has none. Undefined where there is no such backup.
   */
  adopted?: string | null | undefined;
  /** Where that sector lies, where it was looked for. */
  calibration?: number | null | undefined;
  /** The port that it is on, for messages. */
  port?: string | undefined;
  /** Its bootloader area begins with FF alone, so that it does not start. */
  blankBootloader?: boolean | undefined;
  /** zlib CRC-32 of the chip's whole bootloader area, where one is to be replaced. */
  bootloaderCrc?: number | null | undefined;
}

/** A chip that is there to be asked. */
export interface ConnectedTarget extends PlaceTarget {
  port: string;
}

/** What of a chip has to be read before it can be decided what goes where; all else is known without. */
export interface FactsToAsk {
  /** Where its calibration sector lies, and the MAC in it. */
  calibration?: boolean;
  /** The partition table in its bootloader. */
  partitions?: boolean;
  /** Its own checksum of its bootloader. */
  bootloaderCrc?: boolean;
}

export interface PlaceOptions {
  /** Full chips only; a basic chip's is always kept. */
  bootloader?: 'keep' | 'replace' | undefined;
  /** Take an image for another chip or key, too. */
  anyImage?: boolean | undefined;
}

/** All that an image holds for a chip, or one part of a dump. */
export type ImagePart = 'image' | 'app' | 'rf' | 'tuya' | 'openbeken' | 'bootloader';

/** What a person wants to be written of an image, and where. */
export interface PlaceWish extends PlaceOptions {
  /** `auto`: from what the image is. A number: the bytes go there as they are. */
  offset?: 'auto' | number | undefined;
  part?: ImagePart | undefined;
  /** With a numeric offset: leave out so many of the image's first bytes. */
  skip?: number | undefined;
  /** With a numeric offset: write so many bytes. */
  length?: number | undefined;
}

/** An image and what it was recognised as. */
export interface LoadedImage {
  bytes: Buffer;
  detected: DetectedImage;
  /** What of the bytes was in the file, where that held a part of a flash: all others are made up as FF. */
  given?: Region;
}

/** Bytes for a place in flash. */
export interface Piece {
  /** Flash address, bytes. */
  offset: number;
  bytes: Buffer;
}

/** What goes where, and what a person should know of it. */
export interface Placed {
  pieces: Piece[];
  warnings: Note[];
}

/** One image on its way to one chip. */
export interface PlaceJob {
  image: DetectedImage;
  target: PlaceTarget;
  options: PlaceOptions;
  /** What a person should know; it grows on the way. */
  warnings: Note[];
}
