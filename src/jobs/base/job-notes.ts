import { diagnose } from '../../diagnosis/diagnose';
import { EvidenceLog } from '../../diagnosis/evidence/evidence-log';
import type { BkError, ErrorCode } from '../../errors';
import type { RecoveryRecord, SessionReport } from '../../session/base/report';
import { isSaid, type Note, type TextCode } from '../../texts/note';
import { cleanNote } from '../../trace/clean-words';
import type { Decisions } from '../../trace/recorder';
import type { TellOfJob } from './device-watch';
import type { ProgressReporter } from './progress';

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

/** What has to be done before anything is looked into: a bootloader that was hit is lost with the next reset. */
const URGENT: readonly TextCode[] = ['job.replaceHitBootloader', 'job.keepHitBootloaderPowered'];

/** What happened by the way; collected from the first link check on. */
export class JobNotes {
  readonly evidence: EvidenceLog;
  readonly warnings: Note[] = [];
  readonly recoveries: RecoveryRecord[] = [];
  readonly #decisions: Decisions | undefined;
  readonly #tell: TellOfJob;

  /**
   * @param decisions where it is recorded what was seen and decided
   * @param tell who looks on
   */
  constructor(decisions?: Decisions, tell?: TellOfJob) {
    this.#decisions = decisions;
    this.#tell = tell;
    this.evidence = new EvidenceLog((what, facts) =>
      decisions?.decide({ kind: 'seen', what, facts }),
    );
  }

  report(progress: ProgressReporter): SessionReport {
    return {
      evidence: this.evidence,
      onPhase: (phase, message, waitsForPerson, line) =>
        progress.say(phase, message, waitsForPerson, line),
      onRecovery: (recovery) => {
        const { phase, address, ms } = recovery;
        const [cause, action] = [cleanNote(recovery.cause), cleanNote(recovery.action)];
        this.#decisions?.decide({ kind: 'recovery', phase, address, cause, action, ms });
        this.recoveries.push(recovery);
        this.#tell?.({ kind: 'recovery', recovery });
      },
      onWarning: (warning) => {
        this.#decisions?.decide({ kind: 'warning', text: cleanNote(warning) });
        this.warnings.push(warning);
        this.#tell?.({ kind: 'warning', text: warning });
      },
      decisions: this.#decisions,
    };
  }

  /** The same error with what the whole job has seen speaking for its causes. */
  explain(error: BkError): BkError {
    if (!EXPLAINED.includes(error.code)) return error;
    const { likely, advice } = diagnose(this.evidence.evidence);
    if (likely.length === 0) return error;
    const urgent = error.cause.adviceCodes.filter((note) =>
      URGENT.some((one) => isSaid(note, one)),
    );
    return error.with({ likely }).advised(...urgent, ...advice);
  }
}
