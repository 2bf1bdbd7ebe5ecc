import type { Phase } from '../errors';

/** A break in a job that was mended. */
export interface RecoveryRecord {
  address: number | null;
  phase: Phase;
  cause: string;
  action: string;
  ms: number;
}

/** Where a session tells what it does; each job puts its own in. */
export interface SessionReport {
  onPhase(phase: Phase, message: string, waitsForPerson: boolean): void;
  onRecovery(recovery: RecoveryRecord): void;
  onWarning(text: string): void;
}
