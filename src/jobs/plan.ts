import { BLOCK, SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';
import type { SectorState } from './compare';
import { sectorsOf } from './ranges';

/** Bytes for a place in flash; both ends at sector boundaries. */
export interface Piece {
  offset: number;
  bytes: Buffer;
}

/** What is to be done to one block of flash, or to the part of it that the job may touch. */
export interface BlockPlan {
  range: Region;
  erase: { by: 'block' | 'sector'; addresses: number[] };
  /** Sectors to program, in order. */
  program: { address: number; data: Buffer }[];
  /** Bytes that flash holds already. */
  unchanged: number;
}

export interface Plan {
  blocks: BlockPlan[];
  /** Bytes to be erased, counted as the erases' sizes. */
  eraseBytes: number;
  programBytes: number;
  unchangedBytes: number;
}

/**
 * What a sector costs, as multiples of its own erase. Sources: typical figures of the datasheets (sector
 * 45 ms, block 200 ms) and a sector's way over the line and into the pages at 921600 baud (45 + 11 ms).
 */
const COST = { eraseSector: 1, eraseBlock: 200 / 45, program: 56 / 45 } as const;

const BLANK_SECTOR = Buffer.alloc(SECTOR, 0xff);

/**
 * Plans one block: equal sectors are left alone unless erasing the whole block and writing them again is
 * cheaper; blank ones are not erased, and blank data is not programmed.
 * @param range at sector boundaries, inside one block
 */
export function planBlock(
  range: Region,
  wanted: Buffer,
  states: readonly SectorState[],
): BlockPlan {
  const sectors = sectorsOf(range).map((address, index) => ({
    address,
    data: wanted.subarray(index * SECTOR, (index + 1) * SECTOR),
    state: states[index] as SectorState,
  }));
  const changed = sectors.filter(({ state }) => state !== 'equal');
  const dirty = changed.filter(({ state }) => state === 'different');
  const equal = sectors.filter(({ state }) => state === 'equal');
  const equalToWrite = equal.filter(({ data }) => !data.equals(BLANK_SECTOR));
  const bySector = dirty.length * COST.eraseSector;
  const byBlock = COST.eraseBlock + equalToWrite.length * COST.program;

  if (range.length === BLOCK && byBlock < bySector) {
    const all = sectors.filter(({ data }) => !data.equals(BLANK_SECTOR));
    return {
      range,
      erase: { by: 'block', addresses: [range.offset] },
      program: all.map(({ address, data }) => ({ address, data })),
      unchanged: 0,
    };
  }
  return {
    range,
    erase: { by: 'sector', addresses: dirty.map(({ address }) => address) },
    program: changed
      .filter(({ data }) => !data.equals(BLANK_SECTOR))
      .map(({ address, data }) => ({ address, data })),
    unchanged: equal.length * SECTOR,
  };
}

export function planOf(blocks: BlockPlan[]): Plan {
  const sum = (of: (block: BlockPlan) => number) =>
    blocks.reduce((total, block) => total + of(block), 0);
  return {
    blocks,
    eraseBytes: sum(
      ({ erase }) => erase.addresses.length * (erase.by === 'block' ? BLOCK : SECTOR),
    ),
    programBytes: sum(({ program }) => program.length * SECTOR),
    unchangedBytes: sum(({ unchanged }) => unchanged),
  };
}
