import { PHASE_WORDS } from '../../diagnosis/rules/phrases';
import { BkError, hex } from '../../errors';
import { say } from '../../texts/note';
import type { Step } from '../base/step';

/** A step failed as often as it may. */
export function gaveUp(error: BkError, step: Step, attempts: number): BkError {
  const { address } = step;
  const what = { failure: error.text, attempts, phase: PHASE_WORDS[step.phase], goOn: GO_ON };
  return new BkError(
    error.code,
    address === null
      ? say('session.gaveUp', what)
      : say('session.gaveUpAt', { ...what, address: hex(address) }),
    { ...details(error), ...where(step), attempts },
  );
}

/** The chip did not come back. */
export function chipLost(error: BkError, step: Step): BkError {
  const { address } = step;
  const what = { phase: PHASE_WORDS[step.phase], goOn: GO_ON };
  return new BkError(
    'BK_LINK_LOST',
    address === null
      ? say('session.chipLost', what)
      : say('session.chipLostAt', { ...what, address: hex(address) }),
    {
      ...details(error),
      ...where(step),
      advice: [say('session.ownSupply'), ...error.cause.adviceCodes],
    },
  );
}

/** Somebody has put the wires to another chip meanwhile. */
export function otherChip(port: string, step: Step): BkError {
  return new BkError('BK_WRONG_CHIP', say('session.otherChipAnswers', { port }), {
    ...where(step),
    phase: 'recover',
    advice: [say('session.connectFirstChip', { goOn: GO_ON })],
  });
}

/** The chip was identified several times, and what it said never came twice. */
export function neverTheSame(port: string, looks: number): BkError {
  return new BkError('BK_BAD_RESPONSE', say('session.neverTheSame', { port, looks }), {
    phase: 'identify',
    attempts: looks,
    advice: [say('session.keepOneChip')],
  });
}

/** What a person does after a job that ended early. */
export const GO_ON = say('session.goOn');

function where({ phase, address }: Step) {
  return address === null ? { phase } : { phase, address };
}

function details(error: BkError) {
  const { details, cause } = error;
  return { likely: details.likely, advice: cause.adviceCodes, reason: error };
}
