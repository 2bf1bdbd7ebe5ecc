import type { Said } from '../../texts/note';
/** Bytes in front of the payload. */
export const UG_HEADER = 32;

const START = 0x55aa55aa;
const END = 0xaa55aa55;
/** The header's own sum covers what stands in front of it. */
const SUMMED = 24;
const STRETCH = 0x10000;

/** Tuya's wrapping of an update file. Source: ltchiptool. */
export interface UgFile {
  version: string;
  /** The update file in it, as far as it is there. */
  payload: Uint8Array;
  /** Bytes that the payload should have. */
  length: number;
  /** The sums of the payload's and the header's bytes, as the header tells them. */
  payloadSum: number;
  headerSum: number;
  /** What was checked and is right, and what is wrong, a sentence each. */
  checks: Said[];
  damaged: Said[];
}

/** Reads and checks a Tuya update file; null where the bytes do not begin like one. Never throws. */
export function readTuyaUg(bytes: Uint8Array): UgFile | null {
  if (bytes.length < UG_HEADER) return null;
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, UG_HEADER);
  if (header.readUInt32BE(0) !== START || header.readUInt32BE(28) !== END) return null;
  const length = header.readUInt32BE(16);
  const payloadSum = header.readUInt32BE(20);
  const headerSum = header.readUInt32BE(24);
  const payload = bytes.subarray(UG_HEADER, UG_HEADER + length);
  const checks: Said[] = [];
  const damaged: Said[] = [];
  if (sum(header.subarray(0, SUMMED)) !== headerSum)
    damaged.push('The sum of its outer header is wrong.');
  if (payload.length < length)
    damaged.push(`It is cut off: ${length - payload.length} of its ${length} bytes are missing.`);
  else if (sum(payload) === payloadSum) checks.push('The sum of its payload is right.');
  else damaged.push('The sum of its payload is wrong.');
  const field = header.toString('latin1', 4, 16).split('\0')[0] ?? '';
  const version = /^[\x20-\x7e]*$/.test(field) ? field : '';
  return { version, payload, length, payloadSum, headerSum, checks, damaged };
}

/** In stretches whose sum stays a small number, which is what makes it quick. */
function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let start = 0; start < bytes.length; start += STRETCH) {
    const end = Math.min(bytes.length, start + STRETCH);
    let part = 0;
    for (let at = start; at < end; at++) part += bytes[at] as number;
    total = (total + part) >>> 0;
  }
  return total;
}
