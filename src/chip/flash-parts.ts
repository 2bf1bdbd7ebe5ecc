import { FLASH_ROWS, type FlashRow } from './flash-table';

/** A serial flash part, and how its block protection is told and taken off. */
export interface FlashPart {
  /** JEDEC id in wire order (maker, type, capacity), 6 lower-case hex digits. */
  id: string;
  /** What the maker calls it; null where only the id is known. */
  name: string | null;
  /** Bytes. */
  size: number;
  /** How many status bytes the part has. */
  statusBytes: 0 | 1 | 2 | 3;
  /** The command that reads each status byte, first byte first. */
  statusRead: readonly number[];
  /** How many data bytes the write-status command 01 takes: a part with two must be given both. */
  statusWrite: 0 | 1 | 2;
  /** The bits that protect blocks, second byte << 8 | first; none of them set means unprotected. */
  protectMask: number;
  /** False for a part that stands in no table: then the numbers are the usual ones of its size. */
  known: boolean;
}

/** BP0 to BP4, and CMP in the second byte. */
const TWO_BYTE_MASK = 0x407c;
const ONE_BYTE_MASK = 0x007c;
const READ_FIRST = 0x05;
const READ_SECOND = 0x35;
const READ_THIRD = 0x15;

/** What some chips say of flash inside their own package; it has no status register. */
const BUILT_IN: FlashPart = {
  id: '014b42',
  name: 'BK',
  size: 0x80000,
  statusBytes: 0,
  statusRead: [],
  statusWrite: 0,
  protectMask: 0,
  known: true,
};

const PARTS: ReadonlyMap<string, FlashPart> = new Map(
  [BUILT_IN, ...FLASH_ROWS.map(fromRow)].map((part) => [part.id, part]),
);

/**
 * The part with this JEDEC id; for an id that stands in no table, the usual two-byte part of the size
 * that its third byte tells.
 * @param id 6 hex digits in wire order, as `eb6015`
 */
export function flashPart(id: string): FlashPart {
  const key = id.toLowerCase();
  const part = PARTS.get(key);
  if (part !== undefined) return part;
  return { ...fromRow([key, null, 2]), known: false };
}

function fromRow([id, name, statusBytes, protectMask, readSecond]: FlashRow): FlashPart {
  const single = statusBytes === 1;
  const commands = [READ_FIRST, readSecond ?? READ_SECOND, READ_THIRD];
  return {
    id,
    name,
    // JEDEC's convention, which all parts of the table keep.
    size: 2 ** Number.parseInt(id.slice(4, 6), 16),
    statusBytes,
    statusRead: commands.slice(0, statusBytes),
    statusWrite: single ? 1 : 2,
    protectMask: protectMask ?? (single ? ONE_BYTE_MASK : TWO_BYTE_MASK),
    known: true,
  };
}
