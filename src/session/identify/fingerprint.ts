import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { CALIBRATIONS } from '../../chip/known/chip-places';
import { CALIBRATION_HEADER, type Region } from '../../chip/layouts';
import type { Mark } from '../base/identity';
import { twiceAlike } from '../base/twice-alike';
import type { Flash } from '../memory/flash';

/** So much of a sector is looked at: of one with the calibration the chip's own address (MAC) and its radio's values. */
const MARKED = 512;
const BLANK = Buffer.alloc(MARKED, 0xff);
/** Where code lies on every chip, and where it goes on in all but the smallest images. */
const CODE: readonly number[] = [BOOTLOADER_END, 0x40000, 0x80000];
/** How often the places of calibrations are looked at. */
const LOOKS = 2;
/** How often an answer that speaks against the chip is asked for again: none of them has a frame check. */
const DOUBTS = 3;

/**
 * What tells two chips of one model apart: the chip's checksums of its calibration, and in it its MAC, wherever it
 * lies; of its code; and of what a job has written. Of each only for as long as no job changes it. Data that firmware
 * changes by itself is left out: a chip that was reset may have run it.
 */
export class Fingerprint {
  readonly #flash: Flash;
  /** By address, the most telling ones first. */
  readonly #marks = new Map<number, Mark>();
  /** Those of the marks that are calibrations: clones differ in nothing else. */
  readonly #calibrations = new Set<number>();
  /** Places that were marks before a job changed them, and what they may hold in the midst of that. */
  readonly #changed = new Map<number, Set<number>>();
  /** Whether something is a mark that a job has written: no other chip has that. */
  #hasWitness = false;

  private constructor(flash: Flash) {
    this.#flash = flash;
  }

  /** One that was taken before, of the chip that is linked now. */
  static of(flash: Flash, marks: ReadonlyMap<number, Mark>): Fingerprint {
    const print = new Fingerprint(flash);
    for (const [address, { crc, length }] of marks) {
      print.#mark(address, crc, length);
      if (!CODE.includes(address)) print.#calibrations.add(address);
    }
    return print;
  }

  /** @throws as an exchange does */
  static async take(flash: Flash): Promise<Fingerprint> {
    const print = new Fingerprint(flash);
    // Most chips have one, and of those that seem to have none each place is asked once more.
    for (let looks = 0; looks < LOOKS && print.#marks.size === 0; looks++) {
      for (const address of CALIBRATIONS) await print.#takeCalibration(address);
    }
    for (const address of print.#marks.size > 0 ? CODE.slice(0, 1) : CODE)
      await print.#take(address);
    return print;
  }

  /** By address. */
  get marks(): ReadonlyMap<number, Mark> {
    return this.#marks;
  }

  /** Whether it knows the chip by its calibration, and so by its MAC. */
  get hasCalibration(): boolean {
    return this.#calibrations.size > 0;
  }

  /** Whether a job has changed what told the chip. */
  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  /**
   * A job changes a range: what lies there tells little for now.
   * @param bytes that the range is to hold; none where it is erased
   */
  forget(range: Region, bytes: Buffer | null = null): void {
    for (const [address, { crc: before, length }] of this.#marks) {
      if (!overlaps(range, { offset: address, length })) continue;
      this.#marks.delete(address);
      this.#changed.set(address, new Set([before, crc32(BLANK)]));
    }
    if (bytes === null) return;
    for (const [address, possible] of this.#changed) {
      if (!isInside(range, address)) continue;
      const wanted = bytes.subarray(address - range.offset).subarray(0, MARKED);
      // A program that broke off has got to some byte.
      for (let length = 1; length <= MARKED; length++) {
        possible.add(crc32(BLANK.subarray(length), crc32(wanted.subarray(0, length))));
      }
    }
  }

  /**
   * A job has written what was a mark, and asks the chip whether it took it: then it is one again.
   * @param bytes of whole sectors
   */
  async settle(offset: number, bytes: Buffer): Promise<void> {
    for (const address of this.#changed.keys()) {
      if (!isInside({ offset, length: bytes.length }, address)) continue;
      const wanted = crc32(bytes.subarray(address - offset).subarray(0, SECTOR));
      if ((await this.#flash.crc(address, SECTOR)) === wanted) this.#mark(address, wanted, SECTOR);
    }
  }

  /** The chip has confirmed by a checksum of all of it what a job has written. */
  confirmed(offset: number, bytes: Buffer): void {
    this.#mark(offset, crc32(bytes.subarray(0, SECTOR)), SECTOR);
    this.#hasWitness = true;
  }

  /** A calibration lies where no layout has it. @throws as an exchange does */
  async include(address: number): Promise<void> {
    if (this.#calibrations.has(address) || this.#changed.has(address)) return;
    this.#calibrations.add(address);
    await this.#take(address);
  }

  /** Whether the chip that answers now has it. @throws as an exchange does */
  async fits(): Promise<boolean> {
    for (const [address, { crc, length }] of this.#marks) {
      if ((await this.#flash.sureCrc(address, length)) === crc) continue;
      if ((await this.#sure(address, length)) !== crc) return false;
    }
    if (this.#hasWitness) return true;
    for (const [address, possible] of this.#changed) {
      // Code may hold anything after an erase that broke off, and says less.
      if (!this.#calibrations.has(address)) continue;
      if (!possible.has(await this.#sure(address, MARKED))) return false;
    }
    return true;
  }

  async #takeCalibration(address: number): Promise<void> {
    if (address + MARKED > this.#flash.size) return;
    if (
      (await this.#flash.sureCrc(address, CALIBRATION_HEADER.length)) === crc32(CALIBRATION_HEADER)
    )
      await this.include(address);
  }

  async #take(address: number): Promise<void> {
    if (address + MARKED <= this.#flash.size)
      this.#mark(address, await this.#sure(address, MARKED));
  }

  #mark(address: number, crc: number, length: number = MARKED): void {
    this.#marks.set(address, { crc, length });
    this.#changed.delete(address);
  }

  /** A checksum that came twice in a row, or the last of several. */
  async #sure(address: number, length: number): Promise<number> {
    return (await twiceAlike(() => this.#flash.sureCrc(address, length), DOUBTS)).answer;
  }
}

/** Whether a whole mark lies in a range. */
function isInside({ offset, length }: Region, address: number): boolean {
  return offset <= address && address + MARKED <= offset + length;
}

function overlaps(one: Region, other: Region): boolean {
  return other.offset < one.offset + one.length && one.offset < other.offset + other.length;
}
