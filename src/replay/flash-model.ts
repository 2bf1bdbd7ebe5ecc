import { crc32 } from 'node:zlib';
import { SECTOR } from '../chip/geometry';
import { invertCrc } from '../protocol/checksum';
import { checkCrc, flashRead4K } from '../protocol/commands/command-table';
import { type Request, requestIn } from '../trace/known-requests';
import type { Stretch } from '../trace/record-lines';
import type { Script, Step } from './script';
import { noiseFrom, standInFor } from './stand-ins';

/** Bytes of a read's answer before the address, and before what it has read. */
const HEAD = 11;
const DATA = HEAD + 4;
const READ_ANSWER = Buffer.from([0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4]);

const CRC_HEAD = Buffer.from([0x04, 0x0e, 0x08, 0x01, 0xe0, 0xfc, checkCrc.code]);

/**
 * What flash holds of made-up bytes, as far as somebody can know it: checksums of short stretches are in no record, and
 * come from here.
 */
export class FlashModel {
  /** Those that are told, by their requests: now and then one is not, as it might be another one's late answer. */
  readonly #checksums: ReadonlyMap<string, Buffer>;
  /** Full chips count a range's end. */
  readonly #countsEnd: boolean;
  readonly #sectors = new Map<number, Buffer>();
  #asked: Request | null = null;

  constructor({ events, steps }: Script) {
    const chip = events.find(({ kind }) => kind === 'chip');
    this.#countsEnd = chip?.kind !== 'chip' || chip.family === 'full';
    this.#checksums = checksumsIn(steps);
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

  /** What stands for a stretch that arrives now. */
  bytesOf(stretch: Stretch): Buffer {
    if (typeof stretch === 'string' || stretch.of !== 'checksum') return standInFor([stretch]);
    const asked = this.#asked?.payload.toString('hex') ?? '';
    const unlike = noiseFrom(stretch.n, crc32(asked));
    if (stretch.wrong) return unlike;
    return this.#checksum ?? this.#checksums.get(asked) ?? unlike;
  }

  /** A whole answer to the checksum that was asked for last; null where that is not known. */
  get checksumAnswer(): Buffer | null {
    const checksum = this.#checksum;
    return checksum === null ? null : Buffer.concat([CRC_HEAD, checksum]);
  }

  /** The four bytes of an answer to the checksum that was asked for last; null where that is not known. */
  get #checksum(): Buffer | null {
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

/** The latest answer to each request for a checksum that is told, in the chip's own four bytes. */
function checksumsIn(steps: readonly Step[]): Map<string, Buffer> {
  const told = new Map<string, Buffer>();
  let asked: Request | null = null;
  for (const step of steps) {
    if (step.kind !== 'out' && step.kind !== 'in') continue;
    const [head] = step.bytes;
    const bytes = typeof head === 'string' ? Buffer.from(head, 'hex') : null;
    if (step.kind === 'out') asked = bytes === null ? null : requestIn(bytes);
    const isAnswer = step.kind === 'in' && bytes !== null && bytes.length === CRC_HEAD.length + 4;
    if (!isAnswer || asked === null || !bytes.subarray(0, CRC_HEAD.length).equals(CRC_HEAD))
      continue;
    told.set(asked.payload.toString('hex'), bytes.subarray(CRC_HEAD.length));
  }
  return told;
}
