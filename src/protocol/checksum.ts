import { crc32 as zlibCrc32 } from 'node:zlib';

/** zlib's CRC-32 as an unsigned number. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  return zlibCrc32(bytes, seed);
}

/** The chip stops before CRC-32's final inversion; this turns its value into zlib's, and back. */
export function invertCrc(raw: number): number {
  return ~raw >>> 0;
}
