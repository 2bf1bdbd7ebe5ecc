import { BkError, hex } from '../../errors';
import type { Step } from '../base/step';

/** A step failed as often as it may. */
export function gaveUp(error: BkError, step: Step, attempts: number): BkError {
  const where = step.address === null ? '' : ` at ${hex(step.address)}`;
  return new BkError(
    error.code,
    `${error.message}; ${attempts} tries of the ${step.phase}${where} failed. ${GO_ON}`,
    {
      ...details(error),
      phase: step.phase,
      attempts,
      ...(step.address === null ? {} : { address: step.address }),
    },
  );
}

/** The chip did not come back. */
export function lost(error: BkError, step: Step): BkError {
  return new BkError(
    'BK_LINK_LOST',
    `The chip stopped answering during the ${step.phase}${step.address === null ? '' : ` at ${hex(step.address)}`} and could not be won back. ${GO_ON}`,
    {
      ...details(error),
      phase: step.phase,
      advice: [
        'Power the module from a 3.3 V supply of its own (500 mA or more) with common ground: a chip that stops in the middle of a job has most often rebooted for want of current.',
        ...error.cause.advice,
      ],
      ...(step.address === null ? {} : { address: step.address }),
    },
  );
}

/** Somebody has put the wires to another chip meanwhile. */
export function otherChip(port: string, step: Step): BkError {
  return new BkError(
    'BK_WRONG_CHIP',
    `Another chip answers on ${port} than the one that this job began with; it was not touched`,
    {
      phase: 'recover',
      ...(step.address === null ? {} : { address: step.address }),
      advice: [`Connect the chip that the job began with again. ${GO_ON}.`],
    },
  );
}

const GO_ON = 'Send the same message again to go on: what is in place already is not written again';

function details(error: BkError) {
  return { likely: error.cause.likely, advice: error.cause.advice, reason: error };
}
