import { type Note, say } from '../../texts/note';

/** Bytes in front of the payload. */
const UG_HEADER = 32;

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
  checks: Note[];
  damaged: Note[];
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
  const checks: Note[] = [];
  const damaged: Note[] = [];
  if (sum(header.subarray(0, SUMMED)) !== headerSum) damaged.push(say('image.outerSumWrong'));
  if (payload.length < length)
    damaged.push(say('image.cutOff', { missing: length - payload.length, length }));
  else if (sum(payload) === payloadSum) checks.push(say('image.payloadSumRight'));
  else damaged.push(say('image.payloadSumWrong'));
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
