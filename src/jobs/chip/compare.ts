import { crc32 } from 'node:zlib';
import { BLOCK, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
import type { JobContext } from '../base/job-context';
import { blankCrc, chipCrc } from './chip-checksum';
import type { ComparePredictor } from './predictors';

/** What a sector of flash holds, as against the bytes that are wanted there. */
export type SectorState = 'equal' | 'blank' | 'different';

/** How many sectors of a block are asked first. */
const SAMPLES = 4;

/**
 * Asks the chip for checksums of a block, or of its sectors where a difference is expected. Where four
 * samples spread over the block all differ, the rest is taken to differ as well: erasing the whole block
 * is cheaper then than asking on. Where all samples are blank, one checksum settles the rest.
 * What it has confirmed before in this link, as in a backup just made, is not asked at all.
 * @param range at sector boundaries, inside one block
 * @param wanted the bytes of that range
 */
export async function compareBlock(
  context: JobContext,
  range: Region,
  wanted: Buffer,
  predictor: ComparePredictor,
): Promise<SectorState[]> {
  const known = knownStates(context, range, wanted);
  if (known !== null) return known;
  const states = await statesOf(context, range, wanted, predictor);
  predictor.saw(states.every((state) => state === 'equal'));
  return states;
}

/** Without a question to the chip; null where it would have to be asked. */
function knownStates(context: JobContext, range: Region, wanted: Buffer): SectorState[] | null {
  if (!context.flash.known.covers(range)) return null;
  return sectorsOf(range).map((address) => {
    const bytes = wanted.subarray(address - range.offset).subarray(0, SECTOR);
    return stateOf(context.flash.known.crcAt(address) as number, bytes);
  });
}

function stateOf(held: number, wanted: Buffer): SectorState {
  if (held === crc32(wanted)) return 'equal';
  return held === blankCrc(SECTOR) ? 'blank' : 'different';
}

async function statesOf(
  context: JobContext,
  range: Region,
  wanted: Buffer,
  predictor: ComparePredictor,
): Promise<SectorState[]> {
  const sectors = sectorsOf(range);
  const states: (SectorState | undefined)[] = sectors.map(() => undefined);
  const ask = async (index: number): Promise<SectorState> => {
    const address = sectors[index] as number;
    const held = await chipCrc(context, { offset: address, length: SECTOR });
    return stateOf(held, wanted.subarray(address - range.offset).subarray(0, SECTOR));
  };

  if (predictor.differs === null) {
    states[0] = await ask(0);
    predictor.saw(states[0] === 'equal');
  }
  if (!predictor.differs && sectors.length > 1) {
    if ((await chipCrc(context, range)) === crc32(wanted)) return states.map(() => 'equal');
  }
  const samples = samplesOf(sectors.length);
  for (const index of samples) states[index] ??= await ask(index);
  const seen = new Set(samples.map((index) => states[index]));
  // Only a whole block can be erased at once; in a part of one each sector that is right is one erase less.
  if (range.length === BLOCK && seen.size === 1 && seen.has('different')) {
    return states.map((state) => state ?? 'different');
  }
  if (seen.size === 1 && seen.has('blank')) {
    if ((await chipCrc(context, range)) === blankCrc(range.length)) {
      return states.map((state) => state ?? 'blank');
    }
  }
  for (let index = 0; index < states.length; index++) states[index] ??= await ask(index);
  return states as SectorState[];
}

/** Indices spread over a block; all of them where there are few. */
function samplesOf(count: number): number[] {
  if (count <= SAMPLES) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: SAMPLES }, (_, index) =>
    Math.round((index * (count - 1)) / (SAMPLES - 1)),
  );
}
