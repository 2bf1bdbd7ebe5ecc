import { blocksOf, sectorsOf } from '../../chip/regions';
import type { Piece } from '../../placement/base/place-types';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import { ComparePredictor, compareBlock, type SectorState } from '../chip/compare';
import { type BlockPlan, type Plan, planBlock, planOf } from './change-plan';

/**
 * Compares what is to be written with what flash holds, and plans what is to be done about the differences.
 * The whole plan is made before anything is touched.
 * @param pieces at sector boundaries
 */
export async function planWrite(
  context: JobContext,
  pieces: readonly Piece[],
  options: WriteOptions,
): Promise<Plan> {
  const blocks: BlockPlan[] = [];
  const rewrite = options.unchanged === 'rewrite';
  const predictor = new ComparePredictor();
  const total = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
  if (!rewrite) context.progress.begin('compare', total, say('job.comparingWithFlash'));
  for (const { offset, bytes } of pieces) {
    for (const range of blocksOf({ offset, length: bytes.length })) {
      const wanted = bytes.subarray(range.offset - offset).subarray(0, range.length);
      const states: SectorState[] = rewrite
        ? sectorsOf(range).map(() => 'different')
        : await compareBlock(context, range, wanted, predictor);
      blocks.push(planBlock(range, wanted, states, context.session.workingBaud));
      if (!rewrite) {
        context.progress.advance('compare', range.length, range.offset, say('job.comparing'));
      }
    }
  }
  return planOf(blocks);
}
