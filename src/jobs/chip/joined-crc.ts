import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';

const ZEROS = Buffer.alloc(SECTOR);
const AFTER_ZEROS = crc32(ZEROS);
/** What each byte of a checksum becomes when a sector follows, by its place in the checksum. */
const SHIFTED = [0, 8, 16, 24].map((place) =>
  Uint32Array.from({ length: 256 }, (_, byte) => byte).map((byte) => shiftSlowly(byte << place)),
);

/**
 * The checksum of sectors that follow one another, made of theirs: what the chip says of a block can be compared
 * with sectors whose bytes nobody has at hand.
 * @param crcs zlib's CRC-32 of each sector, at least one
 */
export function joinedCrc(crcs: Iterable<number>): number {
  let joined = 0;
  for (const crc of crcs) joined = shift(joined) ^ crc;
  return joined >>> 0;
}

/** A CRC is linear but for what it begins and ends with: a sector that follows moves each bit by itself. */
function shift(crc: number): number {
  const [a, b, c, d] = SHIFTED as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  const at = (table: Uint32Array, place: number) => table[(crc >>> place) & 0xff] as number;
  return at(a, 0) ^ at(b, 8) ^ at(c, 16) ^ at(d, 24);
}

function shiftSlowly(crc: number): number {
  return (crc32(ZEROS, crc >>> 0) ^ AFTER_ZEROS) >>> 0;
}
