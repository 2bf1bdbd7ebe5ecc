import { CHIP_MODELS, type ChipName } from '../../chip/known/chips';
import { BkError, hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import { type Partition, readPartitionTable, UF2_FAL_NAME } from '../code/partitions';
import { withoutEndNuls } from '../nul-text';
import { beginsLikeUf2, readUf2Block, UF2_BLOCK, UF2_FLAGS, type Uf2Block } from './uf2-blocks';

interface Uf2Family {
  name: string;
  chips: ChipName[];
}

/** Numbers of chips of other makes. Source: LibreTiny. */
const OTHER_FAMILIES: Readonly<Record<number, Uf2Family>> = {
  2684343619: { name: 'RTL8710A', chips: [] },
  585160444: { name: 'RTL8710B', chips: [] },
  3767498084: { name: 'RTL8720C', chips: [] },
  863621090: { name: 'RTL8720D', chips: [] },
  3725750455: { name: 'BL60x', chips: [] },
  2743111848: { name: 'LN882H', chips: [] },
  3834380118: { name: 'RP2040', chips: [] },
  475996592: { name: 'ESP32', chips: [] },
  2125160941: { name: 'ESP8266', chips: [] },
};

/** Models of one silicon share a number, which has the name of the first. */
function familyOf(number: number): Uf2Family | undefined {
  const chips = CHIP_MODELS.filter(({ uf2Family }) => uf2Family === number).map(({ name }) => name);
  const [name] = chips;
  return name === undefined ? OTHER_FAMILIES[number] : { name, chips };
}

/** What LibreTiny says in tags, in the first block but for the last one. */
const TAG = {
  board: 0xca25c8,
  firmware: 0x00de43,
  version: 0x9fc7bc,
  builtWith: 0x59563d,
  buildTime: 0x822f30,
  partitions: 0x8288ed,
  format: 0x6c8492,
  partInfo: 0xc0ee0c,
} as const;

/** The ways to install; a part may go elsewhere, or nowhere, in each. Their order is that of the file. */
export const UF2_SCHEMES = [
  'device-single',
  'device-dual-1',
  'device-dual-2',
  'flasher-single',
  'flasher-dual-1',
  'flasher-dual-2',
] as const;

export type Uf2Scheme = (typeof UF2_SCHEMES)[number];

/** Bytes that follow each other in one partition. */
export interface Uf2Part {
  /** The partition by scheme; null where the part has no business there. */
  partitions: Readonly<Record<Uf2Scheme, string | null>>;
  /** Offset inside the partition. */
  address: number;
  bytes: Buffer;
}

/** A UF2 file of LibreTiny, which ESPHome's builds are too. */
export interface Uf2File {
  family: number;
  /** Name of the chip by its number, as people know it; null where the number is not known. */
  familyName: string | null;
  chips: readonly ChipName[];
  board: string | null;
  firmware: string | null;
  version: string | null;
  /** Version of LibreTiny. */
  builtWith: string | null;
  /** Seconds since 1970. */
  buildTime: number | null;
  partitions: Partition[];
  parts: Uf2Part[];
  /** What is wrong with it, a sentence each. */
  damaged: Note[];
}

/** A stretch of flash and what goes there. */
export interface Uf2Write {
  partition: string;
  offset: number;
  bytes: Buffer;
}

/** Blocks that are read at one go: some milliseconds of work. */
const SLICE = 4096;
/** Builds have one or two parts for each way to install. */
const MOST_PARTS = 64;

const NOWHERE: Uf2Part['partitions'] = schemeNames(() => null);

/** Reads a UF2 file; null where the bytes do not begin like one. Never throws. In slices of some milliseconds. */
export function* readUf2(bytes: Uint8Array): Generator<void, Uf2File | null> {
  if (!beginsLikeUf2(bytes)) return null;
  const { blocks, damaged } = yield* readBlocks(bytes);
  const first = blocks[0];
  const family = first?.family ?? 0;
  const known = familyOf(family);
  // Only blocks without data speak for the whole file.
  const tags = first !== undefined && first.data.length === 0 ? first.tags : new Map();
  const number = (tag: number): number | null => {
    const value = tags.get(tag);
    return value?.length === 4 ? value.readUInt32LE(0) : null;
  };
  if (known !== undefined && known.chips.length > 0 && tags.get(TAG.format)?.[0] !== 2)
    damaged.push(say('image.uf2NoFormat'));
  const parts = readParts(blocks, damaged);
  damaged.push(...overlaps(parts));
  return {
    family,
    familyName: known?.name ?? null,
    chips: known?.chips ?? [],
    board: text(tags.get(TAG.board)),
    firmware: text(tags.get(TAG.firmware)),
    version: text(tags.get(TAG.version)),
    builtWith: text(tags.get(TAG.builtWith)),
    buildTime: number(TAG.buildTime),
    partitions: readPartitionTable(tags.get(TAG.partitions) ?? Buffer.alloc(0), UF2_FAL_NAME),
    parts,
    damaged,
  };
}

const BUILD = say('image.buildForThisChip');

/**
 * What goes where on flash with this scheme; a cable's is `flasher-single`.
 * @param partitions where the file brings none of its own
 * @throws BkError BK_BAD_IMAGE for parts that have no partition or do not fit theirs
 */
export function uf2Writes(
  file: Uf2File,
  scheme: Uf2Scheme,
  partitions: readonly Pick<Partition, 'name' | 'offset' | 'length'>[] = [],
): Uf2Write[] {
  const table = file.partitions.length > 0 ? file.partitions : partitions;
  return file.parts.flatMap(({ partitions: names, address, bytes }) => {
    const name = names[scheme];
    if (name === null) return [];
    const partition = table.find((other) => other.name === name);
    if (partition === undefined)
      throw new BkError('BK_BAD_IMAGE', say('image.uf2UnknownPartition', { name }), {
        advice: [BUILD],
      });
    if (address + bytes.length > partition.length)
      throw new BkError(
        'BK_BAD_IMAGE',
        say('image.uf2PartTooLong', {
          end: hex(address + bytes.length),
          name,
          length: hex(partition.length),
        }),
        { advice: [BUILD] },
      );
    return [{ partition: name, offset: partition.offset + address, bytes }];
  });
}

function* readBlocks(bytes: Uint8Array): Generator<void, { blocks: Uf2Block[]; damaged: Note[] }> {
  const blocks: Uf2Block[] = [];
  const damaged: Note[] = [];
  const count = Math.floor(bytes.length / UF2_BLOCK);
  if (bytes.length % UF2_BLOCK !== 0) damaged.push(say('image.uf2CutInBlock'));
  for (let index = 0; index < count; index++) {
    if (index % SLICE === SLICE - 1) yield;
    const block = readUf2Block(bytes.subarray(index * UF2_BLOCK, (index + 1) * UF2_BLOCK));
    const first = blocks[0] ?? block;
    const fault =
      block === null || first === null
        ? say('image.uf2BlockDamaged', { index })
        : block.sequence !== index
          ? say('image.uf2BlockNumber', { index, sequence: block.sequence })
          : block.family !== first.family
            ? say('image.uf2BlockFamily', { index })
            : null;
    if (fault !== null || block === null) {
      if (fault !== null) damaged.push(fault);
      return { blocks, damaged };
    }
    blocks.push(block);
  }
  const total = blocks[0]?.total ?? count;
  if (total !== count) damaged.push(say('image.uf2BlockCount', { has: count, total }));
  return { blocks, damaged };
}

function readParts(blocks: readonly Uf2Block[], damaged: Note[]): Uf2Part[] {
  const parts: {
    partitions: Uf2Part['partitions'];
    address: number;
    slices: Buffer[];
    end: number;
  }[] = [];
  let partitions = NOWHERE;
  for (const { flags, address, data, tags } of blocks) {
    const info = tags.get(TAG.partInfo);
    if (info !== undefined) partitions = readPartInfo(info);
    if (data.length === 0 || flags & (UF2_FLAGS.notFlash | UF2_FLAGS.fileContainer)) continue;
    const last = parts[parts.length - 1];
    if (last !== undefined && last.partitions === partitions && last.end === address) {
      last.slices.push(data);
      last.end += data.length;
    } else if (parts.length === MOST_PARTS) {
      damaged.push(say('image.uf2ManyPieces', { most: MOST_PARTS }));
      break;
    } else parts.push({ partitions, address, slices: [data], end: address + data.length });
  }
  return parts.map(({ partitions: names, address, slices }) => ({
    partitions: names,
    address,
    bytes: Buffer.concat(slices),
  }));
}

/** Parts that lie over each other and differ: which of them counts, nobody can tell. */
function overlaps(parts: readonly Uf2Part[]): Note[] {
  for (const [index, part] of parts.entries())
    for (const other of parts.slice(0, index)) {
      const scheme = UF2_SCHEMES.find(
        (name) =>
          part.partitions[name] !== null && part.partitions[name] === other.partitions[name],
      );
      if (scheme === undefined) continue;
      const start = Math.max(part.address, other.address);
      const end = Math.min(part.address + part.bytes.length, other.address + other.bytes.length);
      if (start >= end) continue;
      const [one, two] = [part, other].map(({ bytes, address }) =>
        bytes.subarray(start - address, end - address),
      );
      if (one !== undefined && two !== undefined && one.equals(two)) continue;
      return [say('image.uf2Overlap', { name: part.partitions[scheme] ?? '', start: hex(start) })];
    }
  return [];
}

/** Three bytes with a digit a scheme, 0 or the place of the name in the list that follows. */
function readPartInfo(info: Buffer): Uf2Part['partitions'] {
  const names = info.toString('latin1', 3).split('\0');
  return schemeNames((index) => {
    const byte = info[index >> 1] ?? 0;
    const digit = index % 2 === 0 ? byte >> 4 : byte & 0xf;
    return digit === 0 ? null : (names[digit - 1] ?? '') || null;
  });
}

function schemeNames(name: (index: number) => string | null): Record<Uf2Scheme, string | null> {
  const entries = UF2_SCHEMES.map((scheme, index) => [scheme, name(index)] as const);
  return Object.fromEntries(entries) as Record<Uf2Scheme, string | null>;
}

function text(value: Buffer | undefined): string | null {
  const plain = withoutEndNuls(value?.toString('utf8') ?? '');
  return /^[^\p{C}]{1,200}$/u.test(plain) ? plain : null;
}
