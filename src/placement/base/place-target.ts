import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import { possibleModels } from '../../chip/known/chip-queries';
import type { ChipName } from '../../chip/known/chips';
import type { Layout, Region } from '../../chip/layouts';
import { partitionRegion } from '../../image/code/partitions';
import type { PlaceTarget } from './place-types';

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
  return modelOrUntold(chip).layout;
}

/**
 * Where the calibration sector of this chip usually lies, inside its flash. One that does not tell its model may have
 * it where any basic chip has.
 */
export function usualCalibrations({
  chip,
  flashSize,
}: Pick<PlaceTarget, 'chip' | 'flashSize'>): number[] {
  const addresses = possibleModels(chip, 'basic').flatMap(({ layout }) => layout.calibration);
  return [...new Set(addresses)].filter((address) => address + SECTOR <= flashSize);
}

/** First byte behind the code area that must not be overwritten: calibration, or the end of flash. */
export function firstKept(target: PlaceTarget): number {
  const { calibration, flashSize } = target;
  const known = calibration == null ? layoutOf(target).calibration : [calibration];
  return Math.min(flashSize, ...known);
}

/** Cortex-M33 chips: other code in another layout, which no image here is known to be for. */
export function isOtherCore(chip: ChipName | null): boolean {
  return modelOrUntold(chip).core !== 'arm9';
}
