import type { RegisterBlock } from './registers';

const START = 0x01;
const BURN = 0x02;
/** Bits 8 to 12 choose the byte. */
const INDEX = 0x1f00;
const VALID = 0x100;
/** How often the busy bit is seen before a byte is there. */
const BUSY_READS = 3;

/** Of the chips with an ARM9 core: a byte is there as soon as it is asked for. */
export class Efuse implements RegisterBlock {
  static readonly CONTROL = 0x800074;
  static readonly RESULT = 0x800078;
  readonly #bytes: Buffer;
  readonly #onBurn: () => void;
  #control = 0;
  #result = 0;

  /** @param bytes they come again and again, where there are less than 32 */
  constructor(bytes: Buffer, onBurn: () => void) {
    this.#bytes = bytes;
    this.#onBurn = onBurn;
  }

  has(address: number): boolean {
    return address === Efuse.CONTROL || address === Efuse.RESULT;
  }

  read(address: number): number {
    return address === Efuse.CONTROL ? this.#control : this.#result;
  }

  write(address: number, value: number): void {
    if (address !== Efuse.CONTROL) return;
    if ((value & BURN) !== 0) this.#onBurn();
    this.#control = (value & ~START) >>> 0;
    if ((value & START) === 0 || (value & BURN) !== 0) return;
    this.#result = VALID | (this.#bytes[indexIn(value) % this.#bytes.length] as number);
  }

  boot(): void {
    this.#control = 0;
    this.#result = 0;
  }
}

/**
 * The other one: it takes its time, and without its clock it has nothing to say. Any bit but the start and
 * the index would burn, or prepare to.
 */
export class ClockedEfuse implements RegisterBlock {
  static readonly CONTROL = 0x54880010;
  static readonly RESULT = 0x54880014;
  readonly #bytes: Buffer;
  readonly #clocked: () => boolean;
  readonly #onBurn: () => void;
  #control = 0;
  #result = 0;
  #busyReads = 0;

  constructor(bytes: Buffer, clocked: () => boolean, onBurn: () => void) {
    this.#bytes = bytes;
    this.#clocked = clocked;
    this.#onBurn = onBurn;
  }

  has(address: number): boolean {
    return address === ClockedEfuse.CONTROL || address === ClockedEfuse.RESULT;
  }

  read(address: number): number {
    if (address === ClockedEfuse.RESULT) return this.#clocked() ? this.#result : 0;
    if (this.#busyReads > 0 && --this.#busyReads === 0) this.#finish();
    return this.#control;
  }

  write(address: number, value: number): void {
    if (address !== ClockedEfuse.CONTROL) return;
    this.#control = value;
    this.#result = 0;
    this.#busyReads = 0;
    if ((value & ~(START | INDEX)) !== 0) this.#onBurn();
    else if ((value & START) !== 0) this.#busyReads = 1 + BUSY_READS;
  }

  boot(): void {
    this.#control = 0;
    this.#result = 0;
    this.#busyReads = 0;
  }

  #finish(): void {
    const byte = this.#bytes[indexIn(this.#control)];
    this.#control = (this.#control & ~START) >>> 0;
    this.#result = this.#clocked() && byte !== undefined ? VALID | byte : 0;
  }
}

function indexIn(control: number): number {
  return (control & INDEX) >>> 8;
}
