import { modelOrUntold } from '../chip/known/chip-places';
import type { ChipName, Family } from '../chip/known/chips';
import { BkError } from '../errors';
import type { Partition } from '../image/code/partitions';
import type { DetectedImage } from '../image/detect/detected';
import { type Note, type Said, say, sentence } from '../texts/note';

/** The chip that an image is to be written to, as far as it is known. */
export interface PlaceTarget {
  chip: ChipName | null;
  family: Family;
  /** Bytes. */
  flashSize: number;
  /** Which code key the chip has; null where that is not known. */
  key: 'tuya' | 'none' | 'custom' | null;
  /** The partition table of the chip's own bootloader; it outranks what is usual. */
  partitions?: readonly Partition[] | undefined;
  /** `aa:bb:cc:dd:ee:ff`, of the chip's own calibration sector. */
  mac?: string | null | undefined;
  /** Where that sector lies, where it was looked for. */
  calibration?: number | null | undefined;
  /** The port that it is on, for messages. */
  port?: string | undefined;
  /** zlib CRC-32 of the chip's whole bootloader area, where one is to be replaced. */
  bootloaderCrc?: number | null | undefined;
}

export interface PlaceOptions {
  /** Full chips only; a basic chip's is always kept. */
  bootloader?: 'keep' | 'replace' | undefined;
  /** Take an image for another chip or key, too. */
  anyImage?: boolean | undefined;
}

/** What goes where: whole sectors, filled up with FF. */
export interface PlacedPiece {
  /** Flash address, bytes. */
  offset: number;
  bytes: Buffer;
}

/** One image on its way to one chip. */
export interface PlaceJob {
  image: DetectedImage;
  target: PlaceTarget;
  options: PlaceOptions;
  /** What a person should know; it grows on the way. */
  warnings: Note[];
}

/** Advice for those who know better. */
export const ALL_THE_SAME = say('placement.setAnyImage');

/** An error that says why the image is not for this chip. */
export function wrongImage(image: DetectedImage, why: Note, ...advice: Said[]): BkError {
  return new BkError('BK_WRONG_IMAGE', refusal(image, why), { advice });
}

/** An error that says why the image cannot be written to any chip. */
export function badImage(image: DetectedImage, why: Note, ...advice: Said[]): BkError {
  return new BkError('BK_BAD_IMAGE', refusal(image, why), { advice });
}

function refusal({ description }: DetectedImage, why: Note): Note {
  return say('placement.refused', { image: sentence(description), why });
}

/** The chip's name for people, or what kind of chip it is where it does not tell its model. */
export function nameOf({ chip, family }: Pick<PlaceTarget, 'chip' | 'family'>): string | Note {
  return chip ?? say(family === 'full' ? 'placement.fullChip' : 'placement.basicChip');
}

/** Cortex-M33 chips: other code in another layout, which no image here is known to be for. */
export function isOtherCore(chip: ChipName | null): boolean {
  return modelOrUntold(chip).core !== 'arm9';
}

/** For people, with whatever is written to such a chip. */
export function untried(target: Pick<PlaceTarget, 'chip' | 'family'>): Note {
  return say('placement.untried', { chip: nameOf(target) });
}
