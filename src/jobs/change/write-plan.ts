import { runsOf, sectorsOf, totalOf } from '../../chip/regions';
import type { Piece } from '../../placement/base/place-types';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import { checkSeconds } from '../base/step-costs';
import { compareBlock } from '../chip/compare';
import { ComparePredictor } from '../chip/predictors';
import { asIfDifferent, ChangeEstimate } from './change-estimate';
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
  const baud = context.session.workingBaud;
  const rewritten = pieces.map((piece) => ({ piece, blocks: asIfDifferent(piece, baud) }));
  const assumed = rewritten.flatMap(({ blocks }) => blocks);
  const estimate = new ChangeEstimate(context, options.dryRun ? [] : assumed);
  if (options.unchanged === 'rewrite') return planOf(assumed);

  const { progress } = context;
  const predictor = new ComparePredictor();
  const ranges = pieces.map(({ offset, bytes }) => ({ offset, length: bytes.length }));
  // What a backup of this very job has just shown is compared in no time, and no phase of its own.
  const total = ranges.every((range) => context.flash.known.covers(range)) ? 0 : totalOf(ranges);
  progress.begin('compare', total, checkSeconds(total), say('job.comparingWithFlash'));
  const planned: BlockPlan[] = [];
  for (const { piece, blocks } of rewritten) {
    for (const block of blocks) {
      const { range } = block;
      const wanted = piece.bytes.subarray(range.offset - piece.offset).subarray(0, range.length);
      const states = await compareBlock(context, range, wanted, predictor);
      const equal = sectorsOf(range).filter((_, index) => states[index] === 'equal');
      for (const run of runsOf(equal)) context.show(run, 'same');
      const plan = planBlock(range, wanted, states, context.session.workingBaud);
      planned.push(plan);
      if (!options.dryRun) estimate.learn(block, plan);
      progress.advance('compare', range.length, range.offset, say('job.comparing'));
    }
  }
  return planOf(planned);
}
