import type { Chip } from '../../chip/known/chips';

/** A part of the chip that stands behind addresses of its own. Values are unsigned 32-bit numbers. */
export interface RegisterBlock {
  has(address: number): boolean;
  read(address: number): number;
  write(address: number, value: number): void;
  /** The chip has started anew. */
  boot(): void;
}

/**
 * What the commands for registers reach: the chip id, whatever else the chip has, and for the rest cells
 * that keep what is written until the next start.
 */
export class Registers {
  readonly #fixed = new Map<number, number>();
  readonly #written = new Map<number, number>();
  readonly #blocks: readonly RegisterBlock[];

  /** @param own what else this chip has in registers, by address */
  constructor(
    facts: Chip,
    blocks: readonly RegisterBlock[],
    own: ReadonlyMap<number, number> = new Map(),
  ) {
    if (facts.chipId !== null && facts.chipIdRegister !== null) {
      this.#fixed.set(facts.chipIdRegister, Number.parseInt(facts.chipId, 16));
    }
    for (const [address, value] of own) this.#fixed.set(address, value);
    this.#blocks = blocks;
  }

  read(address: number): number {
    const block = this.#blocks.find((one) => one.has(address));
    if (block !== undefined) return block.read(address);
    return this.#written.get(address) ?? this.#fixed.get(address) ?? 0;
  }

  write(address: number, value: number): void {
    const block = this.#blocks.find((one) => one.has(address));
    if (block !== undefined) block.write(address, value);
    else this.#written.set(address, value);
  }

  boot(): void {
    this.#written.clear();
    for (const block of this.#blocks) block.boot();
  }
}
