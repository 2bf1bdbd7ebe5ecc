/** A command as the chip hears it. */
export interface CommandFrame {
  long: boolean;
  code: number;
  payload: Buffer;
  /** When its last byte was there, in the clock's ms. */
  at: number;
}

const PREFIX = [0x01, 0xe0, 0xfc] as const;
/** The longest command is a 4 KiB write: seven bytes of head, a code, an address, the data. */
const LONGEST = 7 + 1 + 4 + 4096;

/** Finds command frames in a stream; bytes that belong to none are skipped. */
export class CommandReader {
  readonly #held = Buffer.alloc(LONGEST);
  #length = 0;
  /** Length of the whole frame, 0 until its head has told. */
  #total = 0;
  #lastAt = 0;

  /** A frame has begun and is not complete. */
  get pending(): boolean {
    return this.#length > 0;
  }

  /** When the last byte came, in the clock's ms. */
  get lastAt(): number {
    return this.#lastAt;
  }

  reset(): void {
    this.#length = 0;
    this.#total = 0;
  }

  shift(ms: number): void {
    this.#lastAt += ms;
  }

  /** Takes bytes whose last was there at `end`; returns the frames that they complete. */
  push(bytes: Buffer, end: number, byteMs: number): CommandFrame[] {
    const frames: CommandFrame[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#total === 0) {
        this.#head(bytes[at++] as number);
      } else {
        const count = Math.min(bytes.length - at, this.#total - this.#length);
        bytes.copy(this.#held, this.#length, at, at + count);
        this.#length += count;
        at += count;
      }
      if (this.#total > 0 && this.#length === this.#total) {
        frames.push(this.#take(end - (bytes.length - at) * byteMs));
      }
    }
    if (bytes.length > 0) this.#lastAt = end;
    return frames;
  }

  #head(byte: number): void {
    const index = this.#length;
    if (index < PREFIX.length && byte !== PREFIX[index]) {
      this.#length = 0;
      if (byte !== PREFIX[0]) return;
    }
    this.#held[this.#length++] = byte;
    this.#total = this.#totalLength();
  }

  /** 0 while the head does not tell yet; a head that cannot be true is dropped. */
  #totalLength(): number {
    const held = this.#held;
    if (this.#length === 4 && held[3] !== 0xff) return this.#checked(4, held[3] as number);
    if (this.#length === 5 && held[3] === 0xff && held[4] !== 0xf4) return 4 + 0xff;
    if (this.#length === 7) return this.#checked(7, held.readUInt16LE(5));
    return 0;
  }

  #checked(head: number, length: number): number {
    if (length > 0 && head + length <= LONGEST) return head + length;
    this.#length = 0;
    return 0;
  }

  #take(at: number): CommandFrame {
    const long = this.#held[3] === 0xff && this.#held[4] === 0xf4;
    const body = Buffer.from(this.#held.subarray(long ? 7 : 4, this.#total));
    this.reset();
    return { long, code: body[0] as number, payload: body.subarray(1), at };
  }
}

/** `04 0E` length `01 E0 FC` code, and what follows; the length counts from the prefix on. */
export function shortAnswer(code: number, payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(7 + payload.length);
  frame.set([0x04, 0x0e, 4 + payload.length, ...PREFIX, code]);
  frame.set(payload, 7);
  return frame;
}

/** `04 0E FF 01 E0 FC F4` length code status, and what follows; the length counts code and status too. */
export function longAnswer(code: number, status: number, payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(11 + payload.length);
  frame.set([0x04, 0x0e, 0xff, ...PREFIX, 0xf4]);
  frame.writeUInt16LE(2 + payload.length, 7);
  frame.set([code, status], 9);
  frame.set(payload, 11);
  return frame;
}

/** The name under which commands are counted: `S0E`, `L09`. */
export function commandKey(frame: Pick<CommandFrame, 'long' | 'code'>): string {
  const code = frame.code.toString(16).toUpperCase().padStart(2, '0');
  return (frame.long ? 'L' : 'S') + code;
}
