/** A UF2 file is a row of blocks of this length, each with its own header. */
export const UF2_BLOCK = 512;

const START = [0x0a324655, 0x9e5d5157] as const;
const END = 0x0ab16f30;
const DATA = 32;
/** Data and tags share the room between header and end mark. */
const MOST_DATA = 476;

export const UF2_FLAGS = {
  notFlash: 0x1,
  fileContainer: 0x1000,
  family: 0x2000,
  tags: 0x8000,
} as const;

export interface Uf2Block {
  flags: number;
  address: number;
  data: Buffer;
  sequence: number;
  /** How many blocks the file should have. */
  total: number;
  family: number;
  /** By number; of tags that come twice the first. */
  tags: Map<number, Buffer>;
}

/** True where the bytes begin like a UF2 file. */
export function beginsLikeUf2(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'UF2\n';
}

/** The block at the start of the bytes; null where it is cut off or damaged. Source: the format's definition. */
export function readUf2Block(bytes: Uint8Array): Uf2Block | null {
  if (bytes.length < UF2_BLOCK) return null;
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, UF2_BLOCK);
  const framed =
    block.readUInt32LE(0) === START[0] &&
    block.readUInt32LE(4) === START[1] &&
    block.readUInt32LE(UF2_BLOCK - 4) === END;
  const length = block.readUInt32LE(16);
  if (!framed || length > MOST_DATA) return null;
  const flags = block.readUInt32LE(8);
  return {
    flags,
    address: block.readUInt32LE(12),
    data: block.subarray(DATA, DATA + length),
    sequence: block.readUInt32LE(20),
    total: block.readUInt32LE(24),
    family: flags & UF2_FLAGS.family ? block.readUInt32LE(28) : 0,
    tags: flags & UF2_FLAGS.tags ? readTags(block, DATA + length) : new Map(),
  };
}

/** Tags are one behind the other: a byte with their length, three with their number, what they say. */
function readTags(block: Buffer, start: number): Map<number, Buffer> {
  const tags = new Map<number, Buffer>();
  let at = start;
  while (at + 4 <= DATA + MOST_DATA) {
    const size = block.readUInt8(at);
    if (size < 4 || at + size > DATA + MOST_DATA) break;
    const number = block.readUIntLE(at + 1, 3);
    if (!tags.has(number)) tags.set(number, block.subarray(at + 4, at + size));
    at += (size + 3) & ~3;
  }
  return tags;
}
