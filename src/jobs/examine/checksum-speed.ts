import { BLOCK } from '../../chip/geometry';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { blankCrc } from '../chip/chip-checksum';
import type { Examination } from './examination';
import { spreadOf } from './spread';

/** So few bytes that the chip takes next to no time for them. */
const FEW = 16;
const TRIES = 5;
/** So many blocks of each kind are enough. */
const ENOUGH = 4;
/** No more than these are looked at: 4 MiB take some ten seconds. */
const MOST_BLOCKS = 64;

export interface ChecksumSpeed {
  speed: Examination['checksum'];
  /** Addresses of blocks that read as blank by the chip's checksum. */
  blank: number[];
}

/**
 * Times the chip's checksums of blocks, blank ones and others, against one of a few bytes: what is left is the chip's
 * own work.
 * @param all looks at every block, as one that is blank is sought
 */
export async function timeChecksums(context: JobContext, all: boolean): Promise<ChecksumSpeed> {
  const { flash, session, progress } = context;
  const { clock } = session;
  const timed = async (address: number, length: number) =>
    context.step({ phase: 'compare', address }, async () => {
      const begun = clock.now();
      const crc = await flash.crc(address, length);
      return { crc, ms: clock.now() - begun };
    });
  const few: number[] = [];
  while (few.length < TRIES) few.push((await timed(0, FEW)).ms);
  const idle = spreadOf(few).median;
  const times = { blank: [] as number[], other: [] as number[] };
  const blank: number[] = [];
  for (const address of blocksIn(flash.size)) {
    if (!all && times.blank.length >= ENOUGH && times.other.length >= ENOUGH) break;
    progress.say('compare', say('examine.timingChecksums'));
    const { crc, ms } = await timed(address, BLOCK);
    const isBlank = crc === blankCrc(BLOCK);
    if (isBlank) blank.push(address);
    times[isBlank ? 'blank' : 'other'].push(ms - idle);
  }
  return {
    speed: {
      blankBytesPerSecond: speedOf(times.blank),
      otherBytesPerSecond: speedOf(times.other),
    },
    blank,
  };
}

/** Bootloader and application first, then from the end on, where flash is blank as a rule. */
function blocksIn(size: number): number[] {
  const count = Math.min(Math.floor(size / BLOCK), MOST_BLOCKS);
  const first = Array.from({ length: count }, (_, index) => index * BLOCK);
  return [...first.slice(0, ENOUGH), ...first.slice(ENOUGH).reverse()];
}

/** Bytes per second; null where none was timed, or no time was seen to pass. */
function speedOf(times: readonly number[]): number | null {
  if (times.length === 0) return null;
  const { median } = spreadOf(times);
  return median > 0 ? Math.round(((BLOCK - FEW) * 1000) / median) : null;
}
