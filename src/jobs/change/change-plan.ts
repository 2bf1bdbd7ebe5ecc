import { BLOCK, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { outward, runsOf, sectorsOf, totalOf } from '../../chip/regions';
import type { PlanLine } from '../../trace/record-lines';
import { COST, checkSeconds, programCost } from '../base/step-costs';
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
  /** How many erases of either kind there are. */
  sectorErases: number;
  blockErases: number;
}

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

/** How a plan is recorded. */
export function planLine({ blocks }: Plan): Omit<PlanLine, 't'> {
  const runs = (addresses: readonly number[]): Region[] =>
    runsOf([...addresses].sort((a, b) => a - b));
  const erased = blocks.flatMap(({ range, erase }) =>
    erase.by === 'block' && erase.addresses.length > 0 ? sectorsOf(range) : erase.addresses,
  );
  const written = blocks.flatMap(({ program }) => program.map(({ address }) => address));
  return { kind: 'plan', erase: runs(erased), write: runs(written) };
}

/** How long a change takes on a chip with typical flash, seconds of each phase; the last checksums are `verify`. */
export interface ChangeSeconds {
  erase: number;
  write: number;
  verify: number;
}

export function changeSeconds(blocks: readonly BlockPlan[], baudRate: number): ChangeSeconds {
  const seconds = { erase: 0, write: 0, verify: 0 };
  for (const block of blocks) {
    const { erase, program } = block;
    const once = erase.by === 'block' ? COST.eraseBlock : COST.eraseSector;
    seconds.erase += (erase.addresses.length * once) / 1000;
    seconds.write += (program.length * programCost(baudRate)) / 1000;
    seconds.verify += checkSeconds(totalOf(touchedBy(block)));
  }
  return seconds;
}

/** The same of all phases together. */
export function secondsOf(plan: Plan, baudRate: number): number {
  const { erase, write, verify } = changeSeconds(plan.blocks, baudRate);
  return erase + write + verify;
}

/** What becomes of so many bytes of regions: together they are all of them. */
export interface ByteShares {
  bytesWritten: number;
  bytesUnchanged: number;
  /** Blank in the image, and not before: erasing is all that it takes. */
  bytesErased: number;
}

/** @param regions to the byte; what fills their first and last sectors up is not counted */
export function sharesOf(plan: Plan, regions: readonly Region[]): ByteShares {
  const blocks = plan.blocks.filter(({ range, unchanged }) => unchanged < range.length);
  const programmed = new Set(blocks.flatMap(({ program }) => program.map((one) => one.address)));
  const touched = new Set(blocks.flatMap(touchedBy).flatMap(sectorsOf));
  const shares = { bytesWritten: 0, bytesUnchanged: 0, bytesErased: 0 };
  for (const region of regions) {
    const end = region.offset + region.length;
    for (const address of sectorsOf(outward(region))) {
      const bytes = Math.min(end, address + SECTOR) - Math.max(region.offset, address);
      if (programmed.has(address)) shares.bytesWritten += bytes;
      else if (touched.has(address)) shares.bytesErased += bytes;
      else shares.bytesUnchanged += bytes;
    }
  }
  return shares;
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
    sectorErases: sum(({ erase }) => (erase.by === 'sector' ? erase.addresses.length : 0)),
    blockErases: sum(({ erase }) => (erase.by === 'block' ? erase.addresses.length : 0)),
  };
}
