import { createCipheriv } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../src/chip/geometry';
import { applyKey, type KeyWords, NO_KEY, TUYA_KEY } from '../../src/image/code/encryption';
import { crc16, PACKET, PACKET_DATA } from '../../src/image/code/packets';
import { ROOT } from './project';

/** Real dumps, where this computer has them. They hold other people's data: nothing of them is printed. */
const DUMPS = join(ROOT, '..', 'shared', 'data', 'dumps');

/** Paths of the real dumps; none where they are absent. */
export function realDumps(): string[] {
  if (!existsSync(DUMPS)) return [];
  return readdirSync(DUMPS).map((name) => join(DUMPS, name));
}

/** Makes packets of code: pads the last one with FF and puts the check bytes in. */
export function addPackets(data: Uint8Array): Buffer {
  const packets = Math.ceil(data.length / PACKET_DATA);
  const bytes = Buffer.alloc(packets * PACKET, 0xff);
  for (let index = 0; index < packets; index++) {
    const start = index * PACKET;
    bytes.set(data.subarray(index * PACKET_DATA, (index + 1) * PACKET_DATA), start);
    bytes.writeUInt16BE(crc16(bytes, start, start + PACKET_DATA), start + PACKET_DATA);
  }
  return bytes;
}

/** So many packets of code, begun with the marker of a key where one is given. */
export function packets(count: number, marker: readonly number[] = [], seed = 1): Buffer {
  const code = Buffer.alloc(count * PACKET_DATA);
  let state = seed;
  for (let at = 0; at < code.length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    code[at] = state >>> 16;
  }
  code.set(marker.slice(0, code.length));
  return addPackets(code);
}

/** First eight bytes of code as they lie on flash. */
export const MARKERS = {
  tuyaBootloader: [0x69, 0x0c, 0xb5, 0x96, 0x35, 0xff, 0x2a, 0x99],
  tuyaApp: [0x2f, 0x07, 0xb5, 0x94, 0x35, 0xff, 0x2a, 0x9b],
  clear: [0x0e, 0x00, 0x00, 0xea, 0x14, 0xf0, 0x9f, 0xe5],
} as const;

/** A calibration sector with the MAC where devices have it. */
export function calibrationSector(mac: readonly number[]): Buffer {
  const entry = (tag: number, value: readonly number[] | Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(tag, 0);
    head.writeUInt32LE(value.length, 4);
    return Buffer.concat([head, Buffer.from(value)]);
  };
  const group = entry(
    0x11111100,
    Buffer.concat([entry(0x11111101, [0x4e, 0x61, 0xbc, 0]), entry(0x11111102, mac)]),
  );
  const sector = Buffer.alloc(SECTOR, 0xff);
  sector.write('TLV\0', 'latin1');
  sector.writeUInt32LE(group.length, 4);
  group.copy(sector, 8);
  return sector;
}

/** A made-up dump of a Tuya N: bootloader, application, calibration. */
export function madeUpDump(size = 0x200000): Buffer {
  const dump = Buffer.alloc(size, 0xff);
  packets(2048, MARKERS.tuyaBootloader).copy(dump);
  packets(4000, MARKERS.tuyaApp, 2).copy(dump, BOOTLOADER_END);
  if (size > 0x1d0000) calibrationSector([2, 0, 0, 0xab, 0xcd, 0xef]).copy(dump, 0x1d0000);
  return dump;
}

/** Keys by the names that images have for them; `other` is made up. */
export const KEYS: Readonly<Record<'tuya' | 'none' | 'other', KeyWords>> = {
  tuya: TUYA_KEY,
  none: NO_KEY,
  other: [0x12345678, 0x9abcdef0, 0x0fedcba9, 0x55000b20],
};

export interface CodeOptions {
  key?: keyof typeof KEYS;
  /** Where it lies for the processor. */
  address?: number;
  /** Bytes of code in clear. */
  length?: number;
  /** Texts somewhere in the code, apart by NUL. */
  texts?: readonly string[];
  /** `BK7231` behind the vectors, as images for N have it. */
  saysBk7231?: boolean;
  seed?: number;
}

/** Code in clear: vectors, texts, and what looks like instructions. */
export function plainCode({
  length = 0x4000,
  texts = [],
  saysBk7231 = false,
  seed = 1,
}: CodeOptions = {}): Buffer {
  const code = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    code[at] = state >>> 16;
  }
  code.writeUInt32LE(0xea00000e, 0);
  for (let at = 4; at < 32; at += 4) code.writeUInt32LE(0xe59ff014, at);
  if (saysBk7231) code.write('BK7231\0\0', 0x100, 'latin1');
  code.write(`\0${texts.join('\0')}\0`, 0x200, 'latin1');
  return code;
}

/** The texts of Tuya's firmware by which it names itself. */
export const TUYA_TEXTS = {
  N: ['oem_bk7231n_plug', '1.1.15', '< BUILD AT:2022_01_01 BY ci FOR ty_iot_sdk AT bk7231n >'],
  T: ['oem_bk7231s_light_ty', '2.9.16', '< BUILD AT:2021_01_01 BY ci FOR ty_iot_sdk AT bk7231t >'],
} as const;

/** OpenBeken's, with the format string that its builds for T have as well as those for N. */
export function openBekenTexts(chip: string): string[] {
  return [
    'OpenBK7231N_%02X%02X%02X%02X',
    `Open${chip} 1.18.2 Nov  3 2025 10:11:12`,
    `Open${chip}_1.18.2`,
    'Built on Nov  3 2025 10:11:13 version 1.18.2',
  ];
}

/** LibreTiny's and ESPHome's, and the chip's name with LibreTiny's version, which looks like Tuya's. */
export function esphomeTexts(chip: string): string[] {
  return [
    `LibreTiny v1.8.0 on generic-${chip}-qfn32-tuya, compiled at May 28 2025 16:16:19, GCC 10.3.1 (-O1)`,
    'ESPHome version 2025.5.1 compiled on %s',
    chip.toUpperCase(),
    '1.8.0',
  ];
}

function encrypted(plain: Buffer, key: keyof typeof KEYS, address: number): Buffer {
  const padded = Buffer.alloc(Math.ceil(plain.length / PACKET_DATA) * PACKET_DATA, 0xff);
  plain.copy(padded);
  applyKey(padded, address, KEYS[key]);
  return padded;
}

/** An application as packets, without a header. */
export function appImage(options: CodeOptions = {}): Buffer {
  const { key = 'tuya', address = 0x10000 } = options;
  return addPackets(encrypted(plainCode(options), key, address));
}

export interface RblOptions {
  partition?: string;
  version?: string;
  time?: number;
  encryption?: 0 | 1 | 2;
  compression?: 0 | 1 | 2 | 3;
}

/** The hash of these containers, in another way than the engine computes it. */
function fnv(bytes: Uint8Array): number {
  let hash = 0x811c9dc5n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  return Number(hash);
}

function rblHeader(
  { partition = 'app', version = '1.00', time = 0, encryption = 0, compression = 0 }: RblOptions,
  numbers: readonly [crc: number, hash: number, raw: number, size: number],
): Buffer {
  const header = Buffer.alloc(96);
  header.write('RBL\0', 'latin1');
  header.writeUInt8(encryption, 4);
  header.writeUInt8(compression, 5);
  header.writeUInt32LE(time, 8);
  header.write(partition, 12, 'latin1');
  header.write(version, 28, 'latin1');
  header.write('0'.repeat(23), 52, 'latin1');
  numbers.forEach((number, index) => {
    header.writeUInt32LE(number, 76 + 4 * index);
  });
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 92);
  return header;
}

/**
 * Code as LibreTiny's builds put it on flash: packets, then 16 bytes that are never written, blank
 * flash, and the header in the last 102 bytes.
 */
export function container(
  options: CodeOptions & RblOptions & { size?: number; plain?: Buffer } = {},
): Buffer {
  const { key = 'tuya', address = 0x10000, size = 0x118f70 } = options;
  const code = encrypted(options.plain ?? plainCode(options), key, address);
  const body = Buffer.concat([code, Buffer.alloc(16, 0xff)]);
  const crc = crc32(Buffer.concat([body, Buffer.alloc(16, 16)]));
  const header = rblHeader(options, [crc, fnv(body), body.length, body.length + 16]);
  const bytes = Buffer.alloc(size, 0xff);
  addPackets(body).copy(bytes);
  addPackets(header).copy(bytes, size - 102);
  return bytes;
}

/**
 * Code on flash whose header counts padding behind it that is nothing but FF, as vendors of BK7252 make it; the code
 * is as long as packets are without it.
 * @param options with what lies there in truth
 */
export function paddedContainer(
  options: CodeOptions & { padding: number; stored?: number; size?: number },
): Buffer {
  const { key = 'none', address = 0x10000, padding, stored = 0xff, size = 0x118f70 } = options;
  const length = (options.length ?? 0x4000) - padding;
  const code = encrypted(plainCode({ ...options, length }), key, address).subarray(0, length);
  const crc = crc32(Buffer.concat([code, Buffer.alloc(padding, 0xff)]));
  const header = rblHeader({}, [crc, fnv(code), length, length + padding]);
  const bytes = Buffer.alloc(size, 0xff);
  addPackets(Buffer.concat([code, Buffer.alloc(padding, stored)])).copy(bytes);
  addPackets(header).copy(bytes, size - 102);
  return bytes;
}

/**
 * Code on flash as a bootloader leaves it that has installed an update: the header is that of the packed update, with
 * the hash of the code in clear, and behind the end of the code lies what an earlier one had there.
 * @param before the application that was there, as it lies on flash
 */
export function updatedContainer(options: CodeOptions & { before: Buffer }): Buffer {
  const { key = 'tuya', address = 0x10000, before } = options;
  const plain = plainCode(options);
  const update = rblFile(plain, { compression: 1, encryption: 2 });
  const bytes = Buffer.from(before);
  const code = addPackets(encrypted(plain, key, address));
  // Sectors are erased whole, in front of a packet of the earlier code or in its middle.
  bytes.fill(0xff, 0, Math.ceil(code.length / SECTOR) * SECTOR);
  code.copy(bytes);
  addPackets(update.subarray(0, 96)).copy(bytes, before.length - 102);
  return bytes;
}

/** An over-the-air update file. */
export function rblFile(plain: Buffer, options: RblOptions = {}): Buffer {
  let body = options.compression === 1 ? gzipSync(plain) : plain;
  if (options.encryption === 2) {
    const cipher = createCipheriv(
      'aes-256-cbc',
      '0123456789ABCDEF0123456789ABCDEF',
      '0123456789ABCDEF',
    );
    body = Buffer.concat([cipher.update(body), cipher.final()]);
  }
  const numbers = [crc32(body), fnv(plain), plain.length, body.length] as const;
  return Buffer.concat([rblHeader(options, numbers), body]);
}

/** Tuya's wrapping of an update file. */
export function ugFile(payload: Buffer, version = '26.01.31'): Buffer {
  const header = Buffer.alloc(32);
  const sum = (bytes: Buffer) => bytes.reduce((total, byte) => (total + byte) % 2 ** 32, 0);
  header.writeUInt32BE(0x55aa55aa, 0);
  header.write(version, 4, 'latin1');
  header.writeUInt32BE(payload.length, 16);
  header.writeUInt32BE(sum(payload), 20);
  header.writeUInt32BE(sum(header.subarray(0, 24)), 24);
  header.writeUInt32BE(0xaa55aa55, 28);
  return Buffer.concat([header, payload]);
}

export interface Uf2Options {
  family?: number;
  partitions?: readonly (readonly [name: string, offset: number, length: number])[];
  /** Six digits, a scheme each, and where the bytes go in the partition. */
  parts: readonly { partition: string; schemes: string; address?: number; bytes: Buffer }[];
}

export const UF2_FAMILY = {
  BK7231N: 0x7b3ef230,
  BK7231T: 0x675a40b0,
  BK7231Q: 0xafe81d49,
  BK7238: 0x159ac324,
  BK7252: 0x6a82cc42,
} as const;

/** A UF2 file as LibreTiny makes them. */
export function uf2File({
  family = UF2_FAMILY.BK7231N,
  partitions = [],
  parts,
}: Uf2Options): Buffer {
  const table = partitions.map(([name, offset, length]) => {
    const entry = Buffer.alloc(48);
    entry.write('01PE', 'latin1');
    entry.write(name, 4, 'latin1');
    entry.write('flash0', 20, 'latin1');
    entry.writeUInt32LE(offset, 36);
    entry.writeUInt32LE(length, 40);
    return entry;
  });
  const blocks: { address: number; data: Buffer; tags: Buffer }[] = [
    {
      address: 0,
      data: Buffer.alloc(0),
      tags: Buffer.concat([
        uf2Tag(0xca25c8, Buffer.from('generic-board')),
        uf2Tag(0x00de43, Buffer.from('esphome')),
        uf2Tag(0x9fc7bc, Buffer.from('2026.1.0')),
        uf2Tag(0x8288ed, Buffer.concat(table)),
        uf2Tag(0x6c8492, Buffer.from([2])),
      ]),
    },
  ];
  for (const { partition, schemes, address = 0, bytes } of parts) {
    const info = Buffer.concat([Buffer.from(schemes, 'hex'), Buffer.from(`${partition}\0`)]);
    for (let at = 0; at < bytes.length; at += 256) {
      const tags = at === 0 ? uf2Tag(0xc0ee0c, info) : Buffer.alloc(0);
      blocks.push({ address: address + at, data: bytes.subarray(at, at + 256), tags });
    }
  }
  return Buffer.concat(
    blocks.map(({ address, data, tags }, index) => {
      const block = Buffer.alloc(512);
      const flags = 0x2000 | (tags.length > 0 ? 0x8000 : 0) | (data.length === 0 ? 1 : 0);
      const words = [
        0x0a324655,
        0x9e5d5157,
        flags,
        address,
        data.length,
        index,
        blocks.length,
        family,
      ];
      words.forEach((word, place) => {
        block.writeUInt32LE(word, 4 * place);
      });
      data.copy(block, 32);
      tags.copy(block, 32 + data.length);
      block.writeUInt32LE(0x0ab16f30, 508);
      return block;
    }),
  );
}

function uf2Tag(number: number, value: Buffer): Buffer {
  const size = 4 + value.length;
  const tag = Buffer.alloc((size + 3) & ~3);
  tag.writeUInt8(size, 0);
  tag.writeUIntLE(number, 1, 3);
  value.copy(tag, 4);
  return tag;
}

export interface FlashOptions {
  key?: keyof typeof KEYS;
  size?: number;
  /** Where the partition table puts the download slot; null for no table. */
  download?: number | null;
  /** Where the calibration sector lies; null for none. */
  calibration?: number | null;
  app?: CodeOptions;
  /** What the bootloader calls itself. */
  name?: string;
  saysBk7231?: boolean;
}

/** A bootloader with its header and a partition table, 0x11000 bytes. */
export function bootloader({
  key = 'tuya',
  download = 0x12a000,
  name,
  saysBk7231,
}: FlashOptions): Buffer {
  const code = plainCode({ length: 0xe000, texts: name === undefined ? [] : [name], seed: 5 });
  applyKey(code, 0, KEYS[key]);
  if (saysBk7231) code.write('BK7231\0\0', 0x100, 'latin1');
  if (download !== null) {
    const rows = [
      ['bootloader', 'beken_onchip_crc', 0, 0x10000],
      ['app', 'beken_onchip_crc', 0x10000, 0x108700],
      ['download', 'beken_onchip', download, 0xa6000],
    ] as const;
    rows.forEach(([partition, device, offset, length], row) => {
      const entry = code.subarray(0xdf40 + 64 * row, 0xdf80 + 64 * row).fill(0);
      entry.write('01PE', 'latin1');
      entry.write(partition, 4, 'latin1');
      entry.write(device, 28, 'latin1');
      entry.writeUInt32LE(offset, 52);
      entry.writeUInt32LE(length, 56);
    });
  }
  // `container` would encrypt the table too.
  return container({
    plain: code,
    key: 'none',
    address: 0,
    size: BOOTLOADER_END,
    partition: 'bootloader',
  });
}

/** The flash of a whole chip. */
export function flashImage(options: FlashOptions = {}): Buffer {
  const { key = 'tuya', size = 0x200000, calibration = 0x1d0000, app = {} } = options;
  const flash = Buffer.alloc(size, 0xff);
  bootloader(options).copy(flash);
  container({ ...app, key }).copy(flash, BOOTLOADER_END);
  if (calibration !== null) calibrationSector([2, 0, 0, 0xab, 0xcd, 0xef]).copy(flash, calibration);
  return flash;
}
