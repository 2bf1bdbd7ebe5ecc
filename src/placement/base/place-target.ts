import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import {
  factsOfLayout,
  isUsualLayout,
  type LayoutMarks,
  modelOrUntold,
} from '../../chip/known/chip-places';
import { possibleModels } from '../../chip/known/chip-queries';
import type { ChipName } from '../../chip/known/chips';
import type { Layout, Region } from '../../chip/layouts';
import { partitionRegion } from '../../image/code/partitions';
import type { PlaceTarget } from './place-types';

/** As much of a chip as its layout is told by. */
export type LaidOut = Pick<PlaceTarget, 'chip' | 'flashSize' | 'partitions' | 'calibration'>;

/** Where a slot lies on this chip: by its own table, else as is usual; null where neither tells. */
export function slotOf(target: LaidOut, name: 'app' | 'download'): Region | null {
  const own = slotInTable(target, name);
  if (own !== null) return own;
  const usual = usualPlaces(target).layout[name];
  return usual.length === 0 || usual.offset + usual.length > target.flashSize ? null : usual;
}

/** The slot by the chip's own partition table; null where that does not tell it, or makes no sense. */
export function slotInTable(
  { partitions, flashSize }: Pick<LaidOut, 'partitions' | 'flashSize'>,
  name: 'app' | 'download',
): Region | null {
  const own = partitions?.find((partition) => partition.name === name);
  if (own === undefined) return null;
  const { offset, length } = partitionRegion(own);
  const end = Math.ceil((offset + length) / SECTOR) * SECTOR;
  const sensible = name === 'app' ? offset === BOOTLOADER_END : offset > BOOTLOADER_END;
  return sensible && offset % SECTOR === 0 && length > 0 && end <= flashSize
    ? { offset, length: end - offset }
    : null;
}

/**
 * Where things lie on this chip: by its own table and its own calibration, as far as they were read, and else as is
 * usual for a chip that is laid out so. One without a name is a basic one whose bootloader is not known.
 */
export function layoutOf(target: LaidOut): Layout {
  const { layout } = usualPlaces(target);
  return {
    app: slotInTable(target, 'app') ?? layout.app,
    download: slotInTable(target, 'download') ?? layout.download,
    calibration: target.calibration == null ? layout.calibration : [target.calibration],
  };
}

/**
 * Where OpenBeken has its configuration, if that is a sector inside the slots for code, as on a module with another
 * model's layout; null where it lies behind them, as is usual.
 */
export function configInSlots(target: LaidOut): number | null {
  const { places } = modelOrUntold(target.chip).openBeken;
  if (places === null || places.config + SECTOR > target.flashSize) return null;
  const { app, download } = layoutOf(target);
  const end = Math.max(app.offset + app.length, download.offset + download.length);
  return places.config < end ? places.config : null;
}

/** What is usual for a chip with its layout, which need not be that of its model. */
export function usualPlaces(target: LaidOut): ReturnType<typeof factsOfLayout> {
  return factsOfLayout(target.chip, marksOf(target));
}

/** Whether its layout is the one that is usual for its model, as far as it was read. */
export function isLaidOutAsUsual(target: LaidOut): boolean {
  return isUsualLayout(target.chip, marksOf(target));
}

function marksOf(target: LaidOut): LayoutMarks {
  return {
    download: slotInTable(target, 'download')?.offset ?? null,
    calibration: target.calibration ?? null,
  };
}

/**
 * Where the calibration sector of this chip may lie, inside its flash, likeliest first: by its table, and by its
 * model. One that does not tell its model may have it where any basic chip has.
 */
export function usualCalibrations(target: LaidOut): number[] {
  const { chip, flashSize } = target;
  const told = usualPlaces(target).layout.calibration;
  const usual = possibleModels(chip, 'basic').flatMap(({ layout }) => layout.calibration);
  return [...new Set([...told, ...usual])].filter((address) => address + SECTOR <= flashSize);
}

/** First byte behind the code area that must not be overwritten: calibration, or the end of flash. */
export function firstKept(target: LaidOut): number {
  return Math.min(target.flashSize, ...layoutOf(target).calibration);
}

/** Cortex-M33 chips: other code in another layout, which no image here is known to be for. */
export function isOtherCore(chip: ChipName | null): boolean {
  return modelOrUntold(chip).core !== 'arm9';
}
