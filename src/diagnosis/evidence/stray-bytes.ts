import type { Heard } from './evidence';

/** The start of every command: hearing it means that the own bytes come back. */
const COMMAND = [0x01, 0xe0, 0xfc] as const;
/** The start of every answer, which has a command's start behind it. */
const ANSWER = [0x04, 0x0e] as const;
const TUYA = [0x55, 0xaa] as const;
/** Version, command, two bytes of length; and the sum behind the data. */
const TUYA_FIXED = 7;
/** Longer frames than this are not looked for. */
const LONGEST_TUYA = 512;
/** Shorter runs of printable bytes are chance. */
const SHORTEST_TEXT = 8;
/** Characters of the latest text that are kept, the end of its line included. */
const EXCERPT = 48;

export function nothingHeard(): Heard {
  return {
    bytes: 0,
    echoes: 0,
    tuyaFrames: 0,
    controllerFrames: 0,
    text: 0,
    noise: 0,
    excerpt: '',
    wreckage: 0,
  };
}

/**
 * Adds what bytes look like to the counts.
 * @param last false where more bytes may follow that belong to the last ones
 * @returns how many bytes at the end are left for the next call
 */
export function classify(bytes: Buffer, into: Heard, last: boolean): number {
  let at = 0;
  while (at < bytes.length) {
    const taken =
      echo(bytes, at, into) || tuya(bytes, at, into, last) || text(bytes, at, into, last);
    if (taken === 'wait') return bytes.length - at;
    if (taken === 0) {
      if (!last && isStart(bytes, at)) return bytes.length - at;
      into.noise++;
      into.bytes++;
      at++;
      continue;
    }
    into.bytes += taken;
    at += taken;
  }
  return 0;
}

function echo(bytes: Buffer, at: number, into: Heard): number {
  if (!startsWith(bytes, at, COMMAND)) return 0;
  // An answer whose head was spoilt holds the same three bytes.
  const head = bytes.subarray(Math.max(0, at - 3), at);
  if (ANSWER.some((byte) => head.includes(byte))) return 0;
  into.echoes++;
  return COMMAND.length;
}

function tuya(bytes: Buffer, at: number, into: Heard, last: boolean): number | 'wait' {
  if (!startsWith(bytes, at, TUYA)) return 0;
  const left = bytes.length - at;
  if (left < TUYA_FIXED) return last ? 0 : 'wait';
  const length = TUYA_FIXED + bytes.readUInt16BE(at + 4);
  if (length > LONGEST_TUYA) return 0;
  if (left < length) return last ? 0 : 'wait';
  const frame = bytes.subarray(at, at + length - 1);
  if ((frame.reduce((sum, byte) => sum + byte, 0) & 0xff) !== bytes[at + length - 1]) return 0;
  if (bytes[at + 2] === 0) into.tuyaFrames++;
  else into.controllerFrames++;
  return length;
}

function text(bytes: Buffer, at: number, into: Heard, last: boolean): number | 'wait' {
  let end = at;
  while (end < bytes.length && isPrintable(bytes[end] as number)) end++;
  if (end === at) return 0;
  if (end === bytes.length && !last && end - at < SHORTEST_TEXT) return 'wait';
  if (end - at < SHORTEST_TEXT) return 0;
  into.text += end - at;
  const words = `${into.excerpt}${bytes.toString('latin1', at, end)}`;
  // A line's end stays as a blank: the next piece may be the next line, or the rest of a word.
  into.excerpt = words.replace(/[^\x20-\x7e]+/g, ' ').slice(-EXCERPT);
  return end - at;
}

/** Whether the bytes end in what may be the beginning of a command or a frame. */
function isStart(bytes: Buffer, at: number): boolean {
  const left = [...bytes.subarray(at)];
  if (left.length >= COMMAND.length) return false;
  return [COMMAND, TUYA].some((start) => left.every((byte, index) => byte === start[index]));
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;
}

function startsWith(bytes: Buffer, at: number, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[at + index] === byte);
}
