import { EvidenceLog } from '../../diagnosis/evidence/evidence-log';
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
  onPhase(phase: Phase, message: Note, waitsForPerson: boolean): void;
  onRecovery(recovery: RecoveryRecord): void;
  onWarning(warning: Note): void;
  /** Where it is recorded what was concluded; missing while nobody wants to know. */
  readonly decisions?: Decisions | undefined;
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
