import type { ChipName, Family } from './chips';

export interface BootloaderFacts {
  /** zlib CRC-32 over the first 256 bytes of flash (basic) or 257 (full: the end byte is counted). */
  crc: number;
  chip: ChipName;
  family: Family;
  name: string;
  version: string | null;
  /** Which code key its chips carry in eFuse. */
  key: 'tuya' | 'none';
  /** Flash size in bytes where the bootloader settles it. */
  flashSize: number | null;
}

const MIB = 1024 * 1024;

/** Source: bk7231tools' table; E14191BA, 4B31E44D, BA54C1B8 and E5CBC953 were seen on real dumps. */
export const BOOTLOADERS: readonly BootloaderFacts[] = [
  full(0xe14191ba, 'BK7231N', 'BK7231N', '1.0.1', 'tuya'),
  full(0xf42f8c32, 'BK7238', 'BK7238 T1', '2.0.0', 'none'),
  full(0x6beb0924, 'BK7238', 'BK7238', '1.0.14', 'none'),
  basic(0xf0231ef6, 'BK7231Q', 'BK7231Q', null, 'none', null),
  basic(0xff5a3eac, 'BK7231Q', 'BK7231Q', null, 'none', null),
  basic(0xc1eca871, 'BK7231T', 'BK7231S', '1.0.1', 'tuya', 2 * MIB),
  basic(0x4b31e44d, 'BK7231T', 'BK7231S', '1.0.3', 'tuya', 2 * MIB),
  basic(0xba54c1b8, 'BK7231T', 'BK7231S', '1.0.5', 'tuya', 2 * MIB),
  basic(0xe5cbc953, 'BK7231T', 'BK7231S', '1.0.6', 'tuya', 2 * MIB),
  basic(0x2739019f, 'BK7231U', 'BK7231U', '1.0.6', 'none', 2 * MIB),
  basic(0x39f9b50c, 'BK7252', 'BK7252', '0.1.3', 'none', null),
  basic(0xe3a27c26, 'BK7252', 'BK7252 SDK', null, 'none', null),
];

/** Checksums that mean that there is no bootloader, over 257 (full) and 256 bytes (basic). Source: arithmetic. */
export const NO_BOOTLOADER = {
  /** Sector 0 is all FF: the chip cannot start. */
  blank: [0xb397b8f6, 0xfea8a821],
  /** Flash reads as zeros: it does not answer at all. */
  zeros: [0xb7bfa0ce, 0x0d968558],
} as const;

function full(
  crc: number,
  chip: ChipName,
  name: string,
  version: string,
  key: 'tuya' | 'none',
): BootloaderFacts {
  return { crc, chip, family: 'full', name, version, key, flashSize: null };
}

function basic(
  crc: number,
  chip: ChipName,
  name: string,
  version: string | null,
  key: 'tuya' | 'none',
  flashSize: number | null,
): BootloaderFacts {
  return { crc, chip, family: 'basic', name, version, key, flashSize };
}
