import type { SectorExtent } from '../../chip/chip-model';
import { SECTOR } from '../../chip/geometry';
import { CHIP_MODELS } from '../../chip/known/chips';
import { byteSum } from './tuya-keys';

/** A file of Tuya's firmware. These lie in clear. */
export interface TuyaUserFile {
  /** Bytes. */
  length: number;
  /** Where its pieces lie, by the numbers of the index. */
  sectors: number[];
  /** Null where the dump does not hold all of it. */
  content: Buffer | null;
}

export interface TuyaUserFiles {
  /** Address of the area: that of the first copy of the index. */
  offset: number;
  /** Counts how often the index was written. */
  sequence: number;
  files: ReadonlyMap<string, TuyaUserFile>;
}

const MAGIC = 0x98764321;
const HEAD = 16;
const ENTRY = 100;
const NAME = 32;
const SECTOR_LIST = NAME + 4;
/** The first two sectors of an area are the two copies of its index. */
const INDEX_COPIES = 2;
const MOST_SECTORS = 64;

/** Where models have them, in the order of flash. */
const AREAS: readonly (readonly SectorExtent[])[] = [
  ...new Set(CHIP_MODELS.flatMap(({ tuya }) => (tuya.files === null ? [] : [tuya.files]))),
].sort(([one], [other]) => (one?.offset ?? 0) - (other?.offset ?? 0));

/** Where the first copy of the index can lie. Flash addresses. */
export const USER_FILES: readonly number[] = AREAS.flatMap(([first]) => first?.offset ?? []);

/** Offsets of the areas with user files in any bytes, where both copies of the index are there, or the first. */
export function userFileIndexes(bytes: Uint8Array): number[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: number[] = [];
  for (let at = 0; at + SECTOR <= all.length; at += SECTOR) {
    if (indexAt(all, at) !== null && !found.includes(at - SECTOR)) found.push(at);
  }
  return found;
}

/** Reads the user files of a dump that begins at flash address 0; null where there are none. Never throws. */
export function readUserFiles(dump: Uint8Array): TuyaUserFiles | null {
  const bytes = Buffer.from(dump.buffer, dump.byteOffset, dump.byteLength);
  for (const area of AREAS) {
    const [{ offset } = { offset: 0 }] = area;
    const index = newestIndex(bytes, offset);
    if (index === null) continue;
    return { offset, sequence: index.readUInt32LE(8), files: readIndex(bytes, index, area) };
  }
  return null;
}

/** Addresses of the sectors in use, the index with its copy included, in order. */
export function userFileSectors({ offset, files }: TuyaUserFiles): number[] {
  const area = AREAS.find(([first]) => first?.offset === offset) ?? [];
  const index = Array.from({ length: INDEX_COPIES }, (_, copy) => offset + copy * SECTOR);
  const held = [...files.values()].flatMap(({ sectors }) =>
    sectors.flatMap((number) => addressOf(number, area) ?? []),
  );
  return [...new Set([...index, ...held])].sort((one, other) => one - other);
}

/** Null for numbers that stand for no sector of a file. */
function addressOf(number: number, area: readonly SectorExtent[]): number | null {
  const extent = area.find(({ first, end }) => number >= first && number < end);
  if (extent === undefined || number < INDEX_COPIES) return null;
  return extent.offset + (number - extent.first) * SECTOR;
}

function newestIndex(bytes: Buffer, offset: number): Buffer | null {
  let newest: Buffer | null = null;
  for (let copy = 0; copy < INDEX_COPIES; copy++) {
    const start = offset + copy * SECTOR;
    const index = indexAt(bytes, start);
    if (index === null) continue;
    if (newest === null || index.readUInt32LE(8) > newest.readUInt32LE(8)) newest = index;
  }
  return newest;
}

/** A copy of the index that begins there; null where there is none, or a damaged one. */
function indexAt(bytes: Buffer, start: number): Buffer | null {
  if (start + SECTOR > bytes.length) return null;
  const index = bytes.subarray(start, start + SECTOR);
  const isIndex = index.readUInt32LE(0) === MAGIC && index.readUInt32LE(4) === byteSum(index, 8);
  return isIndex ? index : null;
}

function readIndex(bytes: Buffer, index: Buffer, area: readonly SectorExtent[]) {
  const files = new Map<string, TuyaUserFile>();
  const count = Math.min(index.readUInt16LE(14), Math.floor((SECTOR - HEAD) / ENTRY));
  for (let number = 0; number < count; number++) {
    const entry = index.subarray(HEAD + number * ENTRY, HEAD + (number + 1) * ENTRY);
    const name = entry.toString('latin1', 0, NAME).split('\0')[0] ?? '';
    if (!/^[\x20-\x7e]+$/.test(name)) continue;
    const length = entry.readUInt32LE(NAME);
    const list = [...entry.subarray(SECTOR_LIST, SECTOR_LIST + MOST_SECTORS)];
    const end = list.indexOf(0);
    const sectors = end < 0 ? list : list.slice(0, end);
    files.set(name, { length, sectors, content: content(bytes, length, sectors, area) });
  }
  return files;
}

function content(
  bytes: Buffer,
  length: number,
  sectors: readonly number[],
  area: readonly SectorExtent[],
): Buffer | null {
  if (length > sectors.length * SECTOR) return null;
  const pieces: Buffer[] = [];
  for (const number of sectors) {
    const start = addressOf(number, area);
    if (start === null || start + SECTOR > bytes.length) return null;
    pieces.push(bytes.subarray(start, start + SECTOR));
  }
  return Buffer.concat(pieces).subarray(0, length);
}
