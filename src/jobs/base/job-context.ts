import type { FolderTurns } from '../../backup/folder-turns';
import type { Region } from '../../chip/layouts';
import { BkError, hex } from '../../errors';
import { throwIfAborted } from '../../session/base/abort';
import type { RecoveryRecord } from '../../session/base/report';
import type { Step } from '../../session/base/step';
import type { Session } from '../../session/session';
import { type Note, say } from '../../texts/note';
import type { JobNotes } from './job-notes';
import type { JobWatch } from './job-types';
import type { ProgressReporter } from './progress';
import type { SectorShown } from './sector-change';

/** What a job works with: the linked chip, and where its facts and its progress go. */
export class JobContext {
  readonly session: Session;
  readonly progress: ProgressReporter;
  readonly signal: AbortSignal | undefined;
  readonly folders: FolderTurns;
  /** Who looks on. */
  readonly watch: JobWatch;
  readonly warnings: Note[];
  readonly recoveries: RecoveryRecord[];
  readonly #notes: JobNotes;
  readonly #held: (() => void)[] = [];
  /** True from the first erase on: flash may no longer be what it was. */
  changed = false;
  /** True once the firmware was started: the chip is not linked any more. */
  isStarted = false;
  /** The MAC of the backup that was found to be this very chip's, null where it has none; undefined without one. */
  adopted: string | null | undefined = undefined;

  constructor(
    session: Session,
    progress: ProgressReporter,
    notes: JobNotes,
    signal: AbortSignal | undefined,
    folders: FolderTurns,
    watch: JobWatch = {},
  ) {
    this.session = session;
    this.progress = progress;
    this.signal = signal;
    this.folders = folders;
    this.watch = watch;
    this.#notes = notes;
    this.warnings = notes.warnings;
    this.recoveries = notes.recoveries;
    progress.nameChip(() => session.identity.calibration?.mac ?? null);
  }

  get flash() {
    return this.session.flash;
  }

  /** The same for work that a cancel must not break off: what it changes it changes back. */
  undisturbed(): JobContext {
    const { session, progress, folders, watch } = this;
    return new JobContext(session, progress, this.#notes, undefined, folders, watch);
  }

  /** The job reads a file, and may be asked for it once more: no old backup goes that is one, until it has ended. */
  async hold(path: string): Promise<void> {
    this.#held.push(await this.folders.hold(path));
  }

  /** The job has ended. */
  letGo(): void {
    for (const end of this.#held.splice(0)) end();
  }

  /** Tells who looks on what sectors are now. @param range at sector boundaries */
  show({ offset, length }: Region, state: SectorShown): void {
    this.watch.onSectors?.({ offset, length, state });
  }

  /** One step that is repeated, with the link won back, until it succeeds. A cancel ends the job before it. */
  step<T>(step: Step, attempt: (tries: number) => Promise<T>): Promise<T> {
    throwIfAborted(this.signal, this.session.port);
    return this.session.step(step, this.signal, attempt);
  }
}

/** @throws BkError BK_OUT_OF_RANGE unless the range lies inside flash */
export function mustFitFlash(context: JobContext, offset: number, length: number): void {
  const { size } = context.flash;
  const whole = Number.isInteger(offset) && Number.isInteger(length);
  if (whole && offset >= 0 && length > 0 && offset + length <= size) return;
  const at = whole && offset >= 0 ? hex(offset) : offset;
  const place = { offset: at, port: context.session.port, size: hex(size) };
  throw new BkError(
    'BK_OUT_OF_RANGE',
    offset >= size ? say('job.behindFlash', place) : say('job.notInFlash', { ...place, length }),
    { address: offset, advice: [say('job.useRange', { from: hex(0), to: hex(size) })] },
  );
}
