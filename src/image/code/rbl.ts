import { crc32 } from 'node:zlib';
import { BOOTLOADER_END } from '../../chip/geometry';
import { PACKET, PACKET_DATA, stripPackets } from './packets';

/** Bytes of the header, and on flash, where its three packets carry check bytes. */
export const RBL_HEADER = 96;
export const HEADER_PACKETS = RBL_HEADER / PACKET_DATA;
export const RBL_HEADER_ON_FLASH = HEADER_PACKETS * PACKET;

const FNV_START = 0x811c9dc5;
const MAGIC = Buffer.from('RBL\0', 'latin1');
const ENCRYPTIONS = ['none', 'xor', 'aes'] as const;
const COMPRESSIONS = ['none', 'gzip', 'quicklz', 'fastlz'] as const;
/** More headers than this are not looked for in any image, nor more places that begin like one. */
const MOST_CONTAINERS = 16;
const MOST_CANDIDATES = 1024;

/** Header of Beken's container for code, in update files and behind what lies on flash. */
export interface RblHeader {
  /** Partition it is for, as `app`. */
  partition: string;
  version: string;
  serial: string;
  /** When it was made, seconds since 1970. */
  time: number;
  encryption: (typeof ENCRYPTIONS)[number] | 'unknown';
  compression: (typeof COMPRESSIONS)[number] | 'unknown';
  /** CRC-32 of the body as it is stored. */
  bodyCrc: number;
  /** FNV-1a of the code, unpacked. */
  hash: number;
  /** Bytes of the code, unpacked, and of the body as it is stored. */
  rawSize: number;
  packageSize: number;
  headerCrc: number;
  /** The header's own checksum is right. */
  intact: boolean;
}

/** A container as bootloader and application have it: code as packets, the header behind it. */
export interface RblContainer {
  /** Where the header's packets begin, bytes. */
  offset: number;
  header: RblHeader;
}

/** The header at the start of the bytes, its checksum right or not; null where there is none. */
export function readRblHeader(bytes: Uint8Array): RblHeader | null {
  if (bytes.length < RBL_HEADER) return null;
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, RBL_HEADER);
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const headerCrc = header.readUInt32LE(92);
  return {
    partition: text(header, 12, 16),
    version: text(header, 28, 24),
    serial: text(header, 52, 24),
    time: header.readUInt32LE(8),
    encryption: ENCRYPTIONS[header.readUInt8(4)] ?? 'unknown',
    compression: COMPRESSIONS[header.readUInt8(5)] ?? 'unknown',
    bodyCrc: header.readUInt32LE(76),
    hash: header.readUInt32LE(80),
    rawSize: header.readUInt32LE(84),
    packageSize: header.readUInt32LE(88),
    headerCrc,
    intact: crc32(header.subarray(0, 92)) === headerCrc,
  };
}

/** The header at the start of an update file; null where there is none or its checksum fails. */
export function readRbl(bytes: Uint8Array): RblHeader | null {
  const header = readRblHeader(bytes);
  return header?.intact ? header : null;
}

/** Whether code lies at the beginning that a header at its end, where a bootloader has it, calls the bootloader. */
export function hasBootloaderHeader(bytes: Uint8Array): boolean {
  const header = stripPackets(bytes, BOOTLOADER_END - RBL_HEADER_ON_FLASH, HEADER_PACKETS);
  return readRbl(header)?.partition === 'bootloader';
}

/**
 * The headers that lie behind code, in their order. Packets are counted from `start` on. Only those
 * whose own checksum is right count: code can hold the four letters too.
 */
export function findContainers(bytes: Uint8Array, start = 0, end = bytes.length): RblContainer[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(end, bytes.length));
  const magic = MAGIC.readUInt32LE();
  const found: RblContainer[] = [];
  let candidates = 0;
  for (let at = start; at + RBL_HEADER_ON_FLASH <= all.length; at += PACKET) {
    if (all.readUInt32LE(at) !== magic) continue;
    const header = readRbl(stripPackets(all, at, HEADER_PACKETS));
    if (header !== null) found.push({ offset: at, header });
    if (found.length === MOST_CONTAINERS || ++candidates === MOST_CANDIDATES) break;
  }
  return found;
}

/**
 * The 32-bit hash of these containers. Source: FNV-1a as published.
 * @param start what the bytes in front of these came to
 */
export function fnv1a(bytes: Uint8Array, start = FNV_START): number {
  let hash = start;
  for (let at = 0; at < bytes.length; at++)
    hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash >>> 0;
}

/** Printable text up to the first NUL; nothing of it where other bytes are in there. */
function text(header: Buffer, offset: number, length: number): string {
  const field = header.toString('latin1', offset, offset + length).split('\0')[0] ?? '';
  return /^[\x20-\x7e]*$/.test(field) ? field : '';
}
