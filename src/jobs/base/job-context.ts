import { diagnose } from '../../diagnosis/diagnose';
import type { Evidence } from '../../diagnosis/evidence/evidence';
import { EvidenceLog } from '../../diagnosis/evidence/evidence-log';
import { BkError, type ErrorCode, hex, likelyCause } from '../../errors';
import { throwIfAborted } from '../../session/base/abort';
import type { RecoveryRecord, SessionReport } from '../../session/base/report';
import type { Step } from '../../session/base/step';
import type { Session } from '../../session/session';
import { type Said, sentence } from '../../texts/note';
import { render, renderAll } from '../../texts/render';
import type { JobFacts, Recovery } from './job-types';
import type { Operation, ProgressReporter } from './progress';

/** What a job works with: the linked chip, and where its facts and its progress go. */
export class JobContext {
  readonly session: Session;
  readonly progress: ProgressReporter;
  readonly signal: AbortSignal | undefined;
  readonly warnings: Said[];
  readonly recoveries: RecoveryRecord[];
  /** True from the first erase on: flash may no longer be what it was. */
  changed = false;

  constructor(
    session: Session,
    progress: ProgressReporter,
    notes: JobNotes,
    signal: AbortSignal | undefined,
  ) {
    this.session = session;
    this.progress = progress;
    this.signal = signal;
    this.warnings = notes.warnings;
    this.recoveries = notes.recoveries;
  }

  get flash() {
    return this.session.flash;
  }

  /** One step that is repeated, with the link won back, until it succeeds. A cancel ends the job before it. */
  step<T>(step: Step, attempt: (tries: number) => Promise<T>): Promise<T> {
    throwIfAborted(this.signal, this.session.port);
    return this.session.step(step, this.signal, attempt);
  }
}

/** Failures of chip, flash and line; all others are explained by what was asked for. */
const EXPLAINED: readonly ErrorCode[] = [
  'BK_NO_RESPONSE',
  'BK_BAD_RESPONSE',
  'BK_CRC_MISMATCH',
  'BK_LINK_LOST',
  'BK_PORT_LOST',
  'BK_FLASH_PROTECTED',
  'BK_BAD_SECTOR',
];

/** What happened by the way; collected from the first link check on. */
export class JobNotes {
  readonly evidence = new EvidenceLog();
  readonly warnings: Said[] = [];
  readonly recoveries: RecoveryRecord[] = [];

  report(progress: ProgressReporter): SessionReport {
    return {
      evidence: this.evidence,
      onPhase: (phase, message, waitsForPerson) => progress.say(phase, message, waitsForPerson),
      onRecovery: (recovery) => this.recoveries.push(recovery),
      onWarning: (text) => this.warnings.push(text),
    };
  }

  /** The same error with what the whole job has seen speaking for its causes. */
  explain(error: BkError): BkError {
    if (!EXPLAINED.includes(error.code)) return error;
    const { likely, advice } = diagnose(this.evidence.evidence);
    return likely.length === 0 ? error : error.with({ likely }).advised(...advice);
  }
}

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
  const warnings = [...session.identity.warnings, ...context.warnings].map(sentence);
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

function recovery({ cause, action, ...record }: RecoveryRecord): Recovery {
  const [why, what] = [sentence(cause), sentence(action)];
  return {
    ...record,
    cause: render(why),
    causeCode: why,
    action: render(what),
    actionCode: what,
  };
}

function explained(evidence: Evidence): Pick<JobFacts, 'likely' | 'advice' | 'adviceCodes'> {
  const { likely, advice } = diagnose(evidence);
  const notes = advice.map(sentence);
  return {
    likely: likely.map((one) => likelyCause(one)),
    advice: renderAll(notes),
    adviceCodes: notes,
  };
}

/** @throws BkError BK_OUT_OF_RANGE unless the range lies inside flash */
export function mustFitFlash(context: JobContext, offset: number, length: number): void {
  const { size } = context.flash;
  const whole = Number.isInteger(offset) && Number.isInteger(length);
  if (whole && offset >= 0 && length > 0 && offset + length <= size) return;
  const at = whole && offset >= 0 ? hex(offset) : offset;
  throw new BkError(
    'BK_OUT_OF_RANGE',
    offset >= size
      ? `The offset ${at} lies behind the end of the flash of the chip on ${context.session.port}, which has ${hex(size)} bytes; nothing was changed`
      : `${length} bytes at ${at} do not fit the flash of the chip on ${context.session.port}, which has ${hex(size)} bytes; nothing was changed`,
    { address: offset, advice: [`Use a range between 0x0 and ${hex(size)}.`] },
  );
}
