import { type Environment, processEnvironment } from './environment';
import { BkError, isBkError, textOf } from './errors';
import { type DeviceListener, DeviceWatch, type TellOfJob, told } from './jobs/base/device-watch';
import type { Job } from './jobs/base/job';
import { factsWithoutChip } from './jobs/base/job-facts';
import { doneLine, failedLine } from './jobs/base/job-lines';
import { listenersOf } from './jobs/base/job-listeners';
import { JobNotes } from './jobs/base/job-notes';
import type {
  ChipReport,
  EraseOptions,
  EraseSummary,
  JobControl,
  JobResult,
  LineReport,
  ListenOptions,
  ReadOptions,
  WriteOptions,
  WriteSummary,
} from './jobs/base/job-types';
import { type Operation, ProgressReporter } from './jobs/base/progress';
import { CHIP_JOBS } from './jobs/chip-jobs';
import type { Examination, ExamineOptions } from './jobs/examine/examination';
import type { JobSet } from './jobs/job-set';
import { takeControl } from './jobs/options/job-options';
import { OPENBEKEN_JOBS } from './openbeken/openbeken-jobs';
import type { PortSlot } from './ports/port-slot';
import { type DeviceSettings, type FilledSettings, fillSettings } from './session/base/settings';
import { say } from './texts/note';
import type { PortRecord } from './trace/port-record';
import type { RecordedSettings } from './trace/record-lines';

/**
 * One chip on one port. Jobs take turns, first come, first served, also with other devices of this
 * process that name the same port. A port is opened when a job needs it; the link is kept for `idle`
 * seconds between jobs.
 */
export class Device {
  readonly settings: DeviceSettings;
  readonly #environment: Environment;
  /** Aborts what runs or waits when the device is closed. */
  readonly #running = new Set<{ abort: AbortController; settled: Promise<unknown> }>();
  readonly #watch = new DeviceWatch();
  /** Where its last job ran, and with which settings. */
  #last: { slot: PortSlot; settings: FilledSettings } | null = null;

  /** Takes any settings; those that cannot be used are told by the jobs, with BK_BAD_SETTING. */
  constructor(settings: DeviceSettings, environment?: Environment) {
    this.settings = settings;
    this.#environment = environment ?? processEnvironment;
  }

  /** Whether a job of it runs or waits, or its link is kept for the next one; else nothing is lost with it. */
  get inUse(): boolean {
    return this.#running.size > 0 || this.#last?.slot.keepsFor(this) === true;
  }

  /**
   * Tells of all that happens to the device's jobs, whoever asks for them: what a job does to flash, sector by sector,
   * too. Jobs that were asked for before are left out, and who throws is not told any more.
   * @returns what ends it
   */
  watch(listener: DeviceListener): () => void {
    return this.#watch.add(listener);
  }

  /** Links and identifies; the link stays for `idle` seconds. */
  connect(control: JobControl = {}): Promise<JobResult<ChipReport>> {
    return this.#run(control, this.#jobs.connect());
  }

  /**
   * Reads flash, verified by the chip's checksums; to memory, or to a file that is complete or absent.
   * @throws BkError BK_BAD_SETTING, BK_OUT_OF_RANGE, BK_STORAGE, BK_CRC_MISMATCH and the errors of linking
   */
  read(options: ReadOptions = {}, control: JobControl = {}): Promise<JobResult<Buffer | string>> {
    return this.#run(control, this.#jobs.read(options));
  }

  /**
   * Writes an image and has the chip confirm every region of it.
   * @throws BkError BK_BAD_SETTING, BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED,
   *   BK_BACKUP_FAILED, BK_BAD_SECTOR, BK_FLASH_PROTECTED, BK_DOWNLOAD and the errors of linking
   */
  write(options: WriteOptions, control: JobControl = {}): Promise<JobResult<WriteSummary>> {
    const { web, clock } = this.#environment;
    const world = { web, now: () => clock.date() };
    return this.#run(control, this.#jobs.write(options, world));
  }

  /**
   * Erases, and has the chip confirm that the regions are blank.
   * @throws BkError BK_BAD_SETTING, BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED, BK_BACKUP_FAILED, BK_BAD_SECTOR and
   *   the errors of linking
   */
  erase(options: EraseOptions = {}, control: JobControl = {}): Promise<JobResult<EraseSummary>> {
    return this.#run(control, this.#jobs.erase(options));
  }

  /**
   * What happened on the port of its latest job, from the opening on: as much as the setting `record` says. Null where
   * no job has had its turn. May be posted: see docs/trace.md.
   */
  record(): PortRecord | null {
    return this.#last?.slot.recorder.record ?? null;
  }

  /**
   * Measures chip, adapter and line; changes nothing unless `write` is set.
   * @throws BkError BK_BAD_SETTING, the errors of linking; with `write` those of a change where flash that was blank
   *   could not be made so again
   */
  examine(options: ExamineOptions = {}, control: JobControl = {}): Promise<JobResult<Examination>> {
    return this.#run(control, this.#jobs.examine(options));
  }

  /**
   * Calls the chip, with and without a person's help, and tells all the while what the line carries, as `line` of
   * the progress: until a chip is found or the time is over. Changes nothing on the chip.
   * @throws BkError BK_BAD_SETTING, BK_CANCELLED, those of opening a port and of identifying a chip
   */
  listen(options: ListenOptions = {}, control: JobControl = {}): Promise<JobResult<LineReport>> {
    return this.#run(control, this.#jobs.listen(options));
  }

  /**
   * Cancels this device's jobs at a safe point, and closes the port unless another device's job needs
   * it; resolves when both are done.
   */
  async close(): Promise<void> {
    const jobs = [...this.#running];
    for (const { abort } of jobs) abort.abort();
    await Promise.allSettled(jobs.map(({ settled }) => settled));
    if (this.#last === null) return;
    const { slot, settings } = this.#last;
    await slot.endKept(this, settings.after, settings.port);
  }

  /** What can be done at its port is up to what kind of port that is. */
  get #jobs(): JobSet {
    return this.#environment.ports.isWeb(this.settings?.port) ? OPENBEKEN_JOBS : CHIP_JOBS;
  }

  async #run<Prepared, Payload>(
    given: unknown,
    job: Job<Prepared, Payload>,
  ): Promise<JobResult<Payload>> {
    const settings = fillSettings(this.settings);
    const control = takeControl(given, settings.port);
    const abort = new AbortController();
    const forward = (): void => abort.abort();
    if (control.signal?.aborted) forward();
    control.signal?.addEventListener('abort', forward, { once: true });
    const tell = this.#watch.begin(job.operation, forward);
    tell?.({ kind: 'queued' });
    const work = this.#perform(settings, control, abort.signal, job, tell);
    const settled = told(work, tell).finally(() => {
      control.signal?.removeEventListener('abort', forward);
      this.#running.delete(entry);
    });
    const entry = { abort, settled };
    this.#running.add(entry);
    return settled;
  }

  async #perform<Prepared, Payload>(
    given: FilledSettings,
    control: JobControl,
    signal: AbortSignal,
    job: Job<Prepared, Payload>,
    tell: TellOfJob,
  ): Promise<JobResult<Payload>> {
    const { operation } = job;
    const prepared = await inWords(job, given.port, () => job.prepare(given.port, signal));
    const settings = job.settings?.(given, prepared) ?? given;
    const { ports, folders } = this.#environment;
    const { slot, release } = await inWords(job, settings.port, () =>
      ports.turn(settings.port, signal),
    );
    this.#last = { slot, settings };
    tell?.({ kind: 'started' });
    const { clock, recorder } = slot;
    const notes = new JobNotes(recorder, tell);
    const listeners = listenersOf(control, notes, tell);
    recorder.beginJob({
      operation,
      options: job.meant?.(prepared) ?? job.options,
      port: settings.port,
      settings: recorded(settings),
      recording: settings.record,
      onLine: listeners.onRecord,
    });
    const subject = { operation, device: settings.name, port: settings.port };
    const progress = new ProgressReporter(subject, clock, listeners.onProgress, recorder);
    const visit = job.visit({
      operation,
      settings,
      signal,
      progress,
      notes,
      listeners,
      folders,
      clock,
      slot,
      owner: this,
    });
    let result: JobResult<Payload> | null = null;
    let failure: BkError | null = null;
    const turnAt = clock.now();
    try {
      await visit.reach();
      const linkedAt = clock.now();
      const outcome = await visit.perform(prepared);
      progress.finish();
      const now = clock.now();
      const times = { totalMs: now - turnAt, workMs: now - linkedAt };
      result = { payload: outcome.payload, facts: visit.facts(outcome, times) };
      recorder.decide(doneLine(result.facts));
    } catch (error) {
      if (job.withoutChip !== undefined && isBkError(error, 'BK_NO_LINK')) {
        const ms = clock.now() - turnAt;
        const facts = factsWithoutChip(operation, settings, notes.warnings, ms);
        result = { payload: job.withoutChip(progress), facts };
        recorder.decide(doneLine(facts));
      } else {
        failure = notes.explain(asBkError(error, operation, settings.port));
        recorder.decide(failedLine(failure));
      }
    }
    try {
      await visit.leave(failure !== null);
    } catch (error) {
      // What the job itself failed of says more.
      failure ??= asBkError(error, operation, settings.port);
    } finally {
      recorder.endJob();
      if (failure !== null) failure = failure.with({ record: recorder.record });
      else if (settings.record === 'all') result = withRecord(result, recorder.record);
      release();
    }
    if (failure !== null) throw failure;
    return result as JobResult<Payload>;
  }
}

function withRecord<Payload>(
  result: JobResult<Payload> | null,
  record: PortRecord,
): JobResult<Payload> | null {
  return result === null ? null : { ...result, record };
}

/** Does a part of a job; whatever it throws becomes the one error class. */
async function inWords<T>(
  { operation }: Pick<Job<unknown, unknown>, 'operation'>,
  port: string,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asBkError(error, operation, port);
  }
}

function recorded(settings: FilledSettings): RecordedSettings {
  const { chip, baud, reset, linkTimeout, idle, after } = settings;
  return { chip, baud, reset, linkTimeout, idle, after };
}

const INTERNAL = {
  connect: 'device.connectBroke',
  read: 'device.readBroke',
  write: 'device.writeBroke',
  erase: 'device.eraseBroke',
  examine: 'device.examineBroke',
  listen: 'device.listenBroke',
} as const;

function asBkError(error: unknown, operation: Operation, port: string): BkError {
  if (isBkError(error)) return error;
  return new BkError('BK_INTERNAL', say(INTERNAL[operation], { port, reason: textOf(error) }), {
    reason: error,
    advice: [say('device.reportThis')],
  });
}
