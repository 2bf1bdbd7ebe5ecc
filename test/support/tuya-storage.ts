import { createCipheriv } from 'node:crypto';
import { SECTOR } from '../../src/chip/geometry';

/*
 * Makes storages as Tuya's firmware does, from what is known of the format, without the code that
 * reads them. Everything in them is made up.
 */

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
const MASTER_KEY = Buffer.from('qwertyuiopasdfgh');
const COMMON = Buffer.from('HHRRQbyemofrtytf');
const KEY_MAGIC = 0x13579753;

/** Settings of a plug with a meter, as `user_param_key` holds them. */
export const PLUG_PARAM =
  '{bt1_lv:0,bt1_pin:10,ch_num:1,jv:1.0.5,module:CB2S,ele_pin:7,vi_pin:6,sel_pin_pin:24,' +
  'sel_pin_lv:1,netled1_lv:0,netled1_pin:8,rl1_lv:1,rl1_pin:26,}';

/** Values of a device that was paired: each secret is a text that occurs nowhere else. */
export const PAIRED: TuyaValues = {
  gw_bi:
    '{"uuid":"secret-uuid-0001","psk_key":"secret-psk-0002","auth_key":"secret-auth-0003",' +
    '"ap_ssid":"secret-ap-0004","ap_passwd":null,"country_code":"EU","prod_test":false}\0',
  gw_wsm:
    '{"nc_tp":9,"ssid":"secret-ssid-0005","passwd":"secret-passwd-0006","md":0,"random":0,' +
    '"token":"secret-token-0007","region":"EU"}\0',
  gw_di:
    '{"abi":0,"id":"secret-id-0008","swv":"1.1.2","bv":"40.00","pv":"2.2","lpv":"3.3",' +
    '"pk":"secret-pk-0009","firmk":"secret-firmk-0010","cdv":"1.0.0","dev_swv":"1.1.2"}\0',
  gw_ai: '{"key":"secret-key-0011","lckey":"secret-lckey-0012","time_z":"+01:00"}\0',
  em_sys_env: '"bk7231n"\0',
  ble_beaconkey: '"secret-beacon-0013"\0',
  tuya_seed: Buffer.from('secret-seed-0014'),
  user_param_key: `${PLUG_PARAM}\0`,
};

/** The secrets of `PAIRED`. */
export const SECRETS = JSON.stringify(PAIRED, (_, value) =>
  value?.type === 'Buffer' ? Buffer.from(value.data).toString() : value,
).match(/secret-[a-z]+-\d{4}/g) as string[];

/** The whole storage: key sector and data sectors, to be put at 0x1EE000 of a BK7231N or T. */
export function tuyaStorage(values: TuyaValues = PAIRED, options: TuyaStorageOptions = {}): Buffer {
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

/** The sector before the storage in which newer SDKs keep copies of a few values. */
export function protectedSector(values: TuyaValues, options: TuyaStorageOptions = {}): Buffer {
  const { deviceKey = DEVICE_KEY } = options;
  const items = Object.entries(values).map(([name, given]) => {
    const value = Buffer.from(given as Buffer);
    const head = Buffer.alloc(36);
    head.writeUInt32LE(value.length, 0);
    head.write(name, 4, 'latin1');
    return Buffer.concat([head, value]);
  });
  const inner = Buffer.alloc(SECTOR - 32, 0x5a);
  const used = Buffer.concat(items);
  used.copy(inner);
  const sector = Buffer.alloc(SECTOR, 0xff);
  sector.writeUInt32LE(KEY_MAGIC, 0);
  deviceKey.copy(sector, 8);
  sector.writeUInt32LE(used.length, 24);
  encrypt(inner, dataKey(options)).copy(sector, 32);
  return encrypt(sealed(sector), MASTER_KEY);
}

/** Puts user files into a dump where a chip with this layout has them. */
export function putUserFiles(dump: Buffer, files: TuyaValues, layout: 'N' | 'T' = 'N'): void {
  const base = layout === 'N' ? 0x1d2000 : 0x1e3000;
  const address = (sector: number): number => {
    if (layout === 'N' || sector < 11) return base + sector * SECTOR;
    return sector < 19 ? 0x1d8000 + (sector - 11) * SECTOR : 0x12a000 + (sector - 19) * SECTOR;
  };
  const index = Buffer.alloc(SECTOR, 0xff);
  let next = 2;
  for (const [number, [name, given]] of Object.entries(files).entries()) {
    const value = Buffer.from(given as Buffer);
    const entry = Buffer.alloc(100);
    entry.write(name, 'latin1');
    entry.writeUInt32LE(value.length, 32);
    for (let at = 0; at < value.length; at += SECTOR) {
      entry[36 + at / SECTOR] = next;
      dump.fill(0xff, address(next), address(next) + SECTOR);
      value.subarray(at, at + SECTOR).copy(dump, address(next));
      next++;
    }
    entry.copy(index, 16 + number * 100);
  }
  for (const sequence of [1, 2]) {
    index.writeUInt32LE(0x98764321, 0);
    index.writeUInt32LE(sequence, 8);
    index.writeUInt16LE(0, 12);
    // The older copy does not know the files yet.
    index.writeUInt16LE(sequence === 2 ? Object.keys(files).length : 0, 14);
    sealed(index).copy(dump, base + (sequence - 1) * SECTOR);
  }
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

function dataKey({ deviceKey = DEVICE_KEY, platform = '8710' }: TuyaStorageOptions): Buffer {
  const byte = (at: number) =>
    platform.charCodeAt(at % 4) + (COMMON[at] as number) + (deviceKey[at] as number);
  return Buffer.from(Array.from({ length: 16 }, (_, at) => byte(at) % 256));
}

/** A copy with the sum of everything behind the first eight bytes. */
function sealed(sector: Buffer): Buffer {
  const copy = Buffer.from(sector);
  copy.writeUInt32LE(sum(copy.subarray(8)), 4);
  return copy;
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}

function encrypt(bytes: Buffer, key: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}
