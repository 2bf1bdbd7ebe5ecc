import { BOOTLOADER_END } from '../chip/geometry';
import { markerKey } from '../chip/marker';
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

/** The words by which code and its key are told, bytes. */
const MARKER = 8;
/** An entry of a partition table, bytes without check bytes. */
const ENTRY = 16 + 2 * FAL_NAME;
/** The chip's checksum of so many bytes, or one more, tells its family by the first sector of the application. */
const CHECKED = 256;

/**
 * What is told of a sector although flash contents are not: what is public, and what the engine concludes something
 * from. Null where that is nothing.
 * @param address as it was asked for: the bootloader of a basic chip is read behind the end of flash
 * @param sector with a made-up half where it has a MAC
 */
export function sectorParts(address: number, sector: Buffer): Stretch[] | null {
  const place = placeInBootloader(address);
  const mayHoldMore = place < BOOTLOADER_END || address === BOOTLOADER_END;
  // Nearly all sectors are told by their first letter.
  if (!mayHoldMore && !FIRST_LETTERS.has(sector[0] as number)) return null;
  const kept = [
    ...(mayHoldMore ? [...marker(sector), ...partitionTable(place, sector)] : []),
    ...rblHeader(sector),
    ...calibration(sector),
  ];
  if (address === BOOTLOADER_END) return firstOfApplication(sector, kept);
  return kept.length === 0 ? null : between(kept, 0, sector.length);
}

/** Where an address lies in the bootloader; flash repeats behind its end, and its size is a power of two. */
function placeInBootloader(address: number): number {
  return address < SMALLEST_FLASH ? address : address - 2 ** Math.floor(Math.log2(address));
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

/** The packets with entries of the bootloader's table, as far as they are whole in this sector. */
function partitionTable(place: number, sector: Buffer): Kept[] {
  if (place >= BOOTLOADER_END) return [];
  const first = (PACKET - (place % PACKET)) % PACKET;
  const packets = Math.floor((sector.length - first) / PACKET);
  const entries = readPartitionTable(stripPackets(sector, first, packets), FAL_NAME);
  const indices = new Set<number>();
  for (const { at } of entries) {
    const last = Math.floor((at + ENTRY - 1) / PACKET_DATA);
    for (let index = Math.floor(at / PACKET_DATA); index <= last; index++) indices.add(index);
  }
  return [...indices]
    .sort((a, b) => a - b)
    .map((index) => {
      const start = first + index * PACKET;
      return { offset: start, bytes: sector.subarray(start, start + PACKET) };
    });
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
