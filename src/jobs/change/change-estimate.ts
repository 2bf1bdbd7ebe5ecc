import { blocksOf, outward, sectorsOf, totalOf } from '../../chip/regions';
import type { Piece } from '../../placement/base/place-types';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import { checkSeconds } from '../base/step-costs';
import { type BlockPlan, changeSeconds, planBlock } from './change-plan';

/** How long a change will take, told to the progress of its job while it is still being planned. */
export class ChangeEstimate {
  readonly #context: JobContext;
  readonly #seconds = { erase: 0, write: 0, verify: 0 };

  /** @param assumed what is expected to have to be done */
  constructor(context: JobContext, assumed: readonly BlockPlan[]) {
    this.#context = context;
    this.#add(assumed, 1);
    this.#tell();
  }

  /** What was assumed of a block has become a plan. */
  learn(assumed: BlockPlan, planned: BlockPlan): void {
    this.#add([assumed], -1);
    this.#add([planned], 1);
    this.#tell();
  }

  #add(blocks: readonly BlockPlan[], times: 1 | -1): void {
    const { erase, write, verify } = changeSeconds(blocks, this.#context.session.workingBaud);
    this.#seconds.erase += times * erase;
    this.#seconds.write += times * write;
    this.#seconds.verify += times * verify;
  }

  #tell(): void {
    for (const phase of ['erase', 'write', 'verify'] as const) {
      this.#context.progress.expect(phase, Math.max(0, this.#seconds[phase]));
    }
  }
}

/** What a write is expected to take before anything is known of flash: all of it may be different. */
export function expectWrite(
  context: JobContext,
  placed: readonly Piece[],
  options: WriteOptions,
): void {
  const regions = placed.map(({ offset, bytes }) => outward({ offset, length: bytes.length }));
  const compares = options.unchanged !== 'rewrite';
  context.progress.expect('compare', compares ? checkSeconds(totalOf(regions)) : 0);
  if (options.dryRun) return;
  const baud = context.session.workingBaud;
  new ChangeEstimate(
    context,
    placed.flatMap((piece) => asIfDifferent(filledUp(piece), baud)),
  );
}

/**
 * The plan of each block of a piece as if nothing of it were in flash.
 * @param piece at sector boundaries
 */
export function asIfDifferent({ offset, bytes }: Piece, baudRate: number): BlockPlan[] {
  return [...blocksOf({ offset, length: bytes.length })].map((range) => {
    const wanted = bytes.subarray(range.offset - offset).subarray(0, range.length);
    const states = sectorsOf(range).map(() => 'different' as const);
    return planBlock(range, wanted, states, baudRate);
  });
}

function filledUp({ offset, bytes }: Piece): Piece {
  const whole = outward({ offset, length: bytes.length });
  const filled = Buffer.alloc(whole.length, 0xff);
  bytes.copy(filled, offset - whole.offset);
  return { offset: whole.offset, bytes: filled };
}
