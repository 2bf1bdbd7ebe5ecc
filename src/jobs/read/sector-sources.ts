import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { blankCrc } from '../chip/chip-checksum';

/**
 * Where the bytes of sectors may come from without the line. What it has counts only where the chip's own checksum
 * of this very address says the same.
 */
export interface SectorSource {
  /** What a sector counts as that was taken from here. */
  readonly counts: 'blank' | 'reused';
  /** Whether it is expected to have what the chip has: an older backup of this chip, and not anybody's. */
  readonly isLikely: boolean;
  /** zlib's CRC-32 of what it has for the sector at an address; undefined where it has nothing. */
  crcAt(address: number): number | undefined;
  /** Puts its bytes of a range into place. @returns false where they cannot be had, or are others by now */
  take(range: Region, into: Buffer): Promise<boolean>;
}

/** Erased flash needs nobody to have seen it before. */
export const BLANK: SectorSource = {
  counts: 'blank',
  isLikely: false,
  crcAt: () => blankCrc(SECTOR),
  take: (_, into) => {
    into.fill(0xff);
    return Promise.resolve(true);
  },
};

/** Bytes in memory, some of whose sectors are there. */
export class HeldSectors implements SectorSource {
  readonly counts = 'reused';
  readonly isLikely = true;
  readonly #offset: number;
  readonly #bytes: Buffer;
  readonly #crcs: ReadonlyMap<number, number>;

  /**
   * @param offset flash address of the first byte
   * @param held addresses of the sectors that are there
   */
  constructor(offset: number, bytes: Buffer, held: readonly number[]) {
    this.#offset = offset;
    this.#bytes = bytes;
    const sector = (address: number) => bytes.subarray(address - offset).subarray(0, SECTOR);
    this.#crcs = new Map(held.map((address) => [address, crc32(sector(address))]));
  }

  crcAt(address: number): number | undefined {
    return this.#crcs.get(address);
  }

  take({ offset, length }: Region, into: Buffer): Promise<boolean> {
    const at = offset - this.#offset;
    this.#bytes.copy(into, 0, at, at + length);
    return Promise.resolve(true);
  }
}
