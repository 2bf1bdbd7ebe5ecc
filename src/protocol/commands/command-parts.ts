/** What commands are made of. Numbers are little-endian. */

import type { AnswerShape } from '../frames';

export function u8(...values: number[]): Buffer {
  return Buffer.from(values);
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value >>> 0, 4 * index);
  });
  return bytes;
}

export function echoes(payload: Buffer, expected: Uint8Array): boolean {
  return payload.length >= expected.length && payload.subarray(0, expected.length).equals(expected);
}

/** A refused command may answer without its echo, or with a part of it. */
export function echoesInPart(payload: Buffer, expected: Uint8Array): boolean {
  const length = Math.min(payload.length, expected.length);
  return payload.subarray(0, length).equals(expected.subarray(0, length));
}

export function short(code: number, length: number): AnswerShape {
  return { form: 'short', code, minimum: length, maximum: length };
}

export function long(code: number, length: number): AnswerShape {
  return { form: 'long', code, minimum: length, maximum: length };
}

/** Bytes of an answer before its payload. */
export const SHORT_OVERHEAD = 7;
export const LONG_OVERHEAD = 11;

/** Of commands that nothing answers. */
export const UNANSWERED = {
  answer: null,
  answerBytes: 0,
  parse: () => undefined,
  work: () => 0,
} as const;
