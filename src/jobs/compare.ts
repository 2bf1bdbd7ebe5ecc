import { crc32 } from 'node:zlib';
import { BLOCK, SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';

import type { JobContext } from './context';
import { sectorsOf } from './ranges';

/** What a sector of flash holds, as against the bytes that are wanted there. */
export type SectorState = 'equal' | 'blank' | 'different';

/** How many sectors of a block are asked first. */
const SAMPLES = 4;

const BLANK = Buffer.alloc(BLOCK, 0xff);

/** zlib's CRC-32 of so many FF bytes. */
export function blankCrc(length: number): number {
  let crc = 0;
  for (let left = length; left > 0; left -= BLOCK) {
    crc = crc32(BLANK.subarray(0, Math.min(left, BLOCK)), crc);
  }
  return crc;
}

/**
 * Asks the chip for checksums of a block's sectors. Where four samples spread over the block all
 * differ, the rest is taken to differ as well: erasing the whole block is cheaper then than asking
 * on. Where all samples are blank, one checksum settles the rest.
 * @param range at sector boundaries, inside one block
 * @param wanted the bytes of that range
 */
export async function compareBlock(
  context: JobContext,
  range: Region,
  wanted: Buffer,
): Promise<SectorState[]> {
  const sectors = sectorsOf(range);
  const states: (SectorState | undefined)[] = sectors.map(() => undefined);
  const ask = async (index: number): Promise<SectorState> => {
    const address = sectors[index] as number;
    const held = await chipCrc(context, { offset: address, length: SECTOR });
    const bytes = wanted.subarray(address - range.offset, address - range.offset + SECTOR);
    if (held === crc32(bytes)) return 'equal';
    return held === blankCrc(SECTOR) ? 'blank' : 'different';
  };

  const samples = samplesOf(sectors.length);
  for (const index of samples) states[index] = await ask(index);
  const seen = new Set(samples.map((index) => states[index]));
  if (seen.size === 1 && seen.has('different')) return states.map((state) => state ?? 'different');
  if (seen.size === 1 && seen.has('blank')) {
    if ((await chipCrc(context, range)) === blankCrc(range.length)) {
      return states.map((state) => state ?? 'blank');
    }
  }
  for (let index = 0; index < states.length; index++) states[index] ??= await ask(index);
  return states as SectorState[];
}

/** The chip's checksum of a range, asked again when the answer is lost. */
export function chipCrc(
  context: JobContext,
  range: Region,
  phase: 'compare' | 'verify' = 'compare',
) {
  return context.step({ phase, address: range.offset }, () =>
    context.flash.crc(range.offset, range.length),
  );
}

/** Indices spread over a block; all of them where there are few. */
function samplesOf(count: number): number[] {
  if (count <= SAMPLES) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: SAMPLES }, (_, index) =>
    Math.round((index * (count - 1)) / (SAMPLES - 1)),
  );
}
