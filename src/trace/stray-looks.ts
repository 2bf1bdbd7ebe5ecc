import type { Stretch } from './record-lines';

/** The start of every command: hearing it means that the own bytes come back. */
const COMMAND = Buffer.from([0x01, 0xe0, 0xfc]);
/** The start of a frame of a Tuya module's own protocol: then version, command, two bytes of length, and behind the data a sum. */
const TUYA = Buffer.from([0x55, 0xaa]);
const TUYA_HEAD = 6;
const LONGEST_TUYA = 512;
/** Shorter runs of printable bytes are chance. */
const SHORTEST_TEXT = 8;
/** Of what looks like many things in turn the rest is one. */
const MOST_STRETCHES = 64;

/**
 * What bytes look like that belong to no answer, without telling them: starts of commands are kept, data of Tuya frames
 * are zeros with the sum that these have, all else is so many bytes of text or of noise.
 */
export function looksOf(bytes: Buffer): Stretch[] {
  const stretches: Stretch[] = [];
  let noise = 0;
  const endNoise = (): void => {
    if (noise > 0) stretches.push({ n: noise, of: 'noise' });
    noise = 0;
  };
  let at = 0;
  while (at < bytes.length) {
    if (stretches.length >= MOST_STRETCHES) {
      noise += bytes.length - at;
      break;
    }
    const [stretch, length] = stretchAt(bytes, at);
    if (stretch === null) {
      noise++;
    } else {
      endNoise();
      stretches.push(stretch);
    }
    at += length;
  }
  endNoise();
  return stretches;
}

function stretchAt(bytes: Buffer, at: number): [Stretch | null, number] {
  if (startsWith(bytes, at, COMMAND)) return [COMMAND.toString('hex'), COMMAND.length];
  const tuya = tuyaFrame(bytes, at);
  if (tuya !== null) return [tuya.toString('hex'), tuya.length];
  let end = at;
  while (end < bytes.length && isPrintable(bytes[end] as number)) end++;
  const length = end - at;
  return length < SHORTEST_TEXT ? [null, 1] : [{ n: length, of: 'text' }, length];
}

/** How answers begin: what is null there is a length or a code. */
const SHORT_ANSWER = [0x04, 0x0e, null, 0x01, 0xe0, 0xfc, null];
const LONG_ANSWER = [0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4, null, null, null, null];

/** The head of an answer with which bytes begin, as far as there is one: it tells nothing but what was asked. */
export function answerHeadOf(bytes: Buffer): Buffer {
  const lengths = [LONG_ANSWER, SHORT_ANSWER].map((head) => {
    let end = head.findIndex((byte, at) => byte !== null && byte !== bytes[at]);
    if (end < 0) return head.length;
    // What has a length's or a code's place in something else may be anything.
    while (end > 0 && head[end - 1] === null) end--;
    return end;
  });
  const length = Math.max(...lengths);
  // One byte of it is none, unless more may have been to come.
  return bytes.subarray(0, length > 1 || length === bytes.length ? length : 0);
}

/** The frame that is here, with zeros for its data; null where there is none. */
function tuyaFrame(bytes: Buffer, at: number): Buffer | null {
  if (!startsWith(bytes, at, TUYA) || at + TUYA_HEAD >= bytes.length) return null;
  const length = TUYA_HEAD + bytes.readUInt16BE(at + 4) + 1;
  if (length > LONGEST_TUYA || at + length > bytes.length) return null;
  if (sumOf(bytes.subarray(at, at + length - 1)) !== bytes[at + length - 1]) return null;
  const frame = Buffer.alloc(length);
  bytes.copy(frame, 0, at, at + TUYA_HEAD);
  frame[length - 1] = sumOf(frame);
  return frame;
}

function sumOf(bytes: Buffer): number {
  return bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
}

function startsWith(bytes: Buffer, at: number, start: Buffer): boolean {
  return bytes.subarray(at, at + start.length).equals(start);
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;
}
