import type { Found as EvidenceFound } from '../../diagnosis/evidence/evidence';
import { type BkError, type ErrorCode, isBkError } from '../../errors';
import type { LinkState } from '../base/link-state';
import { changesFlash, type Step } from '../base/step';
import { BAUD_LADDER } from '../baud/baud-ladder';

/** How often an erase or a program is tried without any progress before the job gives up. */
const CHANGE_TRIES = 5;
/**
 * The same where chance had a hand in it each time and nothing was worn by it: the chip rebooted, or a
 * line spoilt what was only read. The next time it may not.
 */
const CHANCE_TRIES = 12;
/** After so many line errors the rate goes one rung down. */
const ERRORS_PER_RUNG = 3;
/** So many good steps forgive one line error. */
const STEPS_PER_PARDON = 64;
/** A supply that has just broken down gets this long to recover for each time it did, ms, up to a limit. */
const REST_MS = 100;
const LONGEST_REST_MS = 1000;

const RECOVERABLE: readonly ErrorCode[] = [
  'BK_NO_RESPONSE',
  'BK_BAD_RESPONSE',
  'BK_CRC_MISMATCH',
  'BK_PORT_LOST',
];

/** Tries of one step that failed. */
export interface StepFailures {
  /** The chip was there all the while. */
  readonly alive: number;
  /** It had rebooted, or may have. */
  readonly rebooted: number;
}

export const NO_FAILURES: StepFailures = { alive: 0, rebooted: 0 };

/** What a step of a job failed by. */
export interface Failure {
  readonly error: unknown;
  /** In a try of the step, or while the chip was won back after one. */
  readonly during: 'try' | 'winning back';
  readonly isPortGone: boolean;
  readonly step: Step;
}

export type FailureAction =
  /** Trying again does not mend it. */
  | { readonly kind: 'passOn'; readonly error: unknown }
  /** The chip did not come back. */
  | { readonly kind: 'declareLost'; readonly error: BkError }
  | { readonly kind: 'giveUp'; readonly error: BkError; readonly attempts: number }
  | { readonly kind: 'winBack'; readonly error: BkError };

/** What to do about a failure, and what it counts. Failures while winning back count like the one before them. */
export function afterFailure(
  failures: StepFailures,
  { error, during, isPortGone, step }: Failure,
): { failures: StepFailures; action: FailureAction } {
  const passOn: FailureAction = { kind: 'passOn', error };
  let counted = failures;
  if (during === 'winning back') {
    // Waiting longer for a port that did not come back is nobody's wish.
    if (isBkError(error, 'BK_PORT_LOST') && isPortGone) return { failures, action: passOn };
    // Going back to a working rate may cost a link that nobody wins back: the job had one.
    if (isBkError(error, 'BK_NO_LINK')) return { failures, action: { kind: 'declareLost', error } };
    counted = { ...failures, alive: failures.alive + 1 };
  }
  if (!isBkError(error, ...RECOVERABLE)) return { failures: counted, action: passOn };
  const limit = changesFlash(step) ? CHANGE_TRIES : CHANCE_TRIES;
  const attempts = counted.alive + counted.rebooted + 1;
  const isOver = counted.alive >= limit - 1 || attempts >= CHANCE_TRIES;
  const action: FailureAction = isOver
    ? { kind: 'giveUp', error, attempts }
    : { kind: 'winBack', error };
  return { failures: counted, action };
}

/**
 * Counts a try after which the chip was won back.
 * @param tellsReboots false where a chip looks the same before and after one: it works at the boot rate
 */
export function afterRecovery(
  failures: StepFailures,
  found: Found,
  tellsReboots: boolean,
): StepFailures {
  return found === 'alive' && tellsReboots
    ? { ...failures, alive: failures.alive + 1 }
    : { ...failures, rebooted: failures.rebooted + 1 };
}

/** What is remembered of a link from step to step. */
export interface LinkRecord {
  /** Those that are not forgiven. */
  readonly lineErrors: number;
  readonly goodSteps: number;
  /** How often the chip was found rebooted. */
  readonly reboots: number;
}

export const CLEAN_RECORD: LinkRecord = { lineErrors: 0, goodSteps: 0, reboots: 0 };

/** As what the chip was found. */
export type Found = Exclude<EvidenceFound, 'lost'>;

/** What is known of the chip once it was found after a failure. */
export interface Finding {
  readonly found: Found;
  /** It answered only after it had been called for a while: it was still at work. */
  readonly wasBusy: boolean;
  /** The failure was its own refusal. */
  readonly hasRefused: boolean;
  /** The session's, before the failure. */
  readonly state: LinkState;
  /** The rate that was agreed on, bits per second. */
  readonly workingBaud: number;
}

export type FindingAction =
  | { readonly kind: 'repeat' }
  /** The line makes errors: go to this rate first. */
  | { readonly kind: 'stepDown'; readonly baudRate: number }
  /** It may be another chip: make sure first, let its supply recover, and go back to the rate of before. */
  | { readonly kind: 'recognise'; readonly restMs: number };

/** What has to be done before a step is repeated. */
export function afterFinding(
  record: LinkRecord,
  { found, wasBusy, hasRefused, state, workingBaud }: Finding,
): { record: LinkRecord; action: FindingAction; isSlow: boolean } {
  const isNew = found !== 'alive';
  if (state === 'opening' && isNew) return { record, action: REPEAT, isSlow: false };
  if (isNew || state === 'lost') {
    // Also where the last look at it was cut short: nothing is done to a chip before it is known.
    const reboots = record.reboots + (isNew ? 1 : 0);
    const restMs = Math.min(LONGEST_REST_MS, REST_MS * reboots);
    return { record: { ...record, reboots }, action: { kind: 'recognise', restMs }, isSlow: false };
  }
  // A chip that has answered is neither slow, nor was its line to blame.
  if (hasRefused) return { record, action: REPEAT, isSlow: false };
  // One that was at work all the while is slow, and the line is not to blame.
  if (wasBusy) return { record, action: REPEAT, isSlow: true };
  return { ...afterLineError(record, state, workingBaud), isSlow: true };
}

const REPEAT = { kind: 'repeat' } as const;

/** Counts an error of the line, and goes down where there are too many. */
export function afterLineError(
  record: LinkRecord,
  state: LinkState,
  workingBaud: number,
): { record: LinkRecord; action: Exclude<FindingAction, { kind: 'recognise' }> } {
  const lineErrors = record.lineErrors + 1;
  if (lineErrors < ERRORS_PER_RUNG) return { record: { ...record, lineErrors }, action: REPEAT };
  const baudRate = BAUD_LADDER.find((rate) => rate < workingBaud);
  return {
    record: { ...record, lineErrors: 0 },
    action: baudRate === undefined || state === 'opening' ? REPEAT : { kind: 'stepDown', baudRate },
  };
}

/** Counts a step that succeeded: many of them forgive one error. */
export function afterSuccess(record: LinkRecord): LinkRecord {
  const goodSteps = record.goodSteps + 1;
  const isPardon = goodSteps % STEPS_PER_PARDON === 0 && record.lineErrors > 0;
  return { ...record, goodSteps, lineErrors: record.lineErrors - (isPardon ? 1 : 0) };
}
