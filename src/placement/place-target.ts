import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import { modelOrUntold } from '../chip/known/chip-places';
import type { Layout, Region } from '../chip/layouts';
import { hex } from '../errors';
import { partitionRegion } from '../image/code/partitions';
import { type Note, say } from '../texts/note';
import type { PlacedPiece, PlaceTarget } from './place-types';

export { mustFit } from './fit';
export * from './place-types';

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

/** First byte behind the code area that must not be overwritten: calibration, or the end of flash. */
export function firstKept(target: PlaceTarget): number {
  const { calibration, flashSize } = target;
  const known = calibration == null ? layoutOf(target).calibration : [calibration];
  return Math.min(flashSize, ...known);
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
export function span({ offset, length }: Region): Note {
  return say('placement.span', { start: hex(offset), end: hex(offset + length - 1) });
}
