import { createCipheriv } from 'node:crypto';
import { SECTOR } from '../../chip/geometry';

/*
 * Makes storages as Tuya's firmware does, from what is known of the format, without the code that
 * reads them. Everything in them is made up.
 */

/** By their names, as the firmware calls them. */
export type TuyaValues = Readonly<Record<string, string | Buffer>>;

export interface TuyaStorageOptions {
  /** 16 bytes. */
  deviceKey?: Buffer;
  /** First four letters of the platform's name. */
  platform?: string;
  /** Data sectors; the blocks first, then an old copy of block 0 in those that are left over. */
  sectors?: number;
  blocks?: number;
  /** Magic of the data sectors. */
  magic?: number;
  /** What the old copies of block 0 hold, where the values changed since. */
  before?: TuyaValues;
}

const PAGE = 128;
const PAGES = 32;
export const DEVICE_KEY = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
export const MASTER_KEY = Buffer.from('qwertyuiopasdfgh');
const COMMON = Buffer.from('HHRRQbyemofrtytf');
export const KEY_MAGIC = 0x13579753;

/** The whole storage: key sector and data sectors, to be put at 0x1EE000 of a BK7231N or T. */
export function madeStorage(values: TuyaValues, options: TuyaStorageOptions = {}): Buffer {
  const { sectors = 17, blocks = 14, magic = 0x98761234, before = values } = options;
  const key = dataKey(options);
  const live = dataBlocks(values, blocks, magic, 7);
  const old = dataBlocks(before, blocks, magic, 6)[0] as Buffer;
  const copies = Array.from({ length: sectors - blocks }, () => old);
  return Buffer.concat([
    keySector(options),
    ...[...live, ...copies].map((sector) => encrypt(sealed(sector), key)),
  ]);
}

export function keySector({ deviceKey = DEVICE_KEY }: TuyaStorageOptions = {}): Buffer {
  const sector = Buffer.alloc(SECTOR, 0xff);
  sector.writeUInt32LE(KEY_MAGIC, 0);
  sector.writeUInt32LE(sum(deviceKey), 4);
  deviceKey.copy(sector, 8);
  return encrypt(sector, MASTER_KEY);
}

/** Blocks with an index page for each value and its pages behind, over as many blocks as it takes. */
function dataBlocks(values: TuyaValues, blocks: number, magic: number, generation: number) {
  const sectors = Array.from({ length: blocks }, (_, id) => {
    const sector = Buffer.alloc(SECTOR, 0);
    sector.writeUInt32LE(magic, 0);
    sector.writeUInt16LE(id, 8);
    sector.writeUInt32LE(generation, 10);
    sector[14] = 4;
    return sector;
  });
  let block = 0;
  let page = 1;
  const take = (): { block: number; page: number; bytes: Buffer } => {
    if (page === PAGES) {
      block++;
      page = 1;
    }
    const sector = sectors[block];
    if (sector === undefined) throw new Error('The values are too large for this storage.');
    const bytes = sector.subarray(page * PAGE, (page + 1) * PAGE);
    return { block, page: page++, bytes };
  };
  for (const [name, given] of Object.entries(values)) {
    const value = Buffer.from(given as Buffer);
    const index = take();
    const head = sectors[index.block] as Buffer;
    head[15 + (index.page >> 3)] =
      (head[15 + (index.page >> 3)] as number) | (1 << (index.page & 7));
    const parts: { block: number; first: number; last: number }[] = [];
    for (let at = 0; at < value.length; at += PAGE) {
      const place = take();
      value.subarray(at, at + PAGE).copy(place.bytes);
      const last = parts.at(-1);
      if (last?.block === place.block) last.last = place.page;
      else parts.push({ block: place.block, first: place.page, last: place.page });
    }
    index.bytes.writeUInt32LE(sum(value), 0);
    index.bytes.writeUInt32LE(value.length, 4);
    index.bytes.writeUInt16LE(index.block, 8);
    index.bytes[10] = index.page;
    index.bytes.writeUInt16LE(parts.length, 11);
    index.bytes.writeUInt32LE(0x004141c8, 13);
    index.bytes[17] = name.length + 1;
    index.bytes.write(`${name}\0`, 18, 'latin1');
    for (const [number, part] of parts.entries()) {
      const at = 19 + name.length + number * 4;
      index.bytes.writeUInt16LE(part.block, at);
      index.bytes[at + 2] = part.first;
      index.bytes[at + 3] = part.last;
    }
  }
  return sectors;
}

export function dataKey({ deviceKey = DEVICE_KEY, platform = '8710' }: TuyaStorageOptions): Buffer {
  const byte = (at: number) =>
    platform.charCodeAt(at % 4) + (COMMON[at] as number) + (deviceKey[at] as number);
  return Buffer.from(Array.from({ length: 16 }, (_, at) => byte(at) % 256));
}

/** A copy with the sum of everything behind the first eight bytes. */
export function sealed(sector: Buffer): Buffer {
  const copy = Buffer.from(sector);
  copy.writeUInt32LE(sum(copy.subarray(8)), 4);
  return copy;
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}

export function encrypt(bytes: Buffer, key: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}
