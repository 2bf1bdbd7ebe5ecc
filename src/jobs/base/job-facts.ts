import { diagnose } from '../../diagnosis/diagnose';
import type { Evidence } from '../../diagnosis/evidence/evidence';
import { likelyCause } from '../../errors';
import { BOOT_BAUD } from '../../session/base/link-state';
import type { RecoveryRecord } from '../../session/base/report';
import type { FilledSettings } from '../../session/base/settings';
import type { Note } from '../../texts/note';
import { render, renderAll } from '../../texts/render';
import type { JobContext } from './job-context';
import type { JobFacts, Recovery } from './job-types';
import type { Operation } from './progress';

/** What a job has to say of itself besides its payload. */
export interface JobOutcome<Payload> {
  payload: Payload;
  offset: number;
  length: number;
  bytes: number;
  extra?: Partial<JobFacts>;
}

/** The facts of a finished job, in the form that flows see. */
export function factsOf(
  operation: Operation,
  context: JobContext,
  outcome: JobOutcome<unknown>,
  times: { totalMs: number; workMs: number },
): JobFacts {
  const { session } = context;
  const seconds = times.workMs / 1000;
  const warnings = [...session.identity.warnings, ...context.warnings];
  return {
    operation,
    device: session.settings.name,
    port: session.port,
    chip: session.identity.chip,
    offset: outcome.offset,
    length: outcome.length,
    bytes: outcome.bytes,
    durationMs: Math.round(times.totalMs),
    bytesPerSecond: seconds > 0 ? Math.round(outcome.bytes / seconds) : 0,
    baud: session.workingBaud,
    recoveries: context.recoveries.map(recovery),
    warnings: renderAll(warnings),
    warningCodes: warnings,
    ...(context.recoveries.length === 0 ? {} : explained(session.exchanger.evidence.evidence)),
    ...outcome.extra,
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

function explained(evidence: Evidence): Pick<JobFacts, 'likely' | 'advice' | 'adviceCodes'> {
  const { likely, advice } = diagnose(evidence);
  return {
    likely: likely.map((one) => likelyCause(one)),
    advice: renderAll(advice),
    adviceCodes: advice,
  };
}
