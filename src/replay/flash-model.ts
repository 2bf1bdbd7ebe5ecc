import { crc32 } from 'node:zlib';
import { SECTOR } from '../chip/geometry';
import { invertCrc } from '../protocol/checksum';
import { checkCrc, flashRead4K } from '../protocol/commands/command-table';
import { type Request, requestIn } from '../trace/known-requests';

/** Bytes of a read's answer before the address, and before what it has read. */
const HEAD = 11;
const DATA = HEAD + 4;
const READ_ANSWER = Buffer.from([0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4]);

/**
 * What flash holds of made-up bytes, as far as somebody can know it: checksums of short stretches are in no record, and
 * come from here.
 */
export class FlashModel {
  /** Full chips count a range's end. */
  readonly #countsEnd: boolean;
  readonly #sectors = new Map<number, Buffer>();
  #asked: Request | null = null;

  constructor(countsEnd: boolean) {
    this.#countsEnd = countsEnd;
  }

  sent(bytes: Buffer): void {
    const request = requestIn(bytes);
    if (request === null) return;
    this.#asked = request;
    // What is changed is not known for sure until it is read again.
    if (request.command.changes !== undefined) this.#sectors.clear();
  }

  arrived(bytes: Buffer): void {
    const isRead = bytes.length === DATA + SECTOR && bytes.subarray(0, 7).equals(READ_ANSWER);
    if (!isRead || bytes[9] !== flashRead4K.code) return;
    this.#sectors.set(bytes.readUInt32LE(HEAD), bytes.subarray(DATA));
  }

  /** The four bytes of an answer to the checksum that was asked for last; null where that is not known. */
  get checksum(): Buffer | null {
    if (this.#asked === null || (this.#asked.command as unknown) !== checkCrc) return null;
    const { payload } = this.#asked;
    const start = payload.readUInt32LE(0);
    const end = payload.readUInt32LE(4) + (this.#countsEnd ? 1 : 0);
    const at = start - (start % SECTOR);
    const sector = this.#sectors.get(at);
    if (sector === undefined || end > at + SECTOR) return null;
    const answer = Buffer.alloc(4);
    answer.writeUInt32LE(invertCrc(crc32(sector.subarray(start - at, end - at))));
    return answer;
  }
}
