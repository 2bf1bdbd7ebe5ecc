import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import type { Random } from '../../clock';
import { below } from '../setup/prng';

/** Every how many bytes a dead sector has a cell that takes the opposite. */
const DEAD_EVERY = 251;
const DEAD_BIT = 0x10;
/** How many cells stay half programmed where the power went. */
const WEAK_CELLS = 6;

/** The cells of a NOR flash. Addresses of any size wrap at its end; lengths must not exceed it. */
export class FlashMemory {
  readonly cells: Buffer;
  readonly #random: Random;
  readonly #deadSector: number | null;
  #changed = false;

  /** @param deadSector address of a sector that never takes its data, or null */
  constructor(cells: Buffer, deadSector: number | null, random: Random) {
    this.cells = cells;
    this.#deadSector = deadSector === null ? null : deadSector - (deadSector % SECTOR);
    this.#random = random;
  }

  get size(): number {
    return this.cells.length;
  }

  /** Whether anything was erased or programmed since it was made. */
  get changed(): boolean {
    return this.#changed;
  }

  read(address: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    this.#pieces(address, length, (from, count, offset) => {
      this.cells.copy(bytes, offset, from, from + count);
    });
    return bytes;
  }

  /** zlib's crc32 of a range, which may go round the end of the flash more than once. */
  crc(address: number, length: number): number {
    let value = 0;
    this.#pieces(address, length, (from, count) => {
      value = crc32(this.cells.subarray(from, from + count), value);
    });
    return value;
  }

  /** The flash itself takes whole units: the address is masked to one. */
  erase(address: number, unit: number): void {
    this.#changed = true;
    const start = this.#unitStart(address, unit);
    this.cells.fill(0xff, start, start + unit);
    this.#deaden(start, unit, null);
  }

  /** Programming can only clear bits. */
  program(address: number, data: Buffer): void {
    this.#changed = true;
    this.#pieces(address, data.length, (from, count, offset) => {
      this.#clear(from, data, offset, count);
      this.#deaden(from, count, data.subarray(offset, offset + count));
    });
  }

  /** The power goes in the middle of an erase: part blank, part as before, and some cells in between. */
  interruptErase(address: number, unit: number): void {
    this.#changed = true;
    const start = this.#unitStart(address, unit);
    const reached = start + 1 + below(this.#random, unit - 1);
    this.cells.fill(0xff, start, reached);
    this.#weaken(start, unit);
  }

  /** The same in the middle of a program: part as wanted, part as before. */
  interruptProgram(address: number, data: Buffer): void {
    this.#changed = true;
    const count = below(this.#random, data.length);
    this.#pieces(address, count, (from, length, offset) => {
      this.#clear(from, data, offset, length);
    });
    this.#weaken(address % this.size, data.length);
  }

  /** First address of the unit that an erase takes. */
  #unitStart(address: number, unit: number): number {
    const wrapped = address % this.size;
    return wrapped - (wrapped % unit);
  }

  #clear(from: number, data: Buffer, offset: number, count: number): void {
    const cells = this.cells;
    for (let index = 0; index < count; index++) {
      cells[from + index] = (cells[from + index] as number) & (data[offset + index] as number);
    }
  }

  /** Leaves bits that nobody wanted in the dead sector's share of a range; no data means an erase. */
  #deaden(from: number, count: number, data: Buffer | null): void {
    const dead = this.#deadSector;
    if (dead === null) return;
    const first = Math.max(from, dead);
    const end = Math.min(from + count, dead + SECTOR);
    for (let at = first; at < end; at++) {
      // The first cell of any range counts too, so that no write, however short, comes out right.
      if (at !== first && (at - dead) % DEAD_EVERY !== 0) continue;
      this.cells[at] = (data === null ? 0xff : (data[at - from] as number)) ^ DEAD_BIT;
    }
  }

  #weaken(start: number, length: number): void {
    for (let count = 0; count < WEAK_CELLS; count++) {
      const at = (start + below(this.#random, length)) % this.size;
      this.cells[at] = (this.cells[at] as number) ^ (1 << below(this.#random, 8));
    }
  }

  #pieces(
    address: number,
    length: number,
    each: (from: number, count: number, offset: number) => void,
  ): void {
    for (let offset = 0; offset < length; ) {
      const from = (address + offset) % this.size;
      const count = Math.min(length - offset, this.size - from);
      each(from, count, offset);
      offset += count;
    }
  }
}
