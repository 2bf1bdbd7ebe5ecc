import { crc32 } from 'node:zlib';
import type { ListedBackup } from '../../backup/catalogue';
import { loadStretch } from '../../backup/find';
import { type FoundBackup, readSidecar } from '../../backup/record';
import { sectorCrc } from '../../backup/sector-list';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
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

/** So many backups are searched, the newest: others of the kind are among them. */
const BACKUPS_SEARCHED = 32;

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

/**
 * A backup that lies in the folder, of whatever device: lamps of one kind have most of their flash in common. Its list
 * of checksums tells what it has; its bytes are looked at where the chip has the same.
 */
class StoredSectors implements SectorSource {
  readonly counts = 'reused';
  readonly isLikely = false;
  readonly #backup: FoundBackup;
  readonly #list: string;

  constructor(backup: FoundBackup) {
    this.#backup = backup;
    this.#list = backup.record.sectors ?? '';
  }

  crcAt(address: number): number | undefined {
    return sectorCrc(this.#list, address - this.#backup.record.offset);
  }

  /** The file may have been changed since its list was made, or be gone. */
  async take(range: Region, into: Buffer): Promise<boolean> {
    const bytes = await loadStretch(this.#backup, range);
    if (bytes === null || bytes.length !== range.length) return false;
    const isAsListed = sectorsOf(range).every((address) => {
      const at = address - range.offset;
      return crc32(bytes.subarray(at, at + SECTOR)) === this.crcAt(address);
    });
    if (isAsListed) bytes.copy(into);
    return isAsListed;
  }
}

/** @param backups the newest first */
export async function storedSectors(backups: readonly ListedBackup[]): Promise<SectorSource[]> {
  const seen = new Set<string>();
  const isNew = ({ record: { offset, sha256 }, hasSectors }: ListedBackup): boolean => {
    const content = `${offset} ${sha256}`;
    if (!hasSectors || seen.has(content)) return false;
    seen.add(content);
    return true;
  };
  const searched = backups.filter(isNew).slice(0, BACKUPS_SEARCHED);
  const sources = searched.map(async ({ path }) => {
    const record = await readSidecar(path);
    return record?.sectors === undefined ? [] : [new StoredSectors({ path, record })];
  });
  return (await Promise.all(sources)).flat();
}
