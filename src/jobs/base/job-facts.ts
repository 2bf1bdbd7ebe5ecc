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

/** Who did a job, and what happened on the way. */
interface Doer extends Pick<JobFacts, 'operation' | 'device' | 'port' | 'chip' | 'baud'> {
  warnings: readonly Note[];
  recoveries: readonly RecoveryRecord[];
  /** What was seen of chip and line, where there is a line. */
  evidence: Evidence | null;
}

/** The facts of a finished job, in the form that flows see. */
export function factsOf(
  operation: Operation,
  context: JobContext,
  outcome: JobOutcome<unknown>,
  times: { totalMs: number; workMs: number },
): JobFacts {
  const { session } = context;
  const doer: Doer = {
    operation,
    device: session.settings.name,
    port: session.port,
    chip: session.identity.chip,
    baud: session.workingBaud,
    warnings: [...session.identity.warnings, ...context.warnings],
    recoveries: context.recoveries,
    evidence: session.exchanger.evidence.evidence,
  };
  return factsOfJob(doer, outcome, times);
}

export function factsOfJob(
  { operation, device, port, chip, baud, warnings, recoveries, evidence }: Doer,
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
    recoveries: recoveries.map(recovery),
    warnings: renderAll(warnings),
    warningCodes: warnings,
    ...(recoveries.length === 0 || evidence === null ? {} : explained(evidence)),
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

function explained(evidence: Evidence): Pick<JobFacts, 'likely' | 'advice' | 'adviceCodes'> {
  const { likely, advice } = diagnose(evidence);
  return {
    likely: likely.map((one) => likelyCause(one)),
    advice: renderAll(advice),
    adviceCodes: advice,
  };
}
