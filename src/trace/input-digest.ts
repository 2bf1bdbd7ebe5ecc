import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import {
  ANSWER_SHAPES,
  changedBy,
  checkCrc,
  flashRead4K,
} from '../protocol/commands/command-table';
import { type Frame, FrameReader } from '../protocol/frames';
import type { KnownRequests, Request } from './known-requests';
import type { MacMask } from './mac-mask';
import type { Replaced, Stretch } from './record-lines';
import { isCodeUnderOwnKey, SectorParts } from './sector-parts';
import { answerHeadOf, looksOf } from './stray-looks';
import { type InEntry, replaced } from './wire-entries';

const SHORT_HEADER = 7;
const LONG_HEADER = 11;
const ADDRESS = 4;
/** Bytes of a read's answer before the contents of flash. */
const READ_HEAD = LONG_HEADER + ADDRESS;
const READ_START = Buffer.from([0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4]);
const READ_HEADER = Buffer.from([...READ_START, 0x06, 0x10, flashRead4K.code, 0]);
const READ_ANSWER = READ_HEAD + SECTOR;
const READ_REQUEST = 12;
/** Input that nobody asks for is digested when there is so much, bytes. */
const MOST_HELD = 64 * 1024;
/** Strays that arrive further apart have lines of their own, ms. */
const GAP_MS = 2;
/** Pieces that arrive within this count as one, ms. */
const TOGETHER_MS = 0.5;
const NOTHING = Buffer.alloc(0);

/**
 * Makes entries of input. Bytes are only copied when they arrive, and looked at when the next command is about to be
 * sent: what has come until then is put into frames and strays, and contents of flash are forgotten.
 */
export class InputDigest {
  readonly #known: KnownRequests;
  readonly #mask: MacMask;
  readonly #onEntry: (entry: InEntry) => void;
  readonly #reader = new FrameReader(ANSWER_SHAPES, (bytes) => {
    this.#at += bytes.length;
  });
  readonly #parts = new SectorParts();
  #held = Buffer.allocUnsafe(2 * 4096);
  #length = 0;
  /** Where each piece ends in what is held, and when it arrived. */
  readonly #ends: number[] = [];
  readonly #times: number[] = [];
  /** The first sector of the application as it was read last: rates are proved by checksums of parts of it. */
  #sample: Buffer | null = null;
  /** How far the reader is. */
  #at = 0;
  /** Everything before it has its entry. */
  #done = 0;

  constructor(known: KnownRequests, mask: MacMask, onEntry: (entry: InEntry) => void) {
    this.#known = known;
    this.#mask = mask;
    this.#onEntry = onEntry;
  }

  arrived(bytes: Buffer, now: number): void {
    const end = this.#length + bytes.length;
    if (end > this.#held.length) {
      const larger = Buffer.allocUnsafe(2 * end);
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    this.#held.set(bytes, this.#length);
    this.#length = end;
    const last = this.#times.length - 1;
    if (last >= 0 && now - (this.#times[last] as number) < TOGETHER_MS) this.#ends[last] = end;
    else {
      this.#ends.push(end);
      this.#times.push(now);
    }
    if (end >= MOST_HELD) this.flush();
  }

  /** Makes entries of all that has arrived: what is no whole frame by now is broken as far as a record goes. */
  flush(): void {
    if (this.#length === 0) return;
    if (this.#isWholeRead()) {
      this.#known.latestIsAnswered();
      this.#addRead(0, this.#length, this.#held.readUInt32LE(LONG_HEADER));
    } else {
      this.#read();
      // A whole one may hide in what looks like another's beginning.
      this.#reader.resync((frame) => this.#frame(frame));
      this.#strays(this.#length);
    }
    this.#forget(this.#length);
  }

  /** The same but for an answer that has begun: the rest of it may be on its way. */
  settle(): void {
    if (this.#length === 0) return;
    if (this.#isWholeRead()) {
      this.flush();
      return;
    }
    this.#read();
    const begun = this.#length - this.#reader.pending;
    this.#strays(begun);
    this.#forget(begun);
  }

  /** Whether all that has arrived is the sector that was asked for last: nearly always. */
  #isWholeRead(): boolean {
    const held = this.#held;
    const { latest } = this.#known;
    if (this.#length !== READ_ANSWER || latest?.length !== READ_REQUEST) return false;
    if (latest[7] !== flashRead4K.code) return false;
    for (let at = 0; at < LONG_HEADER; at++) if (held[at] !== READ_HEADER[at]) return false;
    for (let at = 0; at < ADDRESS; at++)
      if (held[LONG_HEADER + at] !== latest[8 + at]) return false;
    return true;
  }

  #read(): void {
    this.#reader.push(this.#held.subarray(0, this.#length), (frame) => this.#frame(frame));
  }

  /** So many of the first bytes have their entries. */
  #forget(count: number): void {
    this.#held.copyWithin(0, count, this.#length);
    this.#length -= count;
    let gone = 0;
    while (gone < this.#ends.length && (this.#ends[gone] as number) <= count) gone++;
    this.#ends.splice(0, gone);
    this.#times.splice(0, gone);
    for (let index = 0; index < this.#ends.length; index++) {
      this.#ends[index] = (this.#ends[index] as number) - count;
    }
    this.#reader.reset();
    this.#at = 0;
    this.#done = 0;
  }

  #frame(frame: Frame): void {
    this.#strays(this.#at);
    const { payload } = frame;
    const header = frame.form === 'long' ? LONG_HEADER : SHORT_HEADER;
    const start = this.#at;
    const end = start + header + payload.length;
    this.#at = end;
    this.#done = end;
    const asked = this.#known.answeredBy(frame);
    if ((asked?.command as unknown) === flashRead4K && frame.status === 0) {
      this.#addRead(start, end, payload.readUInt32LE(0));
      return;
    }
    const { keep, body } = this.#told(frame, asked);
    const raw = Buffer.from(this.#held.subarray(start, start + header + keep));
    this.#add(start, end, raw, null, body);
  }

  #addRead(start: number, end: number, address: number): void {
    const sector = this.#held.subarray(start + READ_HEAD, end);
    const body = this.#sector(address, sector, this.#timeOf(end - 1));
    this.#add(start, end, READ_HEADER, address, [body]);
  }

  #add(
    start: number,
    end: number,
    raw: Buffer,
    address: number | null,
    body: readonly Stretch[],
  ): void {
    const [t, until] = [this.#timeOf(start), this.#timeOf(end - 1)];
    this.#onEntry({ kind: 'in', t, until, raw, address, body });
  }

  /** How many bytes of a frame's payload are told, and what stands for the others. */
  #told(frame: Frame, asked: Request | null): { keep: number; body: readonly Stretch[] } {
    const { payload } = frame;
    const all = { keep: payload.length, body: [] };
    const none = { keep: 0, body: payload.length > 0 ? [{ n: payload.length }] : [] };
    if (asked === null) return changedBy(frame) === null ? none : all;
    const command: unknown = asked.command;
    if (command === flashRead4K) return refusal(payload);
    if (command !== checkCrc) return all;
    const checksum = payload.readUInt32LE(0);
    if (this.#known.mayTellChecksum(asked, checksum)) return all;
    return { keep: 0, body: [this.#checksum(asked, checksum)] };
  }

  /** What stands for a checksum that is not told. */
  #checksum({ payload }: Request, checksum: number): Replaced {
    const told: Replaced = { n: 4, of: 'checksum' };
    const from = payload.readUInt32LE(0) - BOOTLOADER_END;
    const to = payload.readUInt32LE(4) - BOOTLOADER_END;
    const sample = this.#sample;
    if (sample === null || from < 0 || from > to || to >= sample.length) return told;
    // Full chips count the end, basic ones do not; of a chip's own checksum the last step is missing.
    const isRight = [to, to + 1].some(
      (end) => (crc32(sample.subarray(from, end)) ^ checksum) >>> 0 === 0xffffffff,
    );
    return isRight ? told : { ...told, wrong: true };
  }

  /** What stands for a sector that was read whole. */
  #sector(address: number, sector: Buffer, t: number): Replaced {
    if (address === BOOTLOADER_END) this.#sample = Buffer.from(sector);
    const masked = this.#mask.mask(address, sector, t);
    const told = masked ?? sector;
    const whole = replaced(told);
    if (whole.of !== undefined) return whole;
    const parts = this.#parts.of(address, told);
    if (parts !== null) whole.parts = parts;
    if (isCodeUnderOwnKey(address, told)) whole.packets = true;
    if (masked !== null) whole.masked = true;
    return whole;
  }

  /** Bytes up to here that are part of no frame. */
  #strays(end: number): void {
    let start = this.#done;
    this.#done = end;
    while (start < end) {
      const until = this.#endOfRun(start, end);
      const bytes = this.#held.subarray(start, until);
      const read = this.#brokenRead(bytes);
      const head = read.length > 0 ? read : Buffer.from(answerHeadOf(bytes));
      const rest = bytes.subarray(head.length);
      const isFlash = read.length > 0 || this.#known.mayHoldFlash;
      const body = rest.length === 0 ? [] : isFlash ? [{ n: rest.length }] : looksOf(rest);
      this.#add(start, until, head, null, body);
      start = until;
    }
  }

  /** The head of a read's answer that is not whole, if it is one to a read that was asked for. */
  #brokenRead(bytes: Buffer): Buffer {
    if (bytes.length < READ_HEAD || !bytes.subarray(0, READ_START.length).equals(READ_START)) {
      return NOTHING;
    }
    if (bytes[9] !== flashRead4K.code || !this.#known.isReadOf(bytes.readUInt32LE(LONG_HEADER))) {
      return NOTHING;
    }
    return Buffer.from(bytes.subarray(0, READ_HEAD));
  }

  #endOfRun(start: number, end: number): number {
    let before = this.#timeOf(start);
    for (let index = 0; index < this.#ends.length; index++) {
      const to = this.#ends[index] as number;
      if (to <= start) continue;
      const next = this.#times[index + 1];
      if (to >= end || next === undefined) return end;
      if (next - before > GAP_MS) return to;
      before = next;
    }
    return end;
  }

  /** When a byte arrived. */
  #timeOf(position: number): number {
    const last = this.#ends.length - 1;
    if (last === 0 || position < (this.#ends[0] as number)) return this.#times[0] as number;
    if (position >= (this.#ends[last - 1] as number)) return this.#times[last] as number;
    return this.#times[this.#ends.findIndex((end) => position < end)] as number;
  }
}

/** A refused read echoes its address at most; a status that the line has changed may have a sector behind it. */
function refusal(payload: Buffer): { keep: number; body: readonly Stretch[] } {
  const keep = Math.min(ADDRESS, payload.length);
  return { keep, body: payload.length > keep ? [{ n: payload.length - keep }] : [] };
}
