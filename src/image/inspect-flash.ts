import { crc32 } from 'node:zlib';
import { BOOTLOADERS } from '../chip/bootloaders';
import { CHIPS, type ChipName } from '../chip/families';
import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import { LAYOUTS } from '../chip/layouts';
import type { InspectedPartition, Inspection } from './inspect-types';
import { PACKET, PACKET_DATA } from './packets';
import { readPartitions } from './partitions';

/** A place in flash, before it was looked into. */
export type Place = Omit<InspectedPartition, 'empty'>;

/** What a bootloader calls itself in its code. Source: real dumps. */
const NAME = /(BK72\w{1,4})_(\d{1,3}\.\d{1,3}\.\d{1,3})/;
/** Checksums over this many bytes name bootloaders: chips of the full family count one more. */
const CHECKED = { basic: 256, full: 257 } as const;
/** No bootloader has a table as long as this. */
const MOST_PARTITIONS = 32;
/** The application's packets end here, where Tuya's containers do. Source: real dumps. */
export const USUAL_APP_END = 0x129f70;

/** The bootloader at the start of the bytes. `text` is its plain code, one letter a byte. */
export function inspectBootloader(
  bytes: Uint8Array,
  text: string,
  chip: ChipName | null,
): NonNullable<Inspection['bootloader']> {
  const crcs = { basic: checksum(bytes, CHECKED.basic), full: checksum(bytes, CHECKED.full) };
  const known = BOOTLOADERS.find(({ crc, family }) => crcs[family] === crc);
  const family = known?.family ?? (chip === null ? 'basic' : CHIPS[chip].family);
  const said = NAME.exec(text);
  return {
    name: said?.[1] ?? known?.name ?? null,
    // Some versions begin alike: what the code says outranks the checksum over its beginning.
    version: said?.[2] ?? known?.version ?? null,
    crc: crcs[family].toString(16).padStart(8, '0'),
    known: known !== undefined,
  };
}

/** Where a dump's parts lie: by its own table, or else as is usual for the chip. */
export function placesOf(bytes: Uint8Array, chip: ChipName | null): Place[] {
  const table = readPartitions(bytes).slice(0, MOST_PARTITIONS);
  if (table.length > 0)
    return table.map(({ name, packets, offset, length }) =>
      packets
        ? { name, offset: inPackets(offset), length: inPackets(length) }
        : { name, offset, length },
    );
  if (chip === null) return [];
  const { app, download } = LAYOUTS[chip];
  const bootloader = { name: 'bootloader', offset: 0, length: BOOTLOADER_END };
  const places = [bootloader, { name: 'app', ...app }, { name: 'download', ...download }];
  return places.filter(({ length }) => length > 0);
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

function checksum(bytes: Uint8Array, length: number): number {
  return crc32(bytes.subarray(0, length));
}

function inPackets(data: number): number {
  return Math.floor(data / PACKET_DATA) * PACKET;
}
