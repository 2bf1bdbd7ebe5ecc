import { crc32 } from 'node:zlib';
import { BOOTLOADER_END } from '../../chip/geometry';
import { BOOTLOADERS, type BootloaderFacts } from '../../chip/known/bootloaders';
import type { Family } from '../../chip/known/chips';
import { type CodeKey, markerKey } from '../../chip/marker';
import { applyKey, NO_KEY, TUYA_KEY } from './encryption';
import { PACKET, stripPackets } from './packets';
import { FAL_NAME, type Partition, readPartitionTable } from './partitions';

/** Checksums over this many bytes name bootloaders: the chips of the full family count one more. */
const CHECKED: Readonly<Record<Family, number>> = { basic: 256, full: 257 };
/** What a bootloader calls itself in its code. Source: real dumps. */
const NAME = /(?<![A-Za-z])BK72\w{1,4}_\d{1,3}\.\d{1,3}\.\d{1,3}/;
/** Images for N have this text in clear behind the vectors. Source: real dumps. */
const CHIP_TEXT = Buffer.from('BK7231\0\0', 'latin1');
const CHIP_TEXT_AT = 0x100;

/** What the bootloader at the start of a flash tells. */
export interface BootloaderImage {
  /** zlib CRC-32 by which each family's chips would be told; null where the bytes are too short. */
  crc: Readonly<Record<Family, number | null>>;
  /** The row of the table that it fits. */
  known: BootloaderFacts | null;
  /** What it calls itself, as `<chip>_1.0.1`: some versions begin alike, so this outranks the table. */
  name: string | null;
  key: CodeKey | null;
  /** `BK7231` stands where only bootloaders of N and M have it. */
  saysBk7231: boolean;
  /** The partition table in it, in its order, which lies in clear whatever the key; empty where there is none. */
  partitions: Partition[];
}

/**
 * Reads the bootloader that a dump begins with, whatever the bytes are. Never throws.
 * @param key which key it is stored with, where the caller knows better than its first words
 */
export function readBootloader(
  bytes: Uint8Array,
  key = markerKey(bytes, 0, 'bootloader'),
): BootloaderImage {
  const crc = { basic: checksum(bytes, CHECKED.basic), full: checksum(bytes, CHECKED.full) };
  const code = stripPackets(bytes, 0, BOOTLOADER_END / PACKET);
  const text = code.subarray(CHIP_TEXT_AT, CHIP_TEXT_AT + CHIP_TEXT.length);
  const saysBk7231 = text.equals(CHIP_TEXT);
  const partitions = readPartitionTable(code, FAL_NAME);
  if (key !== null) applyKey(code, 0, key === 'tuya' ? TUYA_KEY : NO_KEY);
  return {
    crc,
    known: BOOTLOADERS.find((row) => crc[row.family] === row.crc) ?? null,
    name: key === null ? null : (NAME.exec(code.toString('latin1'))?.[0] ?? null),
    key,
    saysBk7231,
    partitions,
  };
}

function checksum(bytes: Uint8Array, length: number): number | null {
  return bytes.length < length ? null : crc32(bytes.subarray(0, length));
}
