import type { Region } from '../../chip/layouts';
import { blocksOf, outward } from '../../chip/regions';
import { hex } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { BlockReader, type Keep, type ReadCounts } from './block-reader';
import type { SectorSource } from './sector-sources';

export interface ReadBytes extends ReadCounts {
  bytes: Buffer;
}

/**
 * Reads a range and has the chip confirm every 64 KiB of it by checksum; what does not match is read
 * again, sector by sector.
 * @param sources what may hold the same: what the chip confirms of it is not read
 */
export async function readRange(
  context: JobContext,
  range: Region,
  phase: 'read' | 'backup',
  sources: readonly SectorSource[] = [],
  keep: Keep = () => Promise.resolve(),
): Promise<ReadBytes> {
  const whole = outward(range);
  const bytes = Buffer.allocUnsafeSlow(whole.length);
  const reader = new BlockReader(context, phase, sources, keep);
  const message = say('job.readingBytes', { size: hex(whole.length) });
  context.progress.begin(phase, whole.length, reader.secondsOf(whole), message);
  const blocks = [...blocksOf(whole)];
  const asked = await reader.look(blocks);
  for (const [index, block] of blocks.entries()) {
    const start = block.offset - whole.offset;
    const into = bytes.subarray(start, start + block.length);
    const next = blocks[index + 1];
    const crcOf = ({ offset }: Region): number | null => asked.get(offset) ?? null;
    const after = next === undefined ? undefined : { range: next, asked: crcOf(next) };
    await reader.read(block, into, crcOf(block), after);
  }
  const start = range.offset - whole.offset;
  return { bytes: bytes.subarray(start, start + range.length), ...reader.counts };
}
