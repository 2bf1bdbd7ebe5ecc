import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import { markerKey, storedKey } from '../chip/marker';
import { calibrationFields } from '../image/calibration';
import { PACKET, PACKET_DATA, stripPackets } from '../image/code/packets';
import { FAL_NAME, readPartitionTable } from '../image/code/partitions';
import { RBL_HEADER, readRblHeader } from '../image/code/rbl';
import type { Stretch } from './record-lines';
import { replaced } from './wire-entries';

/** Bytes of a sector that are told, or what is told in their place. */
interface Kept {
  offset: number;
  bytes: Buffer;
}

/** Of what is looked for in any sector: a header of Beken's container, and calibration. */
const FIRST_LETTERS: ReadonlySet<number> = new Set(
  ['R', 'T'].map((letter) => letter.charCodeAt(0)),
);
/** No chip has less, bytes. */
const SMALLEST_FLASH = 0x80000;

/** The word with which an entry of the table begins. */
const TABLE = '01PE';

/** The words by which code and its key are told, bytes. */
const MARKER = 8;
/** An entry of a partition table, bytes without check bytes. */
const ENTRY = 16 + 2 * FAL_NAME;
/** The chip's checksum of so many bytes, or one more, tells its family by the first sector of the application. */
const CHECKED = 256;

/**
 * What is told of sectors although flash contents are not: what is public, and what the engine concludes something
 * from.
 */
export class SectorParts {
  /** Where a table goes on that began in the sector before. */
  #goesOn: number | null = null;

  /**
   * Null where that is nothing. Sectors are given in the order in which they are read.
   * @param address as it was asked for: the bootloader of a basic chip is read behind the end of flash
   * @param sector with a made-up half where it has a MAC
   */
  of(address: number, sector: Buffer): Stretch[] | null {
    const place = placeInBootloader(address);
    const mayHoldMore = place < BOOTLOADER_END || address === BOOTLOADER_END;
    // Nearly all sectors are told by their first letter.
    if (!mayHoldMore && !FIRST_LETTERS.has(sector[0] as number)) return null;
    const kept = [
      ...(mayHoldMore ? marker(sector) : []),
      ...(place < BOOTLOADER_END ? this.#partitionTable(address, place, sector) : []),
      ...rblHeader(sector),
      ...calibration(sector),
    ];
    if (address === BOOTLOADER_END) return firstOfApplication(sector, kept);
    return kept.length === 0 ? null : between(kept, 0, sector.length);
  }

  /** The packets with entries of the bootloader's table, and what of it lies across the ends of this sector. */
  #partitionTable(address: number, place: number, sector: Buffer): Kept[] {
    const first = (PACKET - (place % PACKET)) % PACKET;
    const packets = Math.floor((sector.length - first) / PACKET);
    const behind = sector.subarray(first + packets * PACKET);
    const whole = stripPackets(sector, first, packets);
    const data = Buffer.concat([whole, behind.subarray(0, PACKET_DATA)]);
    const packetAt = (at: number): number => first + Math.floor(at / PACKET_DATA) * PACKET;
    const places = readPartitionTable(data, FAL_NAME).map(({ at }) => at);
    const kept = places.map((at) =>
      stretch(sector, packetAt(at), packetAt(at + ENTRY - 1) + PACKET),
    );
    if (this.#goesOn === address) kept.unshift(stretch(sector, 0, packetAt(ENTRY)));
    // The beginning of an entry that ends in the next sector.
    const begun = beginsAt(data, places.at(-1) ?? null);
    const goesOn = begun !== null;
    if (goesOn) kept.push(stretch(sector, packetAt(begun), sector.length));
    if (goesOn || this.#goesOn === address) this.#goesOn = goesOn ? address + SECTOR : null;
    return apart(kept);
  }
}

/** Where an address lies in the bootloader; flash repeats behind its end, and its size is a power of two. */
function placeInBootloader(address: number): number {
  return address < SMALLEST_FLASH ? address : address - 2 ** Math.floor(Math.log2(address));
}

/**
 * Whether it is known that code begins with this sector, under a key that nobody knows: its packets are sound.
 * @param address as it was asked for
 */
export function isCodeUnderOwnKey(address: number, sector: Buffer): boolean {
  if (address === BOOTLOADER_END) return storedKey(sector, 0, 'app') === 'other';
  return placeInBootloader(address) === 0 && storedKey(sector, 0, 'bootloader') === 'other';
}

function marker(sector: Buffer): Kept[] {
  const isCode =
    markerKey(sector, 0, 'bootloader') !== null || markerKey(sector, 0, 'app') !== null;
  return isCode ? [{ offset: 0, bytes: sector.subarray(0, MARKER) }] : [];
}

function rblHeader(sector: Buffer): Kept[] {
  const isHeader = readRblHeader(sector)?.intact === true;
  return isHeader ? [{ offset: 0, bytes: sector.subarray(0, RBL_HEADER) }] : [];
}

function stretch(sector: Buffer, from: number, to: number): Kept {
  return { offset: from, bytes: sector.subarray(from, to) };
}

/** Entries share packets: each byte once. */
function apart(kept: readonly Kept[]): Kept[] {
  let end = 0;
  return kept.flatMap(({ offset, bytes }) => {
    const shared = Math.max(0, Math.min(bytes.length, end - offset));
    end = Math.max(end, offset + bytes.length);
    return shared === bytes.length
      ? []
      : [{ offset: offset + shared, bytes: bytes.subarray(shared) }];
  });
}

/** Where an entry begins that is not whole in these bytes; null where none does. @param last where the last whole one does */
function beginsAt(data: Buffer, last: number | null): number | null {
  const found = data.lastIndexOf(TABLE);
  if (found > data.length - ENTRY) return found;
  // The word itself may not be whole: half of it by itself, less behind the other entries.
  const next = last === null ? data.length : last + ENTRY;
  const ends = [3, 2].map((length) => data.length - length);
  return (
    [...ends, next].find(
      (at) => at < data.length && TABLE.startsWith(data.toString('latin1', at)),
    ) ?? null
  );
}

/** Magic, tags, lengths and the MAC; the radio's values are the device's own. */
function calibration(sector: Buffer): Kept[] {
  return calibrationFields(sector).map(({ offset, length }) => ({
    offset,
    bytes: sector.subarray(offset, offset + length),
  }));
}

/** With the checksums that tell the chip's family; the byte that makes the difference is one of code. */
function firstOfApplication(sector: Buffer, kept: readonly Kept[]): Stretch[] {
  const start = replaced(sector.subarray(0, CHECKED));
  const inStart = kept.filter(({ offset, bytes }) => offset + bytes.length <= CHECKED);
  if (inStart.length > 0) start.parts = between(inStart, 0, CHECKED);
  const behind = kept.filter(({ offset }) => offset > CHECKED);
  return [
    start,
    sector.toString('hex', CHECKED, CHECKED + 1),
    ...between(behind, CHECKED + 1, sector.length),
  ];
}

/** What is kept, in its order, and so many unknown bytes between. */
function between(kept: readonly Kept[], from: number, end: number): Stretch[] {
  const stretches: Stretch[] = [];
  let at = from;
  for (const { offset, bytes } of kept) {
    if (offset < at) continue;
    if (offset > at) stretches.push({ n: offset - at });
    stretches.push(bytes.toString('hex'));
    at = offset + bytes.length;
  }
  if (at < end) stretches.push({ n: end - at });
  return stretches;
}
