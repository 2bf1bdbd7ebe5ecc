import { BLOCK, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { runsOf, sectorsOf } from '../../chip/regions';
import type { SectorState } from '../chip/compare';

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
  /** How many erases of either kind there are. */
  sectorErases: number;
  blockErases: number;
}

/**
 * What steps cost, ms: typical figures of the datasheets, and of the checksum what public tools reckon with
 * (400,000 bytes a second).
 */
const COST = { eraseSector: 45, eraseBlock: 200, programSector: 11, checkSector: 10 } as const;
/** What the chip's checksum costs, ms for a byte. */
const CHECK_BYTE = COST.checkSector / SECTOR;
/** Bits on the line for a sector that is written, request and answer. */
const WRITE_BITS = 10 * (4108 + 15);

const BLANK_SECTOR = Buffer.alloc(SECTOR, 0xff);

/**
 * Plans one block: equal sectors are left alone unless erasing the whole block and writing them again is
 * cheaper; blank ones are not erased, and blank data is not programmed.
 * @param range at sector boundaries, inside one block
 * @param baudRate of the line that brings what is programmed
 */
export function planBlock(
  range: Region,
  wanted: Buffer,
  states: readonly SectorState[],
  baudRate: number,
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
  const program = programCost(baudRate);
  const bySector = dirty.length * COST.eraseSector;
  const byBlock = COST.eraseBlock + equalToWrite.length * program + equal.length * COST.checkSector;

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

/**
 * What a plan changes, as runs of sectors: what it leaves alone, the chip's checksum has confirmed when it
 * was compared.
 */
export function touchedBy({ range, erase, program }: BlockPlan): Region[] {
  if (erase.by === 'block') return [range];
  const addresses = new Set([...erase.addresses, ...program.map(({ address }) => address)]);
  return runsOf([...addresses].sort((a, b) => a - b));
}

/** ms to bring a sector over the line and into flash. */
function programCost(baudRate: number): number {
  return (WRITE_BITS * 1000) / baudRate + COST.programSector;
}

/** How long a plan takes on a chip with typical flash, seconds: erases, programming, and the last checksums. */
export function secondsOf(plan: Plan, baudRate: number): number {
  const ms = plan.blocks.reduce((sum, block) => {
    const { erase, program } = block;
    const once = erase.by === 'block' ? COST.eraseBlock : COST.eraseSector;
    const touched = touchedBy(block).reduce((bytes, { length }) => bytes + length, 0);
    return (
      sum +
      erase.addresses.length * once +
      program.length * programCost(baudRate) +
      touched * CHECK_BYTE
    );
  }, 0);
  return ms / 1000;
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
    sectorErases: sum(({ erase }) => (erase.by === 'sector' ? erase.addresses.length : 0)),
    blockErases: sum(({ erase }) => (erase.by === 'block' ? erase.addresses.length : 0)),
  };
}
