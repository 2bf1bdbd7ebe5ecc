import type { RegisterBlock } from './registers';

export interface WindowOptions {
  /** Whether the memory shows; where it does not, it reads as zeros. Default always. */
  shows?: () => boolean;
  /** Called with every attempt to write. What is there stays in any case. */
  onWrite?: () => void;
}

/** Memory that the processor sees in its address space, word by word. */
export class Window implements RegisterBlock {
  readonly #address: number;
  readonly #bytes: Buffer;
  readonly #options: WindowOptions;

  constructor(address: number, bytes: Buffer, options: WindowOptions = {}) {
    this.#address = address;
    this.#bytes = bytes;
    this.#options = options;
  }

  has(address: number): boolean {
    return address >= this.#address && address < this.#address + this.#bytes.length;
  }

  read(address: number): number {
    const { shows } = this.#options;
    if (shows !== undefined && !shows()) return 0;
    const at = address - this.#address;
    return this.#bytes.readUInt32LE(at - (at % 4));
  }

  write(): void {
    this.#options.onWrite?.();
  }

  boot(): void {}
}
