import { SECTOR } from '../../chip/geometry';
import { byteSum, type DataKey } from './tuya-keys';
import { readEntries, readValue, type TuyaEntry } from './tuya-pages';
import {
  type DataSector,
  findDataKey,
  type KeySector,
  marked,
  readDataSectors,
  readKeySector,
  readProtectedSector,
} from './tuya-sectors';

/** One name of the storage with its value. */
export interface TuyaItem extends TuyaEntry {
  value: Buffer;
}

/** What the encrypted key-value storage of Tuya's firmware holds. */
export interface TuyaStorage {
  /** Offset of the key sector, bytes. */
  offset: number;
  /** Up to the end of the last data sector, bytes. */
  length: number;
  /** Which rule makes the data key; `8710` on all Beken chips seen. */
  keyRule: string;
  /** All data sectors, old copies included, in the order in which they lie. */
  sectors: readonly Omit<DataSector, 'bytes'>[];
  /** By name, in the order of block and page. Only values whose checksum is right. */
  items: ReadonlyMap<string, TuyaItem>;
  /** Names whose value is incomplete or fails its checksum. */
  damaged: readonly string[];
  /** Copies of a few values in a sector of their own; null where the SDK keeps none. */
  protectedItems: { offset: number; values: ReadonlyMap<string, Buffer> } | null;
}

/** Where key sectors usually lie, the commonest first. Sources: the public tools, real dumps. */
export const USUAL_STORAGES: readonly number[] = [
  0x1ee000, 0x1f5000, 0x1eb000, 0x397000, 0x3d0000, 0x7dd000,
];
/** Values are parts of the storage: all of them together cannot be larger, but for stale entries. */
const MOST_BYTES_PER_SECTOR = 4 * SECTOR;
const PROTECTED_NAME = 32;

/**
 * Finds and reads the Tuya storage in any bytes, sector by sector from their start: a dump, or the
 * storage alone. Null where there is none. Never throws; time and memory grow with the length only.
 */
export function readTuyaStorage(bytes: Uint8Array): TuyaStorage | null {
  const markedSectors = marked(bytes);
  const found = inUse(markedSectors.flatMap((offset) => openStorage(bytes, offset) ?? []));
  if (found === null) return null;
  const { at, key } = found;
  const sectors = readDataSectors(bytes, at.offset, key);
  const last = sectors[sectors.length - 1] as DataSector;
  return {
    offset: at.offset,
    length: last.offset + SECTOR - at.offset,
    keyRule: key.rule,
    sectors: sectors.map(({ bytes: _, ...facts }) => facts),
    ...readItems(newestBlocks(sectors)),
    protectedItems: readProtected(bytes, markedSectors, at, key),
  };
}

/** A key sector that opens data sectors behind it. */
interface OpenedStorage {
  at: KeySector;
  key: DataKey;
  sectors: number;
  /** How often all of its sectors were written, in sum; for telling the newer of two. */
  generations: () => number;
}

function openStorage(bytes: Uint8Array, offset: number): OpenedStorage | null {
  const at = readKeySector(bytes, offset);
  const opened = at === null ? null : findDataKey(bytes, at);
  if (at === null || opened === null) return null;
  const generations = (): number =>
    readDataSectors(bytes, offset, opened.key).reduce(
      (sum, { sumOk, generation }) => sum + (sumOk ? generation : 0),
      0,
    );
  return { at, ...opened, generations };
}

/**
 * Which of several storages is in use: old ones may lie around. One with less than half of the data of
 * another is a remnant; of the others, that at a usual place counts, then the fuller, then the newer.
 */
function inUse(all: readonly OpenedStorage[]): OpenedStorage | null {
  const most = Math.max(0, ...all.map(({ sectors }) => sectors));
  const whole = all.filter(({ sectors }) => sectors * 2 >= most);
  const usual = USUAL_STORAGES.flatMap((offset) => whole.filter(({ at }) => at.offset === offset));
  const [likeliest] = usual;
  if (likeliest !== undefined) return likeliest;
  const full = whole.filter(({ sectors }) => sectors === most);
  const [first = null] = full;
  if (full.length < 2) return first;
  const ages = full.map(({ generations }) => generations());
  return full[ages.indexOf(Math.max(...ages))] ?? first;
}

/** A sector whose checksum is right outranks any other copy of its block, then the newer one. */
function newestBlocks(sectors: readonly DataSector[]): Map<number, DataSector> {
  const blocks = new Map<number, DataSector>();
  for (const sector of sectors) {
    const other = blocks.get(sector.id);
    if (other === undefined || isBetter(sector, other)) blocks.set(sector.id, sector);
  }
  return blocks;
}

function isBetter(one: DataSector, other: DataSector): boolean {
  if (one.sumOk !== other.sumOk) return one.sumOk;
  return one.generation > other.generation;
}

function readItems(
  blocks: ReadonlyMap<number, DataSector>,
): Pick<TuyaStorage, 'items' | 'damaged'> {
  const items = new Map<string, TuyaItem & { generation: number }>();
  const damaged = new Set<string>();
  let budget = blocks.size * MOST_BYTES_PER_SECTOR;
  for (const id of [...blocks.keys()].sort((a, b) => a - b)) {
    const sector = blocks.get(id) as DataSector;
    for (const entry of readEntries(sector)) {
      const value = entry.length > budget ? null : readValue(entry, blocks);
      budget -= value?.length ?? 0;
      if (value === null || byteSum(value) !== entry.sum) {
        damaged.add(entry.name);
        continue;
      }
      // Twice the same name: the block that was written later is believed.
      const other = items.get(entry.name);
      if (other !== undefined && other.generation >= sector.generation) continue;
      items.set(entry.name, { ...entry, value, generation: sector.generation });
    }
  }
  return {
    items: new Map([...items].map(([name, { generation: _, ...item }]) => [name, item])),
    damaged: [...damaged].filter((name) => !items.has(name)),
  };
}

function readProtected(
  bytes: Uint8Array,
  offsets: readonly number[],
  { offset: own, deviceKey }: KeySector,
  key: DataKey,
): TuyaStorage['protectedItems'] {
  for (const offset of offsets) {
    const inner = offset === own ? null : readProtectedSector(bytes, offset, deviceKey, key);
    if (inner !== null) return { offset, values: protectedValues(inner) };
  }
  return null;
}

function protectedValues(inner: Buffer): Map<string, Buffer> {
  const values = new Map<string, Buffer>();
  let at = 0;
  while (at + 4 + PROTECTED_NAME <= inner.length) {
    const length = inner.readUInt32LE(at);
    const start = at + 4 + PROTECTED_NAME;
    const name = inner.toString('latin1', at + 4, start).split('\0')[0] ?? '';
    if (start + length > inner.length || !/^[\x20-\x7e]+$/.test(name)) break;
    values.set(name, inner.subarray(start, start + length));
    at = start + length;
  }
  return values;
}
