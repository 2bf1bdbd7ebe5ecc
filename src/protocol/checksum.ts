/** The chip stops before CRC-32's final inversion; this turns its value into zlib's, and back. */
export function invertCrc(raw: number): number {
  return ~raw >>> 0;
}
