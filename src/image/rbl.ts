import { crc32 } from 'node:zlib';

/** Header of Beken's update container. */
export interface RblHeader {
  /** Partition it is for, as `app`. */
  partition: string;
  version: string;
}

const RBL_HEADER = 96;
const UG_HEADER = 32;

/** The header at the start of an update file; null where there is none or its checksum fails. */
export function readRbl(bytes: Uint8Array): RblHeader | null {
  if (bytes.length < RBL_HEADER) return null;
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, RBL_HEADER);
  if (header.toString('latin1', 0, 4) !== 'RBL\0') return null;
  if (crc32(header.subarray(0, 92)) !== header.readUInt32LE(92)) return null;
  return { partition: text(header, 12, 16), version: text(header, 28, 24) };
}

/** Version of a Tuya update file, which wraps an update container; null where the bytes are none. */
export function readTuyaUg(bytes: Uint8Array): { version: string } | null {
  if (bytes.length < UG_HEADER) return null;
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, UG_HEADER);
  const framed = header.readUInt32BE(0) === 0x55aa55aa && header.readUInt32BE(28) === 0xaa55aa55;
  return framed ? { version: text(header, 4, 12) } : null;
}

function text(header: Buffer, offset: number, length: number): string {
  const field = header.toString('latin1', offset, offset + length);
  return field.split('\0')[0] ?? '';
}
