import { crc32 } from 'node:zlib';

/** The polynomial of zlib's CRC-32, its bits reflected. */
const POLYNOMIAL = 0xedb8_8320;
/** So many bytes in a row are enough to reach any checksum. */
export const FREE_BYTES = 4;

/** By their lowest byte, what a step of eight bits adds to a state. */
const FORWARD = new Uint32Array(256);
/** By the highest byte of what it has added, that lowest byte: no two have the same one. */
const LOWEST = new Uint8Array(256);

for (let low = 0; low < 256; low++) {
  let state = low;
  for (let bit = 0; bit < 8; bit++) state = (state >>> 1) ^ (state & 1 ? POLYNOMIAL : 0);
  FORWARD[low] = state;
  LOWEST[state >>> 24] = low;
}

/**
 * Changes the four bytes at `at` so that all of them together have a checksum; the others stay as they are.
 * @param crc zlib's CRC-32
 */
export function forge(bytes: Buffer, at: number, crc: number): void {
  const before = ~crc32(bytes.subarray(0, at)) >>> 0;
  let state = ~crc >>> 0;
  for (let index = bytes.length - 1; index >= at + FREE_BYTES; index--) {
    state = (stepBack(state) ^ (bytes[index] as number)) >>> 0;
  }
  for (let step = 0; step < FREE_BYTES; step++) state = stepBack(state);
  bytes.writeUInt32LE((state ^ before) >>> 0, at);
}

/** The state before a step of eight bits, with the byte that went in still in its lowest bits. */
function stepBack(state: number): number {
  const low = LOWEST[state >>> 24] as number;
  return (((state ^ (FORWARD[low] as number)) << 8) | low) >>> 0;
}
