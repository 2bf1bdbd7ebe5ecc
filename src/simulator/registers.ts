import type { ChipFacts } from '../chip/families';

const EFUSE_CONTROL = 0x800074;
const EFUSE_OUTPUT = 0x800078;
const START = 0x01;
const VALID = 0x100;
/** The mask ROM of BK7231N and M shows at the start of their address space, 16 KiB. */
const ROM_END = 0x4000;

/** The registers that tools look at on full chips: the chip id, and the eFuse controller with the code key. */
export class Registers {
  readonly #values = new Map<number, number>();
  readonly #efuse: Buffer | null;
  readonly #hasRom: boolean;

  /** @param key sixteen bytes: four words, the lowest byte of each first */
  constructor(facts: ChipFacts, key: Buffer) {
    if (facts.chipId !== null && facts.chipIdRegister !== null) {
      this.#values.set(facts.chipIdRegister, Number.parseInt(facts.chipId, 16));
    }
    // The Cortex-M33 chips have another controller elsewhere: here they read as nothing.
    const own = facts.name !== 'BK7236' && facts.name !== 'BK7258';
    this.#hasRom = facts.chipId === '7231c';
    this.#efuse = own ? Buffer.concat([key, Buffer.alloc(16)]) : null;
  }

  read(address: number): number {
    if (this.#hasRom && address < ROM_END) return romWord(address);
    return this.#values.get(address) ?? 0;
  }

  write(address: number, value: number): void {
    if (address !== EFUSE_CONTROL || this.#efuse === null || !(value & START)) {
      this.#values.set(address, value);
      return;
    }
    // Bits 8 to 12 choose the byte; the start bit clears itself when the byte can be had.
    const byte = this.#efuse[(value >>> 8) & 0x1f] as number;
    this.#values.set(EFUSE_CONTROL, (value & ~START) >>> 0);
    this.#values.set(EFUSE_OUTPUT, VALID | byte);
  }
}

/** Made up: each word is another one. */
function romWord(address: number): number {
  return Math.imul(address + 1, 0x9e3779b1) >>> 0;
}
