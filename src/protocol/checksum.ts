/** The chip stops before CRC-32's final inversion; this turns its value into zlib's, and back. */
export function invertCrc(raw: number): number {
  return ~raw >>> 0;
}

/** CRC-32's polynomial, lowest bit first. */
const POLYNOMIAL = 0xedb88320;

/**
 * zlib's CRC-32 of two stretches one behind the other, from those of each. After zlib's crc32_combine: zeros are put
 * behind the first by squaring what one zero bit does to a checksum.
 * @param length of the second, bytes
 */
export function joinCrcs(first: number, second: number, length: number): number {
  let crc = first;
  let step = Array.from({ length: 32 }, (_, bit) => (bit === 0 ? POLYNOMIAL : 1 << (bit - 1)));
  for (let bits = 8 * length; bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) crc = times(step, crc);
    step = step.map((row) => times(step, row));
  }
  return (crc ^ second) >>> 0;
}

/** A matrix of bits, by its columns, and a vector. */
function times(matrix: readonly number[], vector: number): number {
  let product = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((vector >>> bit) & 1) product ^= matrix[bit] as number;
  }
  return product;
}
