import { BLOCK, SECTOR } from './geometry';
import type { Region } from './layouts';

/** The whole sectors that a range touches. */
export function outward(range: Region): Region {
  const offset = Math.floor(range.offset / SECTOR) * SECTOR;
  const end = Math.ceil((range.offset + range.length) / SECTOR) * SECTOR;
  return { offset, length: end - offset };
}

/** Cuts a range at multiples of 64 KiB. */
export function* blocksOf(range: Region): Generator<Region> {
  const end = range.offset + range.length;
  for (let offset = range.offset; offset < end; ) {
    const next = Math.min(end, (Math.floor(offset / BLOCK) + 1) * BLOCK);
    yield { offset, length: next - offset };
    offset = next;
  }
}

/** The sectors of a range that begins and ends at sector boundaries. */
export function sectorsOf(range: Region): number[] {
  const sectors: number[] = [];
  for (let address = range.offset; address < range.offset + range.length; address += SECTOR) {
    sectors.push(address);
  }
  return sectors;
}

/** Neighbouring sectors as one range each. @param addresses in order */
export function runsOf(addresses: readonly number[]): Region[] {
  const runs: Region[] = [];
  for (const address of addresses) {
    const last = runs.at(-1);
    if (last !== undefined && last.offset + last.length === address) last.length += SECTOR;
    else runs.push({ offset: address, length: SECTOR });
  }
  return runs;
}

/** `range` without `holes`, in order. */
export function without(range: Region, holes: readonly Region[]): Region[] {
  let parts = [range];
  for (const hole of holes) {
    parts = parts.flatMap((part) => cut(part, hole));
  }
  return parts.filter((part) => part.length > 0);
}

function cut(part: Region, hole: Region): Region[] {
  const end = part.offset + part.length;
  const holeEnd = hole.offset + hole.length;
  if (hole.length === 0 || holeEnd <= part.offset || hole.offset >= end) return [part];
  return [
    { offset: part.offset, length: Math.max(0, hole.offset - part.offset) },
    { offset: holeEnd, length: Math.max(0, end - holeEnd) },
  ];
}

export function totalOf(regions: readonly Region[]): number {
  return regions.reduce((sum, region) => sum + region.length, 0);
}
