import type { Phase } from '../errors';

export type Operation = 'connect' | 'read' | 'write' | 'erase';

/** One report of how far a job is. Within a phase `done` never falls. */
export interface Progress {
  operation: Operation;
  phase: Phase;
  /** Bytes of this phase; for phases without bytes 0 of 0. */
  done: number;
  total: number;
  /** 0 to 100, whole. */
  percent: number;
  /** Of this phase; null until it can be told. */
  bytesPerSecond: number | null;
  etaSeconds: number | null;
  /** Flash address that is being worked on; null where there is none. */
  address: number | null;
  /** One sentence for a person; says what to do where the job waits for someone. */
  message: string;
  /** True while the job cannot go on without a person's hand. */
  waitsForPerson: boolean;
}

export type ProgressListener = (progress: Progress) => void;
