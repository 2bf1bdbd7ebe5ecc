import { withoutEndNuls } from '../nul-text';
import type { DataSector } from './tuya-sectors';

/** Pages of one block that follow each other. */
export interface TuyaPart {
  block: number;
  firstPage: number;
  /** Inclusive. */
  lastPage: number;
}

/** An entry of the storage: its name, and where its value lies. */
export interface TuyaEntry {
  name: string;
  /** Where its index page is. */
  block: number;
  page: number;
  /** Length of the value, bytes. */
  length: number;
  /** Sum over the value's bytes. */
  sum: number;
  parts: TuyaPart[];
}

const TUYA_PAGE = 128;
/** Page 0 is the sector's head. */
const PAGES = 32;
const NAME_START = 18;
const PART_LENGTH = 4;

/** The entries whose index pages lie in this block. Pages that contradict themselves are left out. */
export function readEntries(sector: DataSector): TuyaEntry[] {
  const { bytes, id } = sector;
  const bitmapLength = Math.min(bytes[14] ?? 0, PAGES / 8);
  const entries: TuyaEntry[] = [];
  for (let page = 1; page < bitmapLength * 8; page++) {
    if ((((bytes[15 + (page >> 3)] ?? 0) >> (page & 7)) & 1) === 0) continue;
    const entry = readEntry(bytes.subarray(page * TUYA_PAGE, (page + 1) * TUYA_PAGE), id, page);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/**
 * The value of an entry, checked by nobody yet; null when a part of it lies where there is nothing.
 * @param blocks the newest copy of each block
 */
export function readValue(
  { length, parts }: TuyaEntry,
  blocks: ReadonlyMap<number, DataSector>,
): Buffer | null {
  const pages: Buffer[] = [];
  let collected = 0;
  for (const { block, firstPage, lastPage } of parts) {
    const sector = blocks.get(block);
    if (sector === undefined) return null;
    pages.push(sector.bytes.subarray(firstPage * TUYA_PAGE, (lastPage + 1) * TUYA_PAGE));
    collected += (lastPage + 1 - firstPage) * TUYA_PAGE;
  }
  return collected < length ? null : Buffer.concat(pages).subarray(0, length);
}

function readEntry(page: Buffer, block: number, number: number): TuyaEntry | null {
  if (page.readUInt16LE(8) !== block || page[10] !== number) return null;
  const nameLength = page[17] ?? 0;
  const partsStart = NAME_START + nameLength;
  if (nameLength < 2 || partsStart > TUYA_PAGE) return null;
  const name = withoutEndNuls(page.toString('latin1', NAME_START, partsStart - 1));
  if (!/^[\x20-\x7e]+$/.test(name) || page[partsStart - 1] !== 0) return null;
  const parts = readParts(page.subarray(partsStart), page.readUInt16LE(11));
  if (parts === null) return null;
  return {
    name,
    block,
    page: number,
    length: page.readUInt32LE(4),
    sum: page.readUInt32LE(0),
    parts,
  };
}

/** Some SDKs write the bytes of the list where others write how many parts it has. */
function readParts(list: Buffer, stated: number): TuyaPart[] | null {
  const room = Math.floor(list.length / PART_LENGTH);
  const count = stated > room && stated % PART_LENGTH === 0 ? stated / PART_LENGTH : stated;
  if (count > room) return null;
  const parts = Array.from({ length: count }, (_, index) => {
    const at = index * PART_LENGTH;
    const [firstPage = 0, lastPage = 0] = list.subarray(at + 2, at + 4);
    return { block: list.readUInt16LE(at), firstPage, lastPage };
  });
  const sound = parts.every(
    ({ firstPage, lastPage }) => firstPage >= 1 && firstPage <= lastPage && lastPage < PAGES,
  );
  return sound ? parts : null;
}
