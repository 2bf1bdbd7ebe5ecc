import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { factsOfLayout } from '../../chip/known/chip-places';
import { CHIPS, type ChipName } from '../../chip/known/chips';
import type { BootloaderImage } from '../code/bootloader';
import { partitionRegion } from '../code/partitions';
import type { DumpImage } from '../detect/dump-format';
import type { PartialDump } from '../evidence/partial-dump';
import type { InspectedPartition, Inspection } from './inspect-types';

/** A place in flash, before it was looked into. */
export type Place = Omit<InspectedPartition, 'empty'>;

/** No bootloader has a table as long as this. */
const MOST_PARTITIONS = 32;

export function inspectBootloader(
  { crc, known, ...said }: BootloaderImage,
  chip: ChipName | null,
): NonNullable<Inspection['bootloader']> {
  const family = known?.family ?? (chip === null ? 'basic' : CHIPS[chip].family);
  // Some versions begin alike: what the code says outranks the checksum over its beginning.
  const [name, version] = said.name?.split('_') ?? [];
  return {
    name: name ?? known?.name ?? null,
    version: version ?? known?.version ?? null,
    crc: (crc[family] ?? 0).toString(16).padStart(8, '0'),
    known: known !== null,
  };
}

/** As much of a flash as its places are told by. */
type Laid = Pick<DumpImage, 'partitions' | 'flash' | 'calibration'>;

/** Where a dump's parts lie: by its own table, as far as that can be, or else as is usual for the chip. */
export function placesOf(dump: Laid, chip: ChipName | null): Place[] {
  const table = tableOf(dump).filter((place) => fits(place, dump));
  if (table.length > 0) return table;
  if (chip === null) return [];
  const calibration = dump.calibration?.offset ?? null;
  const { app, download } = factsOfLayout(chip, { download: null, calibration }).layout;
  const bootloader = { name: 'bootloader', offset: 0, length: BOOTLOADER_END };
  const places = [bootloader, { name: 'app', ...app }, { name: 'download', ...download }];
  return places.filter(({ length }) => length > 0);
}

/** The same for a part of a flash: those of which it holds all. */
export function placesInPart(
  part: PartialDump,
  bootloader: BootloaderImage | null,
  chip: ChipName | null,
): Place[] {
  const places = placesOf({ ...part, partitions: bootloader?.partitions ?? [] }, chip);
  return places.filter(({ offset, length }) => offset >= part.start && offset + length <= part.end);
}

/** Names of what the dump's own table puts beyond the end of the flash: nobody can make use of that. */
export function misplaced(dump: DumpImage): string[] {
  return tableOf(dump)
    .filter((place) => !fits(place, dump))
    .map(({ name }) => name);
}

function tableOf({ partitions }: Laid): Place[] {
  return partitions
    .slice(0, MOST_PARTITIONS)
    .map((partition) => ({ name: partition.name, ...partitionRegion(partition) }));
}

function fits({ offset, length }: Place, { flash }: Laid): boolean {
  return offset + length <= flash.length;
}

/** The places that the bytes hold, and whether there is anything in them. */
export function lookInto(bytes: Uint8Array, places: readonly Place[]): InspectedPartition[] {
  const blank = Buffer.alloc(SECTOR, 0xff);
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sectors: boolean[] = [];
  for (let at = 0; at < all.length; at += SECTOR) {
    const sector = all.subarray(at, at + SECTOR);
    sectors.push(sector.equals(blank.subarray(0, sector.length)));
  }
  const isEmpty = (start: number, end: number): boolean => {
    for (let at = start; at < end; ) {
      const next = Math.min(end, (Math.floor(at / SECTOR) + 1) * SECTOR);
      const part = all.subarray(at, next);
      if (!sectors[Math.floor(at / SECTOR)] && !part.equals(blank.subarray(0, part.length)))
        return false;
      at = next;
    }
    return true;
  };
  return places
    .filter(({ offset }) => offset < all.length)
    .map((place) => ({
      ...place,
      empty: isEmpty(place.offset, Math.min(all.length, place.offset + place.length)),
    }));
}
