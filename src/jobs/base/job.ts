import type { FolderTurns } from '../../backup/folder-turns';
import type { Clock } from '../../clock';
import type { Web } from '../../releases/web';
import type { SessionReport } from '../../session/base/report';
import type { FilledSettings } from '../../session/base/settings';
import type { Session } from '../../session/session';
import type { JobOutcome } from './job-facts';
import type { JobListeners } from './job-listeners';
import type { JobNotes } from './job-notes';
import type { JobFacts } from './job-types';
import type { Operation, ProgressReporter } from './progress';

/** The link on a port, as far as a job may have to do with it. */
export interface LinkSlot {
  /** The kept link if it serves these settings, else a new one. */
  session(
    settings: FilledSettings,
    report: SessionReport,
    signal: AbortSignal | undefined,
  ): Promise<Session>;
  /** Keeps the link for the settings' idle time, then ends it. */
  keep(settings: FilledSettings, owner: object): Promise<void>;
  /** Ends the link at once. */
  end(after: 'reboot' | 'leave'): Promise<void>;
}

/** What a job finds when its turn on the port has come. */
export interface Stage {
  readonly operation: Operation;
  readonly settings: FilledSettings;
  readonly signal: AbortSignal;
  readonly progress: ProgressReporter;
  readonly notes: JobNotes;
  readonly listeners: JobListeners;
  readonly folders: FolderTurns;
  /** Of all that happens on the port. */
  readonly clock: Clock;
  readonly slot: LinkSlot;
  /** Whose job it is, for a link that is kept. */
  readonly owner: object;
}

/** What a job takes from the world before its turn. */
export interface World {
  readonly web: Web;
  now(): Date;
}

/** A job at its chip, from the first call on. */
export interface Visit<Prepared, Payload> {
  /** Finds the chip and what it is. @throws BkError */
  reach(): Promise<void>;
  /** Does the work on the chip that was reached. @throws BkError */
  perform(prepared: Prepared): Promise<JobOutcome<Payload>>;
  facts(outcome: JobOutcome<Payload>, times: { totalMs: number; workMs: number }): JobFacts;
  /** Lets the chip go, also one that was not reached. @param failed whether the job has */
  leave(failed: boolean): Promise<void>;
}

/** A job in two parts: what can be found wrong without a chip, before its turn; and the work. */
export interface Job<Prepared, Payload> {
  operation: Operation;
  /** As they were given, for its record. */
  options: unknown;
  /** The same where only now is known what was meant: an image is its bytes, not the name of a file. */
  meant?(prepared: Prepared): unknown;
  /** The device's settings with what of them this job has its own of. */
  settings?(settings: FilledSettings, prepared: Prepared): FilledSettings;
  /** It wants to know of the line, with a chip or without. @returns what it comes to where no chip answered */
  withoutChip?(progress: ProgressReporter): Payload;
  /** @param port for messages */
  prepare(port: string, signal: AbortSignal): Prepared | Promise<Prepared>;
  visit(stage: Stage): Visit<Prepared, Payload>;
}
