import { CHIPS, type ChipName, type Family } from '../chip/families';
import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import { LAYOUTS, type Layout, type Region } from '../chip/layouts';
import { BkError, hex } from '../errors';
import type { DetectedImage } from './detected';
import { type Partition, partitionRegion } from './partitions';

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
}

export interface PlaceOptions {
  /** Full chips only; a basic chip's is always kept. */
  bootloader?: 'keep' | 'replace' | undefined;
  /** For an image that is a calibration sector. */
  calibration?: 'keep' | 'replace' | undefined;
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
  warnings: string[];
}

const UNCHANGED = 'nothing was changed';
const KEYS = { tuya: "Tuya's key", none: 'no key', custom: 'a key of its own' } as const;
/** Cortex-M33 chips: other code in another layout, which no image here is known to be for. */
const OTHER_CORE: readonly (ChipName | null)[] = ['BK7236', 'BK7258'];

/** An error that says why the image is not for this chip. */
export function wrongImage(image: DetectedImage, why: string, ...advice: string[]): BkError {
  return new BkError('BK_WRONG_IMAGE', `The image is ${image.description}: ${why}; ${UNCHANGED}`, {
    advice,
  });
}

/** An error that says why the image cannot be written to any chip. */
export function badImage(image: DetectedImage, why: string, ...advice: string[]): BkError {
  return new BkError('BK_BAD_IMAGE', `The image is ${image.description}: ${why}; ${UNCHANGED}`, {
    advice,
  });
}

/** Where a slot lies on this chip: by its own table, else as is usual; null where neither tells. */
export function slotOf(target: PlaceTarget, name: 'app' | 'download'): Region | null {
  const own = target.partitions?.find((partition) => partition.name === name);
  if (own !== undefined) {
    const { offset, length } = partitionRegion(own);
    const end = Math.ceil((offset + length) / SECTOR) * SECTOR;
    const sensible = name === 'app' ? offset === BOOTLOADER_END : offset > BOOTLOADER_END;
    if (sensible && offset % SECTOR === 0 && length > 0 && end <= target.flashSize)
      return { offset, length: end - offset };
  }
  const usual = layoutOf(target)[name];
  return usual.length === 0 || usual.offset + usual.length > target.flashSize ? null : usual;
}

/** A chip without a name is a basic one whose bootloader is not known: all of them have this layout. */
export function layoutOf({ chip }: PlaceTarget): Layout {
  return LAYOUTS[chip ?? 'BK7231T'];
}

/** First byte behind the code area that must not be overwritten: calibration, or the end of flash. */
export function firstKept(target: PlaceTarget): number {
  const { calibration, flashSize } = target;
  const known = calibration == null ? layoutOf(target).calibration : [calibration];
  return Math.min(flashSize, ...known);
}

/**
 * Refuses what would not start on this chip, and what is damaged; warns where that cannot be told.
 * @throws BkError BK_WRONG_IMAGE, BK_BAD_IMAGE
 */
export function mustFit(
  image: DetectedImage,
  target: PlaceTarget,
  options: PlaceOptions,
  warnings: string[],
): void {
  const isDump = image.kind === 'dump' || image.kind === 'rotated-dump';
  if (isDump) warnings.push(...image.damaged);
  else if (image.damaged.length > 0)
    throw badImage(image, `it is damaged. ${image.damaged.join(' ')} It was not written`, RELOAD);
  const mac = image.calibration?.mac ?? null;
  if (isDump && mac !== null && mac === target.mac) return; // its own dump
  if (OTHER_CORE.includes(target.chip)) {
    if (isDump) return;
    throw wrongImage(image, `where it would go on a ${target.chip} is not known`, BY_OFFSET);
  }
  if (options.anyImage) return;
  mustBeForChip(image, target);
  mustHaveKey(image, target, warnings);
}

const RELOAD = 'Download or build the file again.';
const BY_OFFSET = 'Give the offset where its bytes belong, if you know it.';
const ALL_THE_SAME = 'To write this one all the same, set anyImage.';

function mustBeForChip(image: DetectedImage, { chip, family }: PlaceTarget): void {
  if (image.chips.length === 0) return;
  const fits = image.chips.some((other) =>
    chip === null ? CHIPS[other].family === family : other === chip,
  );
  if (fits) return;
  const name = chip ?? `${family} chip`;
  throw wrongImage(
    image,
    `it is for ${image.chips.join(' or ')}, but the chip is a ${name}`,
    `Use an image for ${chip ?? 'this chip'}.`,
    ALL_THE_SAME,
  );
}

function mustHaveKey(
  { encryptionKey, ...image }: DetectedImage,
  { key }: PlaceTarget,
  warnings: string[],
): void {
  if (encryptionKey === null) return;
  const given = encryptionKey === 'other' ? 'custom' : encryptionKey;
  if (key === null && encryptionKey !== 'other') {
    warnings.push(
      `The image has code with ${KEYS[given]}; whether the chip's key is the same is not known.`,
    );
    return;
  }
  if (key === given) {
    if (given === 'custom')
      warnings.push(
        'The image has code with a key that is not known: whether it is the key of this chip was not checked.',
      );
    return;
  }
  const needed =
    key === null ? 'which key the chip has is not known' : `the chip needs code with ${KEYS[key]}`;
  throw wrongImage(
    { ...image, encryptionKey },
    `its code is stored with ${KEYS[given]}, but ${needed}`,
    adviceFor(key),
    ALL_THE_SAME,
  );
}

function adviceFor(key: PlaceTarget['key']): string {
  if (key === 'none') return 'Use a file for a chip without a key: OpenBeken has them for BK7231M.';
  if (key === 'custom') return 'Use an image that was made with the key of this chip.';
  return 'Use an image that was built for this chip.';
}

/** Fills a piece up to whole sectors with FF. */
export function wholeSectors(offset: number, bytes: Uint8Array): PlacedPiece {
  const start = Math.floor(offset / SECTOR) * SECTOR;
  const end = Math.ceil((offset + bytes.length) / SECTOR) * SECTOR;
  const whole = Buffer.alloc(end - start, 0xff);
  whole.set(bytes, offset - start);
  return { offset: start, bytes: whole };
}

/** As `0x11000 to 0x129fff`. */
export function span({ offset, length }: Region): string {
  return `${hex(offset)} to ${hex(offset + length - 1)}`;
}
