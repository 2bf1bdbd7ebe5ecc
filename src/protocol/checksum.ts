/** The chip stops before CRC-32's final inversion; this turns its value into zlib's, and back. */
export function invertCrc(raw: number): number {
  return ~raw >>> 0;
}

/** CRC-32's polynomial, lowest bit first. */
const POLYNOMIAL = 0xedb88320;

/** What zeros behind it make of a checksum, by how many they are, bytes: matrices of bits. Few lengths come again and again. */
const behind = new Map<number, readonly number[]>();
const MOST_KEPT = 16;

/**
 * zlib's CRC-32 of two stretches one behind the other, from those of each. After zlib's crc32_combine.
 * @param length of the second, bytes
 */
export function joinCrcs(first: number, second: number, length: number): number {
  return (times(zerosBehind(length), first) ^ second) >>> 0;
}

/** Made by squaring what one zero bit does to a checksum. */
function zerosBehind(length: number): readonly number[] {
  const known = behind.get(length);
  if (known !== undefined) return known;
  let made = Array.from({ length: 32 }, (_, bit) => (1 << bit) >>> 0);
  let step = Array.from({ length: 32 }, (_, bit) => (bit === 0 ? POLYNOMIAL : 1 << (bit - 1)));
  for (let bits = 8 * length; bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) made = product(step, made);
    step = product(step, step);
  }
  if (behind.size < MOST_KEPT) behind.set(length, made);
  return made;
}

function product(matrix: readonly number[], other: readonly number[]): number[] {
  return other.map((column) => times(matrix, column));
}

/** A matrix of bits, by its columns, and a vector. */
function times(matrix: readonly number[], vector: number): number {
  let sum = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((vector >>> bit) & 1) sum ^= matrix[bit] as number;
  }
  return sum;
}
