import type { CodeKey } from '../marker';
import type { ChipName, Family } from './chips';

export interface BootloaderFacts {
  /** zlib CRC-32 over the first 256 bytes of flash (basic) or 257 (full: the end byte is counted). */
  crc: number;
  /** The model that it tells; null where it does not. A full chip tells its model itself. */
  chip: ChipName | null;
  /** The models that it was seen on: more than one where it does not tell which, none where nobody noted it. */
  chips: readonly ChipName[];
  family: Family;
  name: string;
  version: string | null;
  /** Which code key its chips carry in eFuse: `custom` is one of their maker's; null where that is not known. */
  key: CodeKey | 'custom' | null;
  /** Flash size in bytes where the bootloader settles it. */
  flashSize: number | null;
  /** Where its table has the download slot, which the chip's own table tells as well; null for where the chips usually have it. */
  download: number | null;
}

const MIB = 1024 * 1024;

/**
 * Sources: bk7231tools' table, with E14191BA, 4B31E44D, BA54C1B8 and E5CBC953 seen on real dumps; those behind it
 * reports of ltchiptool (issues 78 and 80) and Elektroda (topic 4032988): Uascent's modules have a key of their own
 * which eFuse reads as zeros, and Dreo's another key than Tuya's. What was not reported of one is told by the flash.
 */
export const BOOTLOADERS: readonly BootloaderFacts[] = [
  full(0xe14191ba, ['BK7231N'], 'BK7231N', '1.0.1', 'tuya'),
  full(0xf42f8c32, ['BK7238'], 'BK7238 T1', '2.0.0', 'none'),
  full(0x6beb0924, ['BK7238'], 'BK7238', '1.0.14', 'none'),
  basic(0xf0231ef6, ['BK7231Q'], 'BK7231Q', null, 'none', null),
  basic(0xff5a3eac, ['BK7231Q'], 'BK7231Q', null, 'none', null),
  basic(0xc1eca871, ['BK7231T'], 'BK7231S', '1.0.1', 'tuya', 2 * MIB),
  basic(0x4b31e44d, ['BK7231T'], 'BK7231S', '1.0.3', 'tuya', 2 * MIB),
  basic(0xba54c1b8, ['BK7231T'], 'BK7231S', '1.0.5', 'tuya', 2 * MIB),
  basic(0xe5cbc953, ['BK7231T'], 'BK7231S', '1.0.6', 'tuya', 2 * MIB),
  basic(0x2739019f, ['BK7231U'], 'BK7231U', '1.0.6', 'none', 2 * MIB),
  basic(0x39f9b50c, ['BK7252'], 'BK7252', '0.1.3', 'none', null),
  basic(0xe3a27c26, ['BK7252'], 'BK7252 SDK', null, 'none', null),
  { ...full(0xae323e12, ['BK7231N'], 'Uascent', '1.0.13', 'custom'), download: 0x143000 },
  full(0x698e014a, ['BK7231N', 'BK7231M'], 'Dreo', null, null),
  full(0x8e4e6cdb, [], 'BK72xx', null, null),
  full(0x6c86cd3d, [], 'BK72xx', null, null),
  basic(0x42c221ea, ['BK7231Q'], 'BK7231Q', null, 'none', null),
  basic(0x8bcec3b4, ['BK7231U', 'BK7252'], 'BK7231U or BK7252', '1.0.15', 'none', null),
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
  chips: readonly ChipName[],
  name: string,
  version: string | null,
  key: BootloaderFacts['key'],
): BootloaderFacts {
  return {
    crc,
    ...seenOn(chips),
    family: 'full',
    name,
    version,
    key,
    flashSize: null,
    download: null,
  };
}

function basic(
  crc: number,
  chips: readonly ChipName[],
  name: string,
  version: string | null,
  key: BootloaderFacts['key'],
  flashSize: number | null,
): BootloaderFacts {
  return { crc, ...seenOn(chips), family: 'basic', name, version, key, flashSize, download: null };
}

function seenOn(chips: readonly ChipName[]): Pick<BootloaderFacts, 'chip' | 'chips'> {
  return { chip: chips.length === 1 ? (chips[0] ?? null) : null, chips };
}
