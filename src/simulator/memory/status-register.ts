/** BP0 to BP4 in the first byte and CMP in the second: any of them keeps the flash from changing. */
const PROTECT_MASK = 0x407c;
/** What a P25Q16HBK read for good after one write that it did not need. */
const PUNISHED = 0x7bfc;
const WRITE_IN_PROGRESS = 1;

/** The flash part's status register, two bytes as one number: second byte << 8 | first. */
export class StatusRegister {
  readonly #afterBoot: number;
  readonly #punishes: boolean;
  #value: number;
  #punished = false;
  #busyUntil = Number.NEGATIVE_INFINITY;

  constructor(afterBoot: number, punishes: boolean) {
    this.#afterBoot = afterBoot;
    this.#punishes = punishes;
    this.#value = afterBoot;
  }

  get protected(): boolean {
    return this.#punished || (this.#value & PROTECT_MASK) !== 0;
  }

  /** A boot protects the flash again; what was locked for good stays so. */
  boot(): void {
    if (!this.#punished) this.#value = this.#afterBoot;
    this.#busyUntil = Number.NEGATIVE_INFINITY;
  }

  /** One byte by the part's own read command: 05, 35 or 15. */
  read(command: number, at: number): number {
    if (command === 0x05) {
      return (this.#value & 0xff) | (at < this.#busyUntil ? WRITE_IN_PROGRESS : 0);
    }
    return command === 0x35 ? this.#value >>> 8 : 0;
  }

  /**
   * Command 01 takes the first byte and, where given, the second (a part with two clears the one that
   * it is not given); 31 takes the second. Returns whether the write was needless.
   */
  write(command: number, bytes: Uint8Array, busyUntil: number): boolean {
    const needless = !this.protected;
    if (needless && this.#punishes) {
      this.#punished = true;
      this.#value = PUNISHED;
    }
    this.#busyUntil = busyUntil;
    if (this.#punished) return needless;
    const [first = 0, second = 0] = bytes;
    if (command === 0x01) this.#value = (second << 8) | (first & ~WRITE_IN_PROGRESS);
    else if (command === 0x31) this.#value = (first << 8) | (this.#value & 0xff);
    return needless;
  }
}
