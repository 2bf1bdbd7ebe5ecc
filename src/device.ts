import { type Clock, systemClock } from './clock';
import { BkError, isBkError, textOf } from './errors';
import { connect } from './jobs/connect';
import { factsOf, JobContext, JobNotes, type JobOutcome } from './jobs/context';
import { checkErasing, erase } from './jobs/erase';
import { type Operation, ProgressReporter } from './jobs/progress';
import { checkReading, read } from './jobs/read-job';
import type {
  ChipReport,
  EraseOptions,
  EraseSummary,
  JobControl,
  JobResult,
  ReadOptions,
  WriteOptions,
  WriteSummary,
} from './jobs/types';
import { loadImage, write } from './jobs/write';
import { PortSlot } from './port-slot';
import { type DeviceSettings, fillSettings } from './session/settings';
import { canonicalPort } from './transport/open';

/** What the engine takes from the world; tests put their own in. */
export interface Environment {
  clock: Clock;
}

/** The slots of this process, by the port's one name. Each clock has its own world of ports. */
const worlds = new WeakMap<Clock, Map<string, PortSlot>>();

/** A job in two parts: what can be found wrong without a chip, before its turn; and the work. */
interface Job<Prepared, Payload> {
  operation: Operation;
  prepare(): Prepared | Promise<Prepared>;
  perform(context: JobContext, prepared: Prepared): Promise<JobOutcome<Payload>>;
}

/**
 * One chip on one port. Jobs take turns, first come, first served, also with other devices of this
 * process that name the same port. A port is opened when a job needs it; the link is kept for `idle`
 * seconds between jobs.
 */
export class Device {
  readonly settings: DeviceSettings;
  readonly #clock: Clock;
  /** Aborts what runs or waits when the device is closed. */
  readonly #jobs = new Set<{ abort: AbortController; settled: Promise<unknown> }>();
  #slot: PortSlot | null = null;

  constructor(settings: DeviceSettings, environment: Partial<Environment> = {}) {
    this.settings = settings;
    this.#clock = environment.clock ?? systemClock;
  }

  /** Links and identifies; the link stays for `idle` seconds. */
  connect(control: JobControl = {}): Promise<JobResult<ChipReport>> {
    return this.#run(control, { operation: 'connect', prepare: () => {}, perform: connect });
  }

  /**
   * Reads flash, verified by the chip's checksums; to memory, or to a file that is complete or absent.
   * @throws BkError BK_OUT_OF_RANGE, BK_STORAGE, BK_CRC_MISMATCH and the errors of linking
   */
  read(options: ReadOptions = {}, control: JobControl = {}): Promise<JobResult<Buffer | string>> {
    return this.#run(control, {
      operation: 'read',
      prepare: () => checkReading(options),
      perform: (context) => read(context, options),
    });
  }

  /**
   * Writes an image and has the chip confirm every region of it.
   * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED, BK_BACKUP_FAILED,
   *   BK_BAD_SECTOR, BK_FLASH_PROTECTED and the errors of linking
   */
  write(options: WriteOptions, control: JobControl = {}): Promise<JobResult<WriteSummary>> {
    return this.#run(control, {
      operation: 'write',
      prepare: () => loadImage(options),
      perform: (context, image) => write(context, options, image),
    });
  }

  /**
   * Erases, and has the chip confirm that the regions are blank.
   * @throws BkError BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED, BK_BACKUP_FAILED, BK_BAD_SECTOR and the errors of linking
   */
  erase(options: EraseOptions = {}, control: JobControl = {}): Promise<JobResult<EraseSummary>> {
    return this.#run(control, {
      operation: 'erase',
      prepare: () => checkErasing(options),
      perform: (context) => erase(context, options),
    });
  }

  /**
   * Cancels this device's jobs at a safe point, and closes the port unless another device's job needs
   * it; resolves when both are done.
   */
  async close(): Promise<void> {
    const jobs = [...this.#jobs];
    for (const { abort } of jobs) abort.abort();
    await Promise.allSettled(jobs.map(({ settled }) => settled));
    if (this.#slot === null) return;
    const { after, port } = fillSettings(this.settings);
    await this.#slot.endKept(this, after, port);
  }

  #run<Prepared, Payload>(
    control: JobControl,
    job: Job<Prepared, Payload>,
  ): Promise<JobResult<Payload>> {
    const abort = new AbortController();
    const forward = (): void => abort.abort();
    if (control.signal?.aborted) forward();
    control.signal?.addEventListener('abort', forward, { once: true });
    const settled = this.#perform(control, abort.signal, job).finally(() => {
      control.signal?.removeEventListener('abort', forward);
      this.#jobs.delete(entry);
    });
    const entry = { abort, settled };
    this.#jobs.add(entry);
    return settled;
  }

  async #perform<Prepared, Payload>(
    control: JobControl,
    signal: AbortSignal,
    job: Job<Prepared, Payload>,
  ): Promise<JobResult<Payload>> {
    const settings = fillSettings(this.settings);
    const prepared = await job.prepare();
    const slot = await slotOf(settings.port, this.#clock);
    const release = await slot.turn(signal, settings.port);
    this.#slot = slot;
    const { operation } = job;
    const progress = new ProgressReporter(operation, this.#clock, control.onProgress);
    const notes = new JobNotes();
    let context: JobContext | null = null;
    let finished = false;
    try {
      const turnAt = this.#clock.now();
      const session = await slot.session(settings, notes.report(progress), signal);
      context = new JobContext(session, progress, notes, signal);
      const linkedAt = this.#clock.now();
      const outcome = await job.perform(context, prepared);
      finished = true;
      const now = this.#clock.now();
      const times = { totalMs: now - turnAt, workMs: now - linkedAt };
      return { payload: outcome.payload, facts: factsOf(operation, context, outcome, times) };
    } catch (error) {
      throw notes.explain(asBkError(error, operation, settings.port));
    } finally {
      try {
        if (finished) await slot.keep(settings, this);
        // A chip in the middle of a change is left where the next try finds it.
        else await slot.end(context?.changed ? 'leave' : settings.after);
      } finally {
        release();
      }
    }
  }
}

function asBkError(error: unknown, operation: Operation, port: string): BkError {
  if (isBkError(error)) return error;
  return new BkError(
    'BK_BAD_RESPONSE',
    `The ${operation} on ${port} failed inside the program: ${textOf(error)}`,
    { reason: error, advice: ['Please report this with the text of the message.'] },
  );
}

async function slotOf(port: string, clock: Clock): Promise<PortSlot> {
  const name = await canonicalPort(port);
  let slots = worlds.get(clock);
  if (slots === undefined) {
    slots = new Map();
    worlds.set(clock, slots);
  }
  let slot = slots.get(name);
  if (slot === undefined) {
    slot = new PortSlot(clock);
    slots.set(name, slot);
  }
  return slot;
}
