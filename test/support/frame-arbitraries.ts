import fc from 'fast-check';

/** A whole answer: its bytes, written out by the protocol's description, and what has to be read from it. */
export interface AnswerSample {
  bytes: Buffer;
  frame: { form: 'short' | 'long'; code: number; status: number; payload: string };
}

/** Payload lengths of answers by code, from the protocol's description. */
const SHORT_LENGTHS: readonly (readonly [code: number, length: number])[] = [
  [0x01, 1],
  [0x01, 8],
  [0x03, 8],
  [0x0f, 5],
  [0x10, 4],
  [0x11, 1],
  [0x11, 6],
];
const LONG_LENGTHS: readonly (readonly [code: number, length: number])[] = [
  [0x06, 5],
  [0x07, 4],
  [0x09, 4 + 4096],
  [0x0b, 4],
  [0x0c, 2],
  [0x0d, 2],
  [0x0d, 3],
  [0x0e, 4],
  [0x0f, 5],
];

function bytesOf(length: number): fc.Arbitrary<Buffer> {
  // Long payloads from a seed: shrinking 4096 bytes one by one would take for ever.
  if (length > 64) {
    return fc.nat().map((seed) => {
      const bytes = Buffer.alloc(length);
      for (let at = 0; at < length; at++) bytes[at] = Math.imul(seed + at, 2654435761) >>> 24;
      return bytes;
    });
  }
  return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => Buffer.from(data));
}

const aShort: fc.Arbitrary<AnswerSample> = fc
  .constantFrom(...SHORT_LENGTHS)
  .chain(([code, length]) =>
    bytesOf(length).map((payload) => ({
      bytes: Buffer.concat([
        Buffer.from([0x04, 0x0e, 4 + length, 0x01, 0xe0, 0xfc, code]),
        payload,
      ]),
      frame: { form: 'short', code, status: 0, payload: payload.toString('hex') },
    })),
  );

const aLong: fc.Arbitrary<AnswerSample> = fc.constantFrom(...LONG_LENGTHS).chain(([code, length]) =>
  fc.tuple(bytesOf(length), fc.constantFrom(0, 0, 0, 1, 6)).map(([payload, status]) => {
    const head = Buffer.from([0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4, 0, 0, code, status]);
    head.writeUInt16LE(2 + length, 7);
    return {
      bytes: Buffer.concat([head, payload]),
      frame: { form: 'long', code, status, payload: payload.toString('hex') },
    };
  }),
);

export const aFrame: fc.Arbitrary<AnswerSample> = fc.oneof(aShort, aLong);

/** True where nothing in the bytes starts an answer: 04 0E, any byte, 01 E0 FC. */
export function isInnocent(bytes: Uint8Array): boolean {
  return !bytes.some(
    (byte, at) =>
      byte === 0x04 &&
      bytes[at + 1] === 0x0e &&
      bytes[at + 3] === 0x01 &&
      bytes[at + 4] === 0xe0 &&
      bytes[at + 5] === 0xfc,
  );
}

/** Bytes that are rich in pieces of starts, but hold no whole one. */
export const harmless: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.nat(255) },
      { weight: 2, arbitrary: fc.constantFrom(0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4) },
    ),
    { maxLength: 200 },
  )
  .map((bytes) => Buffer.from(bytes))
  .filter(isInnocent);

/** Frames, cut frames and noise alike. */
export const anything: fc.Arbitrary<Buffer> = fc.oneof(
  harmless,
  aFrame.map(({ bytes }) => bytes),
  fc.tuple(aFrame, fc.nat(4200)).map(([{ bytes }, end]) => bytes.subarray(0, end)),
);

/** Cuts bytes into pieces of the given lengths (1 more than each number). */
export function piecesOf(bytes: Buffer, cuts: Iterable<number>): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const cut of cuts) {
    if (at >= bytes.length) break;
    pieces.push(bytes.subarray(at, at + 1 + cut));
    at += 1 + cut;
  }
  return pieces;
}
