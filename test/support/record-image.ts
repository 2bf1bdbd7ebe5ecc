import { crc32 } from 'node:zlib';
import { SECTOR } from '../../src/chip/geometry';
import { sectorsOf } from '../../src/chip/regions';
import { invertCrc } from '../../src/protocol/checksum';
import { checkCrc, flashRead4K } from '../../src/protocol/commands/command-table';
import { FREE_BYTES, forge } from '../../src/replay/forge';
import type { Script, Step } from '../../src/replay/script';
import { noiseFrom, standInFor } from '../../src/replay/stand-ins';
import { requestIn } from '../../src/trace/known-requests';
import type { PlanLine, Replaced } from '../../src/trace/record-lines';

/** A stretch of flash, and what its checksum has to be. */
interface Demand {
  start: number;
  bytes: Replaced;
}

/** What a job wrote to flash, and what it asked and was told of it. */
interface Doings {
  programs: Demand[];
  /** Checksums that the chip told. */
  told: { start: number; length: number; crc: number }[];
  read: Map<number, Buffer>;
}

const PAGE = 0x100;
const CRC_ANSWER = '040e0801e0fc10';
const READ_ANSWER = /^040eff01e0fcf4....0900/;

/**
 * An image of which a job, as it is recorded, could have been: of the same length, with the same checksums wherever
 * they are in the record, blank where it was only to be erased.
 * @param steps of the job
 * @param plan of the job; null where it ended before there was one
 */
export function imageFor(
  script: Script,
  steps: readonly Step[],
  plan: Pick<PlanLine, 'erase' | 'write'> | null,
  image: { n: number; crc?: string },
  offset: number,
): Buffer {
  const chip = script.events.find((line) => line.kind === 'chip');
  const doings = doingsIn(steps, chip?.kind === 'chip' && chip.family === 'full' ? 1 : 0);
  const first = offset - (offset % SECTOR);
  const end = Math.ceil((offset + image.n) / SECTOR) * SECTOR;
  const flash = new DemandingBytes(first, noiseFrom(end - first, image.n));
  const isInside = (start: number, length: number) => start >= first && start + length <= end;

  for (const [address, bytes] of doings.read) {
    if (!isInside(address, SECTOR)) continue;
    if (address < offset) flash.fix(address, bytes.subarray(0, offset - address));
    const over = address + SECTOR - (offset + image.n);
    if (over > 0) flash.fix(offset + image.n, bytes.subarray(SECTOR - over));
  }
  const changed = [...(plan?.write ?? []), ...(plan?.erase ?? [])].flatMap(sectorsOf);
  // Where a backup of the same job is compared with, nobody asks for checksums.
  for (const [address, bytes] of plan === null ? [] : doings.read) {
    if (isInside(address, SECTOR) && !changed.includes(address)) flash.fix(address, bytes);
  }
  const written = new Set((plan?.write ?? []).flatMap(sectorsOf));
  const erased = (plan?.erase ?? []).flatMap(sectorsOf).filter((sector) => !written.has(sector));
  for (const sector of erased) flash.fix(sector, Buffer.alloc(SECTOR, 0xff));
  const touched = [...written, ...erased];
  const isLeftAlone = (start: number, length: number) =>
    plan !== null && !touched.some((one) => one < start + length && start < one + SECTOR);
  const equal = doings.told
    .filter(({ start, length }) => isInside(start, length) && isLeftAlone(start, length))
    .map(({ start, length, crc }) => ({ start, bytes: checked(length, crc) }));
  const demands = [...doings.programs, ...equal].filter(({ start, bytes }) =>
    isInside(start, bytes.n),
  );
  leaveOutBlankPages(flash, demands);
  for (const demand of demands.sort((a, b) => a.bytes.n - b.bytes.n)) flash.meet(demand);
  return flash.bytes.subarray(offset - first, offset - first + image.n);
}

/** Pages that nobody wrote, in a sector that was written page by page, are blank. */
function leaveOutBlankPages(flash: DemandingBytes, demands: readonly Demand[]): void {
  const pages = demands.filter(({ bytes }) => bytes.n === PAGE);
  const sectors = new Set(pages.map(({ start }) => start - (start % SECTOR)));
  for (const sector of sectors) {
    const whole = demands.find(({ start, bytes }) => start === sector && bytes.n === SECTOR);
    if (whole === undefined) continue;
    const data = Buffer.alloc(SECTOR, 0xff);
    for (const { start, bytes } of pages) {
      if (start >= sector && start < sector + SECTOR) {
        standInFor([bytes]).copy(data, start - sector);
      }
    }
    if (crc32(data) === Number.parseInt(whole.bytes.crc ?? '', 16)) flash.fix(sector, data);
  }
}

function checked(n: number, crc: number): Replaced {
  const blank = crc === crc32(Buffer.alloc(n, 0xff));
  return { n, crc: crc.toString(16).padStart(8, '0'), ...(blank ? { of: 'ff' as const } : {}) };
}

/** Bytes that are made up until all demands are met. */
class DemandingBytes {
  readonly bytes: Buffer;
  readonly #first: number;
  /** Of each byte whether a demand that is met hangs on it. */
  readonly #fixed: Uint8Array;

  constructor(first: number, bytes: Buffer) {
    this.#first = first;
    this.bytes = bytes;
    this.#fixed = new Uint8Array(bytes.length);
  }

  fix(start: number, bytes: Buffer): void {
    bytes.copy(this.bytes, start - this.#first);
    this.#fixed.fill(1, start - this.#first, start - this.#first + bytes.length);
  }

  /** Larger demands after smaller ones: these leave no byte free. */
  meet({ start, bytes: wanted }: Demand): void {
    const at = start - this.#first;
    const end = at + wanted.n;
    if (wanted.of === 'ff' || wanted.of === '00') {
      for (let index = at; index < end; index++) {
        if (!this.#fixed[index]) this.bytes[index] = wanted.of === 'ff' ? 0xff : 0;
      }
    } else if (wanted.crc !== undefined) {
      const free = this.#freeIn(at, end);
      const crc = Number.parseInt(wanted.crc, 16);
      if (free !== null) forge(this.bytes.subarray(at, end), free - at, crc);
    }
    this.#fixed.fill(1, at, end);
  }

  #freeIn(start: number, end: number): number | null {
    let run = 0;
    for (let index = start; index < end; index++) {
      run = this.#fixed[index] ? 0 : run + 1;
      if (run === FREE_BYTES) return index - FREE_BYTES + 1;
    }
    return null;
  }
}

/** @param inclusive 1 where the chip counts a range's end */
function doingsIn(steps: readonly Step[], inclusive: number): Doings {
  const doings: Doings = { programs: [], told: [], read: new Map() };
  let asked: ReturnType<typeof requestIn> = null;
  for (const step of steps) {
    if (step.kind === 'out') {
      const [head, data] = step.bytes;
      asked = typeof head === 'string' ? requestIn(Buffer.from(head, 'hex')) : null;
      if (asked === null) continue;
      if (typeof data === 'object') {
        doings.programs.push({ start: asked.payload.readUInt32LE(0), bytes: data });
      }
      continue;
    }
    if (step.kind !== 'in' || asked === null) continue;
    const [head] = step.bytes;
    if (typeof head !== 'string') continue;
    const command: unknown = asked.command;
    if (command === checkCrc && head.startsWith(CRC_ANSWER) && head.length === 22) {
      const start = asked.payload.readUInt32LE(0);
      const length = asked.payload.readUInt32LE(4) + inclusive - start;
      const crc = invertCrc(Buffer.from(head.slice(14), 'hex').readUInt32LE(0));
      doings.told.push({ start, length, crc });
    }
    if (command === flashRead4K && READ_ANSWER.test(head) && step.bytes.length > 1) {
      const sector = standInFor(step.bytes.slice(1));
      if (sector.length === SECTOR) doings.read.set(asked.payload.readUInt32LE(0), sector);
    }
  }
  return doings;
}
