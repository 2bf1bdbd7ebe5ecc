import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { outward, sectorsOf } from '../../chip/regions';
import { joinCrcs } from '../../protocol/checksum';

/**
 * What the chip has confirmed of its flash since it was linked, by the checksums of sectors: it need not be asked
 * again for what nobody has touched since.
 */
export class KnownSectors {
  /** zlib's CRC-32 by address. */
  readonly #crcs = new Map<number, number>();

  /** @param crc as the chip has confirmed it for the sector at an address */
  note(address: number, crc: number): void {
    this.#crcs.set(address, crc);
  }

  /** undefined where it is not known. */
  crcAt(address: number): number | undefined {
    return this.#crcs.get(address);
  }

  /** Whether all of a range is known. @param range at sector boundaries */
  covers(range: Region): boolean {
    return sectorsOf(range).every((address) => this.#crcs.has(address));
  }

  /** A range is about to be changed. */
  forget(range: Region): void {
    for (const address of sectorsOf(outward(range))) this.#crcs.delete(address);
  }

  /** The firmware may have run meanwhile, or it may be another chip. */
  clear(): void {
    this.#crcs.clear();
  }
}

/**
 * The checksum of sectors that follow one another, made of theirs: what the chip says of a block can be compared
 * with sectors whose bytes nobody has at hand.
 * @param crcs zlib's CRC-32 of each sector, at least one
 */
export function joinedCrc(crcs: Iterable<number>): number {
  let joined = 0;
  for (const crc of crcs) joined = joinCrcs(joined, crc, SECTOR);
  return joined;
}
