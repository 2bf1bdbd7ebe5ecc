import { SECTOR } from '../../chip/geometry';
import { byteSum, type DataKey, dataKeys, decrypt } from './tuya-keys';

/** A sector with the device's key, from which the key of the data is made. */
export interface KeySector {
  offset: number;
  deviceKey: Buffer;
}

/** A data sector, decrypted. */
export interface DataSector {
  offset: number;
  /** Which block of the storage it holds; copies of one block lie in several sectors. */
  id: number;
  /** Counts how often this block was written: the highest is the newest. */
  generation: number;
  /** The checksum over the sector is right. */
  sumOk: boolean;
  bytes: Buffer;
}

/** Marks the key sector and the protected one. Source of all of this: the public tools, real dumps. */
const KEY_MAGIC = 0x13579753;
/** Marks data sectors, the second those of newer SDKs. */
const DATA_MAGICS: readonly number[] = [0x98761234, 0x135726ab];
const CIPHER_BLOCK = 16;
const KEY_START = 8;
const KEY_END = KEY_START + 16;
/**
 * How far behind its key the data may reach. 17 sectors were seen; a sector that a power cut left
 * blank or half erased must not hide those behind it.
 */
const MOST_DATA_SECTORS = 32;
/** More sectors than this with the magic is a file made to keep us busy. */
const MOST_KEY_SECTORS = 16;

/** Offsets of the sectors that begin with the magic of key and protected sectors. */
export function marked(bytes: Uint8Array): number[] {
  const sectors = Math.floor(bytes.length / SECTOR);
  return firstWords(bytes, 0, sectors)
    .flatMap((word, index) => (word === KEY_MAGIC ? [index * SECTOR] : []))
    .slice(0, MOST_KEY_SECTORS);
}

/** The key sector at this offset; null where there is none. */
export function readKeySector(bytes: Uint8Array, offset: number): KeySector | null {
  if (offset + SECTOR > bytes.length) return null;
  const head = decrypt(bytes.subarray(offset, offset + 2 * CIPHER_BLOCK));
  if (head.readUInt32LE(0) !== KEY_MAGIC) return null;
  // Only the key is summed: that tells it from the protected sector, where everything is.
  if (head.readUInt32LE(4) !== byteSum(head, KEY_START, KEY_END)) return null;
  return { offset, deviceKey: head.subarray(KEY_START, KEY_END) };
}

/** The data key that opens the most sectors behind this key sector; null when none opens any. */
export function findDataKey(
  bytes: Uint8Array,
  { offset, deviceKey }: KeySector,
): { key: DataKey; sectors: number } | null {
  let best: { key: DataKey; sectors: number } | null = null;
  for (const key of dataKeys(deviceKey)) {
    const sectors = dataOffsets(bytes, offset, key).length;
    if (sectors > (best?.sectors ?? 0)) best = { key, sectors };
  }
  return best;
}

/** The data sectors behind a key sector, decrypted, in the order in which they lie. */
export function readDataSectors(bytes: Uint8Array, keyOffset: number, key: DataKey): DataSector[] {
  return dataOffsets(bytes, keyOffset, key).map((offset) => {
    const plain = decrypt(bytes.subarray(offset, offset + SECTOR), key.key);
    return {
      offset,
      id: plain.readUInt16LE(8),
      generation: plain.readUInt32LE(10),
      sumOk: plain.readUInt32LE(4) === byteSum(plain, 8),
      bytes: plain,
    };
  });
}

/** A protected sector, decrypted with both keys; null where there is none that belongs to this key. */
export function readProtectedSector(
  bytes: Uint8Array,
  offset: number,
  deviceKey: Uint8Array,
  key: DataKey,
): Buffer | null {
  if (offset + SECTOR > bytes.length) return null;
  const plain = decrypt(bytes.subarray(offset, offset + SECTOR));
  if (plain.readUInt32LE(0) !== KEY_MAGIC) return null;
  if (plain.readUInt32LE(4) !== byteSum(plain, 8)) return null;
  if (!plain.subarray(KEY_START, KEY_END).equals(deviceKey)) return null;
  const inner = decrypt(plain.subarray(2 * CIPHER_BLOCK), key.key);
  return inner.subarray(0, Math.min(plain.readUInt32LE(24), inner.length));
}

function dataOffsets(bytes: Uint8Array, keyOffset: number, { key }: DataKey): number[] {
  const start = keyOffset + SECTOR;
  const whole = Math.floor((bytes.length - start) / SECTOR);
  const sectors = Math.max(0, Math.min(whole, MOST_DATA_SECTORS));
  return firstWords(bytes, start, sectors, key).flatMap((word, index) =>
    DATA_MAGICS.includes(word) ? [start + index * SECTOR] : [],
  );
}

/** The first word of each of so many sectors, decrypted in one go. */
function firstWords(bytes: Uint8Array, start: number, sectors: number, key?: Uint8Array): number[] {
  const heads = Buffer.alloc(sectors * CIPHER_BLOCK);
  for (let index = 0; index < sectors; index++) {
    const at = start + index * SECTOR;
    heads.set(bytes.subarray(at, at + CIPHER_BLOCK), index * CIPHER_BLOCK);
  }
  const plain = decrypt(heads, key);
  return Array.from({ length: sectors }, (_, index) => plain.readUInt32LE(index * CIPHER_BLOCK));
}
