import { EvidenceLog } from '../../diagnosis/evidence/evidence-log';
import type { LineVerdict } from '../../diagnosis/line-verdict';
import type { Phase } from '../../errors';
import type { Note } from '../../texts/note';
import type { Decisions } from '../../trace/recorder';

/** A break in a job that was mended. */
export interface RecoveryRecord {
  address: number | null;
  phase: Phase;
  cause: Note;
  action: Note;
  ms: number;
}

/** Where a session tells what it does; each job puts its own in. */
export interface SessionReport {
  /** Takes down all that is seen, from the first link check on: it can be judged where no session came of it. */
  readonly evidence: EvidenceLog;
  /** @param line what the line carries, where that is what the message is about */
  onPhase(phase: Phase, message: Note, waitsForPerson: boolean, line?: LineVerdict | null): void;
  onRecovery(recovery: RecoveryRecord): void;
  onWarning(warning: Note): void;
  /** Where it is recorded what was concluded; missing while nobody wants to know. */
  readonly decisions?: Decisions | undefined;
  /** The line is all that is of interest: it is told at once what it carries. */
  readonly isLineTest?: boolean | undefined;
}

/** While a link is only kept, nobody listens. */
export function unheard(): SessionReport {
  return {
    evidence: new EvidenceLog(),
    onPhase: () => {},
    onRecovery: () => {},
    onWarning: () => {},
  };
}
