import { crc32 } from 'node:zlib';
import { SECTOR } from '../chip/geometry';

/** Hex digits of one checksum. */
const DIGITS = 8;
const LIST = /^(?:[0-9a-f]{8})+$/;

/**
 * The checksums of a backup's sectors, one after the other in hex: by them other backups are searched for what a chip
 * has, without a look at their bytes.
 * @param offset flash address of the first byte
 * @returns undefined where the bytes are no whole sectors
 */
export function listSectors(offset: number, bytes: Uint8Array): string | undefined {
  if (offset % SECTOR !== 0 || bytes.length === 0 || bytes.length % SECTOR !== 0) return undefined;
  let list = '';
  for (let at = 0; at < bytes.length; at += SECTOR) {
    const crc = crc32(bytes.subarray(at, at + SECTOR));
    list += crc.toString(16).padStart(DIGITS, '0');
  }
  return list;
}

/** Whether a text is such a list for so many bytes. */
export function isSectorList(text: unknown, length: number): text is string {
  return typeof text === 'string' && text.length * SECTOR === length * DIGITS && LIST.test(text);
}

/** zlib's CRC-32 of one sector; undefined behind the end. @param at bytes from the beginning of the backup */
export function sectorCrc(list: string, at: number): number | undefined {
  const place = (at / SECTOR) * DIGITS;
  if (at < 0 || at % SECTOR !== 0 || place >= list.length) return undefined;
  return Number.parseInt(list.slice(place, place + DIGITS), 16);
}
