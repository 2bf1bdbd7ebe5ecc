/**
 * Frames of the download protocol: encoding of commands, and a reader that finds answers in a
 * stream of bytes. There is no frame check on this wire, so a frame counts only when its length is
 * one that the table of answers allows for its code; otherwise the reader steps on by one byte.
 */

export type Form = 'short' | 'long';

/** An answer. `payload` is a view that is valid only until the reader is fed again. */
export interface Frame {
  form: Form;
  code: number;
  /** Long answers only; 0 is success. Short answers carry 0. */
  status: number;
  payload: Buffer;
}

/** What an answer of one code may look like. Lengths are of the payload, in bytes. */
export interface AnswerShape {
  form: Form;
  code: number;
  minimum: number;
  maximum: number;
  /**
   * Bytes that really follow the status where the frame's own length field cannot be trusted
   * (GetMID: some ROMs count one too many or too few).
   */
  actual?: number;
}

const LONG_MARK = 0xf4;
const SHORT_HEADER = 7; // 04 0E len 01 E0 FC code
const LONG_HEADER = 11; // 04 0E FF 01 E0 FC F4 len16 code status
const START = Buffer.from([0x04, 0x0e]);

export function encodeCommand(form: Form, code: number, payload: Uint8Array): Buffer {
  const length = 1 + payload.length;
  if (form === 'short') {
    return Buffer.concat([Buffer.from([0x01, 0xe0, 0xfc, length, code]), payload]);
  }
  const header = Buffer.from([0x01, 0xe0, 0xfc, 0xff, LONG_MARK, 0, 0, code]);
  header.writeUInt16LE(length, 5);
  return Buffer.concat([header, payload]);
}

type Scan = { kind: 'frame'; frame: Frame; length: number } | { kind: 'wait' } | { kind: 'skip' };

/** Finds frames in bytes that arrive in pieces of any size. */
export class FrameReader {
  readonly #shapes: ReadonlyMap<number, readonly AnswerShape[]>;
  #buffer = Buffer.allocUnsafe(16 * 1024);
  #start = 0;
  #end = 0;
  readonly #onSkipped: ((bytes: Buffer) => void) | undefined;

  /** @param onSkipped is shown bytes that belong to no frame; a view that is valid only until it returns */
  constructor(shapes: readonly AnswerShape[], onSkipped?: (bytes: Buffer) => void) {
    this.#onSkipped = onSkipped;
    const byKey = new Map<number, AnswerShape[]>();
    for (const shape of shapes) {
      const key = keyOf(shape.form, shape.code);
      byKey.set(key, [...(byKey.get(key) ?? []), shape]);
    }
    this.#shapes = byKey;
  }

  /** Takes bytes and hands over each frame that they complete, in order. */
  push(bytes: Uint8Array, onFrame: (frame: Frame) => void): void {
    this.#append(bytes);
    this.#scan(onFrame);
  }

  /**
   * Gives up on an incomplete frame: the bytes behind its first one are looked at again, as a frame
   * that lost bytes can hide a whole one. To be called when the time for an answer is over.
   */
  resync(onFrame: (frame: Frame) => void): void {
    while (this.#end > this.#start) {
      this.#skip(1);
      this.#scan(onFrame);
    }
  }

  /** Forgets all that has arrived. */
  reset(): void {
    this.#start = 0;
    this.#end = 0;
  }

  /** Bytes of a frame that is not complete yet. */
  get pending(): number {
    return this.#end - this.#start;
  }

  #append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) {
      const held = this.#end - this.#start;
      const target =
        held + bytes.length > this.#buffer.length
          ? Buffer.allocUnsafe(2 * (held + bytes.length))
          : this.#buffer;
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#buffer = target;
      this.#start = 0;
      this.#end = held;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #scan(onFrame: (frame: Frame) => void): void {
    while (this.#end > this.#start) {
      const found = this.#scanOne();
      if (found.kind === 'wait') return;
      if (found.kind === 'skip') {
        this.#skip(1);
        continue;
      }
      this.#start += found.length;
      onFrame(found.frame);
    }
    this.#start = 0;
    this.#end = 0;
  }

  #skip(count: number): void {
    if (count > 0) this.#onSkipped?.(this.#buffer.subarray(this.#start, this.#start + count));
    this.#start += count;
  }

  #scanOne(): Scan {
    const buffer = this.#buffer.subarray(this.#start, this.#end);
    const begin = buffer.indexOf(START);
    if (begin < 0) {
      // A last 04 may be the first half of a start.
      const keep = buffer[buffer.length - 1] === START[0] ? 1 : 0;
      this.#skip(buffer.length - keep);
      return { kind: 'wait' };
    }
    this.#skip(begin);
    return this.#frameAt(buffer.subarray(begin));
  }

  #frameAt(bytes: Buffer): Scan {
    if (!startsLike(bytes, 3, [0x01, 0xe0, 0xfc])) return { kind: 'skip' };
    if (bytes.length < SHORT_HEADER) return { kind: 'wait' };
    return bytes[2] === 0xff ? this.#long(bytes) : this.#short(bytes);
  }

  #short(bytes: Buffer): Scan {
    const code = bytes[6] as number;
    const payload = (bytes[2] as number) - 4;
    if (!this.#fits('short', code, payload)) return { kind: 'skip' };
    const length = SHORT_HEADER + payload;
    if (bytes.length < length) return { kind: 'wait' };
    const frame: Frame = {
      form: 'short',
      code,
      status: 0,
      payload: bytes.subarray(SHORT_HEADER, length),
    };
    return { kind: 'frame', frame, length };
  }

  #long(bytes: Buffer): Scan {
    if (bytes[6] !== LONG_MARK) return { kind: 'skip' };
    if (bytes.length < LONG_HEADER) return { kind: 'wait' };
    const code = bytes[9] as number;
    const status = bytes[10] as number;
    const stated = bytes.readUInt16LE(7) - 2;
    const shapes = this.#shapes.get(keyOf('long', code)) ?? [];
    const shape = shapes.find((one) => within(one, stated, status));
    if (shape === undefined) return { kind: 'skip' };
    // A refusal may carry less than that; its length is all there is to go by.
    const actual = shape.actual ?? stated;
    const payload = status === 0 ? actual : Math.min(actual, stated);
    const length = LONG_HEADER + payload;
    if (bytes.length < length) return { kind: 'wait' };
    const frame: Frame = {
      form: 'long',
      code,
      status,
      payload: bytes.subarray(LONG_HEADER, length),
    };
    return { kind: 'frame', frame, length };
  }

  #fits(form: Form, code: number, payload: number): boolean {
    return (this.#shapes.get(keyOf(form, code)) ?? []).some((shape) => within(shape, payload, 0));
  }
}

/** A refusal may leave out what a success would carry. */
function within(shape: AnswerShape, payload: number, status: number): boolean {
  const minimum = status === 0 ? shape.minimum : 0;
  return payload >= minimum && payload <= shape.maximum;
}

function keyOf(form: Form, code: number): number {
  return (form === 'long' ? 0x100 : 0) | code;
}

function startsLike(bytes: Buffer, offset: number, expected: readonly number[]): boolean {
  return expected.every(
    (value, index) => offset + index >= bytes.length || bytes[offset + index] === value,
  );
}
