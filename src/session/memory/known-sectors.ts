import { SECTOR } from '../../chip/geometry';

/**
 * What the chip has confirmed of its flash since it was linked, by the checksums of sectors: it need not be asked
 * again for what nobody has touched since.
 */
export class KnownSectors {
  /** zlib's CRC-32 by address. */
  readonly #crcs = new Map<number, number>();

  note(address: number, crc: number): void {
    this.#crcs.set(address, crc);
  }

  /** undefined where it is not known. */
  crcAt(address: number): number | undefined {
    return this.#crcs.get(address);
  }

  /** A range is about to be changed. */
  forget(offset: number, length: number): void {
    const first = Math.floor(offset / SECTOR) * SECTOR;
    for (let address = first; address < offset + length; address += SECTOR) {
      this.#crcs.delete(address);
    }
  }

  /** The firmware may have run meanwhile, or it may be another chip. */
  clear(): void {
    this.#crcs.clear();
  }
}
