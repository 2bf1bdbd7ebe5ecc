import { createDecipheriv } from 'node:crypto';
import { crc32, gunzipSync } from 'node:zlib';
import type { Said } from '../../texts/note';
import { fnv1a, RBL_HEADER, type RblHeader, readRblHeader } from '../code/rbl';

/** Keys with which update files are encrypted, 32 and 16 bytes. */
export interface RblKeys {
  key: Uint8Array;
  iv: Uint8Array;
}

/** What ltchiptool and Beken's packager use unless told otherwise. */
export const DEFAULT_RBL_KEYS: RblKeys = {
  key: Buffer.from('0123456789ABCDEF0123456789ABCDEF', 'latin1'),
  iv: Buffer.from('0123456789ABCDEF', 'latin1'),
};

/** No chip has room for a larger application; more is a file made to fill memory. */
const MOST_CODE = 4 * 1024 * 1024;

/** An over-the-air update file: a header and its body. */
export interface RblFile {
  header: RblHeader;
  /** Bytes of the file that count; what follows is no part of it. */
  length: number;
  /** The code in clear, as the processor sees it; null where the file cannot be opened here. */
  code: Buffer | null;
  /** What was checked and is right, and what is wrong, a sentence each. */
  checks: Said[];
  damaged: Said[];
  /** How the file is packed where this package cannot unpack it, as `QuickLZ`. */
  unsupported: string | null;
}

const NAMES: Readonly<Record<string, string>> = {
  quicklz: 'QuickLZ compression',
  fastlz: 'FastLZ compression',
  xor: 'XOR encryption',
  unknown: 'a packing that is not known',
};

/** Reads, checks and opens an update file; null where the bytes do not begin like one. Never throws. */
export function readRblFile(bytes: Uint8Array, keys: RblKeys = DEFAULT_RBL_KEYS): RblFile | null {
  const header = readRblHeader(bytes);
  if (header === null) return null;
  const length = Math.min(bytes.length, RBL_HEADER + header.packageSize);
  const file: RblFile = { header, length, code: null, checks: [], damaged: [], unsupported: null };
  if (!header.intact) file.damaged.push('The checksum of its header is wrong.');
  const body = bytes.subarray(RBL_HEADER, length);
  if (body.length < header.packageSize) {
    const missing = header.packageSize - body.length;
    file.damaged.push(`It is cut off: ${missing} of its ${header.packageSize} bytes are missing.`);
    return file;
  }
  if (crc32(body) === header.bodyCrc) file.checks.push('The CRC-32 of its body is right.');
  else file.damaged.push('The CRC-32 of its body is wrong.');
  if (header.rawSize > MOST_CODE)
    file.damaged.push('It names more code than any of these chips can hold.');
  file.unsupported = unsupported(header);
  if (file.unsupported === null && file.damaged.length === 0) open(file, body, keys);
  return file;
}

function unsupported({ compression, encryption }: RblHeader): string | null {
  if (compression !== 'none' && compression !== 'gzip') return NAMES[compression] ?? null;
  if (encryption !== 'none' && encryption !== 'aes') return NAMES[encryption] ?? null;
  return null;
}

/** Decrypts and inflates the body, whose CRC is right: what fails now is no damage on the way. */
function open(file: RblFile, body: Uint8Array, keys: RblKeys): void {
  const { encryption, compression, rawSize, hash } = file.header;
  const packed = encryption === 'aes' ? decrypt(body, keys) : body;
  if (packed === null) {
    file.unsupported = 'AES encryption with a key that is not the usual one';
    return;
  }
  const unpacked = compression === 'gzip' ? inflate(packed, rawSize) : packed;
  if (unpacked === null) {
    if (encryption === 'aes')
      file.unsupported = 'AES encryption with a key that is not the usual one';
    else file.damaged.push('Its gzip stream is damaged.');
    return;
  }
  const code = Buffer.from(unpacked.subarray(0, rawSize));
  if (code.length < rawSize)
    file.damaged.push(`Unpacked it has ${code.length} bytes; its header says ${rawSize}.`);
  else if (fnv1a(code) !== hash) file.damaged.push('The hash of the code in it is wrong.');
  else {
    file.checks.push('The hash of the code in it is right.');
    file.code = code;
  }
}

/** Null where the padding shows that the key is another one. */
function decrypt(body: Uint8Array, { key, iv }: RblKeys): Buffer | null {
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, iv);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    return null;
  }
}

/** Null where the stream is damaged or holds more than the header says. */
function inflate(packed: Uint8Array, rawSize: number): Buffer | null {
  try {
    return gunzipSync(packed, { maxOutputLength: Math.max(1, rawSize) });
  } catch {
    return null;
  }
}
