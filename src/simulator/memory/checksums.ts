import { crc32 } from 'node:zlib';

const CRC32_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** Table entries are told apart by their top byte, which lets a CRC be run backwards. */
const BY_TOP_BYTE = new Uint8Array(256);
for (let index = 0; index < 256; index++) {
  BY_TOP_BYTE[(CRC32_TABLE[index] as number) >>> 24] = index;
}

/** Sets the last four bytes so that zlib's crc32 of all the bytes is `target`. */
export function forgeCrc32(bytes: Buffer, target: number): void {
  const gap = bytes.length - 4;
  const before = (crc32(bytes.subarray(0, gap)) ^ 0xffffffff) >>> 0;
  let state = (target ^ 0xffffffff) >>> 0;
  for (let step = 0; step < 4; step++) {
    const index = BY_TOP_BYTE[state >>> 24] as number;
    state = (((state ^ (CRC32_TABLE[index] as number)) << 8) | index) >>> 0;
  }
  bytes.writeUInt32LE((state ^ before) >>> 0, gap);
}

const CRC16_TABLE = Uint16Array.from({ length: 256 }, (_, index) => {
  let value = index << 8;
  for (let bit = 0; bit < 8; bit++) value = value & 0x8000 ? (value << 1) ^ 0x8005 : value << 1;
  return value & 0xffff;
});

/**
 * The check that the chip's flash controller keeps after every 32 bytes of code: polynomial 8005,
 * start FFFF, nothing reflected or inverted.
 */
export function crc16(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let value = 0xffff;
  for (let at = start; at < end; at++) {
    const index = (value >>> 8) ^ (bytes[at] as number);
    value = ((value << 8) ^ (CRC16_TABLE[index] as number)) & 0xffff;
  }
  return value;
}
