import { createDecipheriv } from 'node:crypto';
import { crc32, gunzipSync } from 'node:zlib';
import { type Note, say } from '../../texts/note';
import { fnv1a, RBL_HEADER, type RblHeader, readRblHeader } from '../code/rbl';

/** Keys with which update files are encrypted, 32 and 16 bytes. */
export interface RblKeys {
  key: Uint8Array;
  iv: Uint8Array;
}

/** What ltchiptool and Beken's packager use unless told otherwise. */
const DEFAULT_RBL_KEYS: RblKeys = {
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
  checks: Note[];
  damaged: Note[];
  /** How the file is packed where this package cannot unpack it; completes "packed with …". */
  unsupported: Note | null;
}

const PACKINGS: Readonly<Record<string, Note>> = {
  quicklz: say('image.quickLzCompression'),
  fastlz: say('image.fastLzCompression'),
  xor: say('image.xorEncryption'),
  unknown: say('image.unknownPacking'),
};

/** Reads, checks and opens an update file; null where the bytes do not begin like one. Never throws. */
export function readRblFile(bytes: Uint8Array, keys: RblKeys = DEFAULT_RBL_KEYS): RblFile | null {
  const header = readRblHeader(bytes);
  if (header === null) return null;
  const length = Math.min(bytes.length, RBL_HEADER + header.packageSize);
  const file: RblFile = { header, length, code: null, checks: [], damaged: [], unsupported: null };
  if (!header.intact) file.damaged.push(say('image.headerChecksumWrong'));
  const body = bytes.subarray(RBL_HEADER, length);
  if (body.length < header.packageSize) {
    const missing = header.packageSize - body.length;
    file.damaged.push(say('image.cutOff', { missing, length: header.packageSize }));
    return file;
  }
  if (crc32(body) === header.bodyCrc) file.checks.push(say('image.bodyCrcRight'));
  else file.damaged.push(say('image.bodyCrcWrong'));
  if (header.rawSize > MOST_CODE) file.damaged.push(say('image.moreCodeThanFits'));
  file.unsupported = unsupported(header);
  if (file.unsupported === null && file.damaged.length === 0) open(file, body, keys);
  return file;
}

function unsupported({ compression, encryption }: RblHeader): Note | null {
  if (compression !== 'none' && compression !== 'gzip') return PACKINGS[compression] ?? null;
  if (encryption !== 'none' && encryption !== 'aes') return PACKINGS[encryption] ?? null;
  return null;
}

/** Decrypts and inflates the body, whose CRC is right: what fails now is no damage on the way. */
function open(file: RblFile, body: Uint8Array, keys: RblKeys): void {
  const { encryption, compression, rawSize, hash } = file.header;
  const packed = encryption === 'aes' ? decrypt(body, keys) : body;
  if (packed === null) {
    file.unsupported = say('image.aesUnusualKey');
    return;
  }
  const unpacked = compression === 'gzip' ? inflate(packed, rawSize) : packed;
  if (unpacked === null) {
    if (encryption === 'aes') file.unsupported = say('image.aesUnusualKey');
    else file.damaged.push(say('image.gzipDamaged'));
    return;
  }
  const code = Buffer.from(unpacked.subarray(0, rawSize));
  if (code.length < rawSize)
    file.damaged.push(say('image.unpackedLength', { has: code.length, says: rawSize }));
  else if (fnv1a(code) !== hash) file.damaged.push(say('image.codeHashWrong'));
  else {
    file.checks.push(say('image.codeHashRight'));
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
