import { EvidenceLog } from '../../diagnosis/evidence/evidence-log';
import type { Phase } from '../../errors';
import type { Said } from '../../texts/note';

/** A break in a job that was mended. */
export interface RecoveryRecord {
  address: number | null;
  phase: Phase;
  cause: Said;
  action: Said;
  ms: number;
}

/** Where a session tells what it does; each job puts its own in. */
export interface SessionReport {
  /** Takes down all that is seen, from the first link check on: it can be judged where no session came of it. */
  readonly evidence: EvidenceLog;
  onPhase(phase: Phase, message: Said, waitsForPerson: boolean): void;
  onRecovery(recovery: RecoveryRecord): void;
  onWarning(text: Said): void;
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
