import { diagnose } from '../../diagnosis/diagnose';
import type { Evidence } from '../../diagnosis/evidence/evidence';
import { likelyCause } from '../../errors';
import { BOOT_BAUD } from '../../session/base/link-state';
import type { RecoveryRecord } from '../../session/base/report';
import type { FilledSettings } from '../../session/base/settings';
import { type Note, say } from '../../texts/note';
import { render, renderAll } from '../../texts/render';
import type { JobContext } from './job-context';
import type { JobFacts, Recovery } from './job-types';
import type { Operation } from './progress';

/** A job that has waited for so long for answers on their way, ms, and for so much of its time, suffers by it. */
const LONG_WAIT_MS = 5_000;
const LONG_WAIT = 0.3;

/** What a job has to say of itself besides its payload. */
export interface JobOutcome<Payload> {
  payload: Payload;
  offset: number;
  length: number;
  bytes: number;
  extra?: Partial<JobFacts>;
}

/** Who did a job, and what happened on the way. */
interface Doer
  extends Pick<JobFacts, 'operation' | 'device' | 'port' | 'chip' | 'baud' | 'latencyMs'> {
  warnings: readonly Note[];
  recoveries: readonly RecoveryRecord[];
  /** What was seen of chip and line, where there is a line. */
  evidence: Evidence | null;
  /** Besides what that tells. */
  advice?: readonly Note[];
}

/** The facts of a finished job, in the form that flows see. */
export function factsOf(
  operation: Operation,
  context: JobContext,
  outcome: JobOutcome<unknown>,
  times: { totalMs: number; workMs: number },
): JobFacts {
  const { session } = context;
  const { usual } = session.exchanger.line;
  const { waitedMs } = session;
  const isSlowed = waitedMs >= LONG_WAIT_MS && waitedMs >= LONG_WAIT * times.totalMs;
  const doer: Doer = {
    operation,
    device: session.settings.name,
    port: session.port,
    chip: session.identity.chip,
    baud: session.workingBaud,
    warnings: [...session.identity.warnings, ...context.warnings],
    recoveries: context.recoveries,
    evidence: session.exchanger.evidence.evidence,
    ...(usual === null ? {} : { latencyMs: Math.round(usual) }),
    advice: isSlowed ? [lateAnswers(waitedMs, usual ?? 0)] : [],
  };
  return factsOfJob(doer, outcome, times);
}

export function factsOfJob(
  {
    operation,
    device,
    port,
    chip,
    baud,
    warnings,
    recoveries,
    evidence,
    latencyMs,
    advice = [],
  }: Doer,
  { offset, length, bytes, extra }: JobOutcome<unknown>,
  times: { totalMs: number; workMs: number },
): JobFacts {
  const seconds = times.workMs / 1000;
  return {
    operation,
    device,
    port,
    chip,
    offset,
    length,
    bytes,
    durationMs: Math.round(times.totalMs),
    bytesPerSecond: seconds > 0 ? Math.round(bytes / seconds) : 0,
    baud,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    recoveries: recoveries.map(recovery),
    warnings: renderAll(warnings),
    warningCodes: warnings,
    ...explained(recoveries.length === 0 ? null : evidence, advice),
    ...extra,
  };
}

/** The same of a job that was worth doing without a chip. */
export function factsWithoutChip(
  operation: Operation,
  { name, port }: Pick<FilledSettings, 'name' | 'port'>,
  warnings: readonly Note[],
  ms: number,
): JobFacts {
  return {
    operation,
    device: name,
    port,
    chip: null,
    offset: 0,
    length: 0,
    bytes: 0,
    durationMs: Math.round(ms),
    bytesPerSecond: 0,
    baud: BOOT_BAUD,
    recoveries: [],
    warnings: renderAll(warnings),
    warningCodes: warnings,
  };
}

function recovery({ cause, action, ...record }: RecoveryRecord): Recovery {
  return {
    ...record,
    cause: render(cause),
    causeCode: cause,
    action: render(action),
    actionCode: action,
  };
}

/**
 * @param evidence where the job had to be mended
 * @param more advice besides what it gives
 */
function explained(
  evidence: Evidence | null,
  more: readonly Note[],
): Pick<JobFacts, 'likely' | 'advice' | 'adviceCodes'> {
  if (evidence === null)
    return more.length === 0 ? {} : { advice: renderAll(more), adviceCodes: more };
  const { likely, advice } = diagnose(evidence);
  const all = [...advice, ...more];
  return {
    likely: likely.map((one) => likelyCause(one)),
    advice: renderAll(all),
    adviceCodes: all,
  };
}

function lateAnswers(waitedMs: number, usualMs: number): Note {
  return say('job.lateAnswers', {
    seconds: Math.round(waitedMs / 1000),
    ms: Math.round(usualMs),
  });
}
