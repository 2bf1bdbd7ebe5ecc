/** The longest head of an answer, bytes: a device sends some 200. */
const MOST_HEAD = 8_192;
/** So much of what a password is wanted for is kept. */
const MOST_CHALLENGE = 100;
const STATUS_LINE = /^HTTP\/1\.[01] (-?\d{1,3})(?:\s|$)/;
const LENGTH = /^\d{1,9}$/;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const START = 'HTTP/1.';

/** What is wrong with an answer. */
export type AnswerFault =
  | { kind: 'noHttp' }
  | { kind: 'badHead' }
  | { kind: 'tooLong' }
  | { kind: 'tooShort'; length: number };

export interface ReaderLimits {
  /** Most bytes of body. */
  limit: number;
  /** Bytes of a body that is not an error: the answer is over when they are there. */
  length?: number | undefined;
}

/**
 * Reads one answer piece by piece, as devices send them and not as the standard wants it: lines end in a bare line feed or
 * in both, a status may be negative, and there is no length but the end of the connection. It never holds more than the
 * limits, and takes what no device sends (a coded transfer, two lengths) for damage. Pure.
 */
export class AnswerReader {
  /** 0 until its line is there. */
  status = 0;
  /** What it says that it wants a password for; empty where it says nothing. */
  challenge = '';
  readonly #limits: ReaderLimits;
  readonly #body: Buffer[] = [];
  #head = Buffer.alloc(0);
  #hasHead = false;
  #received = 0;
  #announced: number | null = null;

  constructor(limits: ReaderLimits) {
    this.#limits = limits;
  }

  /** Bytes of body so far. */
  get received(): number {
    return this.#received;
  }

  get hasBegun(): boolean {
    return this.#hasHead || this.#head.length > 0;
  }

  get hasHead(): boolean {
    return this.#hasHead;
  }

  get body(): Buffer {
    return Buffer.concat(this.#body);
  }

  /** @returns whether the answer is over, more is to come, or what is wrong with it */
  push(bytes: Buffer): 'over' | 'more' | AnswerFault {
    if (this.#hasHead) return this.#take(bytes);
    this.#head = Buffer.concat([this.#head, bytes.subarray(0, MOST_HEAD + 1)]);
    const start = this.#head.toString('latin1', 0, START.length);
    if (!START.startsWith(start)) return { kind: 'noHttp' };
    const end = endOfHead(this.#head);
    if (end === null) return this.#head.length > MOST_HEAD ? { kind: 'badHead' } : 'more';
    if (end > MOST_HEAD) return { kind: 'badHead' };
    const before = this.#head.length - Math.min(bytes.length, MOST_HEAD + 1);
    const head = this.#head.toString('latin1', 0, end);
    this.#head = Buffer.alloc(0);
    this.#hasHead = true;
    const fault = this.#readHead(head);
    return fault ?? this.#take(bytes.subarray(end - before));
  }

  /** The connection has ended in order. @returns null where that makes the answer whole */
  end(): AnswerFault | null {
    if (!this.#hasHead) return { kind: 'badHead' };
    const length = this.#wanted;
    return length !== null && this.#received < length ? { kind: 'tooShort', length } : null;
  }

  /** What an error says instead of what was asked for has another length. */
  get #wanted(): number | null {
    const asked = this.status === 200 ? this.#limits.length : undefined;
    return asked ?? this.#announced;
  }

  #readHead(head: string): AnswerFault | null {
    const [first = '', ...lines] = head.split('\n').map((line) => line.replace(/\r$/, ''));
    const status = STATUS_LINE.exec(first)?.[1];
    if (status === undefined) return { kind: 'noHttp' };
    this.status = Number(status);
    for (const line of lines) {
      const at = line.indexOf(':');
      const name = line.slice(0, Math.max(0, at)).trim().toLowerCase();
      const value = line.slice(at + 1).trim();
      if (line.includes('\0') || name === 'transfer-encoding') return { kind: 'badHead' };
      if (name === 'www-authenticate') this.challenge = value.slice(0, MOST_CHALLENGE);
      if (name !== 'content-length') continue;
      const length = LENGTH.test(value) ? Number(value) : Number.NaN;
      // One that is there twice, and says two things, is nobody's.
      if (Number.isNaN(length) || (this.#announced ?? length) !== length)
        return { kind: 'badHead' };
      this.#announced = length;
    }
    if (this.#announced !== null && this.#announced > this.#limits.limit)
      return { kind: 'tooLong' };
    const { length } = this.#limits;
    const differs = this.#announced !== null && length !== undefined && this.#announced < length;
    return this.status === 200 && differs ? { kind: 'tooShort', length: length as number } : null;
  }

  #take(bytes: Buffer): 'over' | 'more' | AnswerFault {
    const wanted = this.#wanted;
    const rest = wanted === null ? bytes.length : Math.max(0, wanted - this.#received);
    const taken = bytes.subarray(0, rest);
    if (this.#received + taken.length > this.#limits.limit) return { kind: 'tooLong' };
    // What comes in single bytes would take a hundred times its size in buffers of its own.
    if (taken.length > 0) this.#keep(taken);
    this.#received += taken.length;
    return wanted !== null && this.#received >= wanted ? 'over' : 'more';
  }

  #keep(bytes: Buffer): void {
    const last = this.#body.at(-1);
    if (last !== undefined && last.length < 4096 && last.length + bytes.length <= 8192) {
      this.#body[this.#body.length - 1] = Buffer.concat([last, bytes]);
    } else {
      this.#body.push(Buffer.from(bytes));
    }
  }
}

/** Behind the empty line; null where it is not there yet. */
function endOfHead(bytes: Buffer): number | null {
  let at = bytes.indexOf(LINE_FEED);
  while (at >= 0) {
    if (bytes[at + 1] === LINE_FEED) return at + 2;
    if (bytes[at + 1] === RETURN && bytes[at + 2] === LINE_FEED) return at + 3;
    at = bytes.indexOf(LINE_FEED, at + 1);
  }
  return null;
}
