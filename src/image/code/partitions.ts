import { crc32 } from 'node:zlib';
import { BOOTLOADER_END } from '../../chip/geometry';
import type { PartitionEntry, Region } from '../../chip/layouts';
import { withoutEndNuls } from '../nul-text';
import { onFlash, PACKET, stripPackets } from './packets';

/** One entry of the partition table that RT-Thread bootloaders carry ("FAL"). */
export interface Partition extends PartitionEntry {
  /** The flash device that it names, as `beken_onchip_crc`. */
  device: string;
  /** Where the entry begins in the bytes without check bytes. */
  at: number;
  /** The checksum of the entry; 0 where none was made, as in Tuya's. */
  crc: number;
}

/** Length of names and devices: RT-Thread's own, and LibreTiny's in UF2 files. */
export const FAL_NAME = 24;
export const UF2_FAL_NAME = 16;

const MAGIC = Buffer.from('01PE', 'latin1');
/** Magic, offset, length and checksum. */
const NUMBERS = 16;
/** More places than this that begin like an entry are not looked at. */
const MOST_PLACES = 1024;
/** No table is as long as this. */
const MOST_PARTITIONS = 64;

/**
 * The partition table inside a dump's bootloader, in its order; empty where there is none. The table
 * lies in clear even where the code around it is encrypted. Source: real dumps.
 */
export function readPartitions(dump: Uint8Array): Partition[] {
  return readPartitionTable(stripPackets(dump, 0, BOOTLOADER_END / PACKET), FAL_NAME);
}

/** The entries that lie anywhere in plain bytes; those with a wrong checksum are left out. */
export function readPartitionTable(bytes: Uint8Array, nameLength: number): Partition[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const partitions: Partition[] = [];
  const length = NUMBERS + 2 * nameLength;
  let places = 0;
  for (
    let at = all.indexOf(MAGIC);
    at >= 0 && at + length <= all.length && partitions.length < MOST_PARTITIONS;
    at = all.indexOf(MAGIC, at + 1)
  ) {
    if (++places > MOST_PLACES) break;
    const entry = all.subarray(at, at + length);
    const name = text(entry, 4, nameLength);
    const device = text(entry, 4 + nameLength, nameLength);
    const crc = entry.readUInt32LE(length - 4);
    if (name === null || device === null) continue;
    if (crc !== 0 && crc !== crc32(entry.subarray(0, length - 4))) continue;
    partitions.push({
      name,
      packets: device.endsWith('_crc'),
      offset: entry.readUInt32LE(length - 12),
      length: entry.readUInt32LE(length - 8),
      device,
      at,
      crc,
    });
  }
  return partitions;
}

/** Where a partition lies on flash, check bytes included. */
export function partitionRegion({ packets, offset, length }: PartitionEntry): Region {
  if (!packets) return { offset, length };
  const start = onFlash(offset);
  return { offset: start, length: onFlash(offset + length) - start };
}

/**
 * Where the application's slot ends by a flash's own table; null where that does not tell, or makes no sense.
 * @param size of the flash, bytes
 */
export function ownAppEnd(partitions: readonly Partition[], size: number): number | null {
  const own = partitions.find(({ name }) => name === 'app');
  if (own === undefined) return null;
  const { offset, length } = partitionRegion(own);
  const end = offset + length;
  return offset === BOOTLOADER_END && length > 0 && end <= size ? end : null;
}

/** Printable text padded with NUL; null for anything else. */
function text(entry: Buffer, offset: number, length: number): string | null {
  const field = withoutEndNuls(entry.toString('latin1', offset, offset + length));
  return /^[\x21-\x7e]+$/.test(field) ? field : null;
}
