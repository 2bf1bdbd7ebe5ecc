import type { Job, Stage, Visit } from './base/job';
import { JobContext } from './base/job-context';
import { factsOf, type JobOutcome } from './base/job-facts';
import type { WriteOptions, WriteSummary } from './base/job-types';
import { isLate } from './base/late-image';
import { tellChip } from './chip/chip-report';
import { connect } from './connect';
import { erase } from './erase';
import { examine } from './examine';
import type { JobSet } from './job-set';
import { LISTENING } from './listen';
import { takeEraseOptions, takeExamineOptions, takeWriteOptions } from './options/job-options';
import { checkReading, read } from './read';
import { prepareImage, write } from './write';

type Work<Prepared, Payload> = (
  context: JobContext,
  prepared: Prepared,
) => Promise<JobOutcome<Payload>>;

interface PreparedWrite {
  options: WriteOptions;
  image: Awaited<ReturnType<typeof prepareImage>>;
}

/** The jobs of a chip in download mode, on a line of bytes. */
export const CHIP_JOBS: JobSet = {
  connect: () =>
    onLine(connect, {
      operation: 'connect',
      options: {},
      prepare: () => {},
    }),
  read: (options) =>
    onLine(read, {
      operation: 'read',
      options,
      prepare: (port) => checkReading(options, port),
    }),
  write: (options, world) => {
    const job: Omit<Job<PreparedWrite, WriteSummary>, 'visit'> = {
      operation: 'write',
      options,
      prepare: async (port, signal) => {
        const checked = takeWriteOptions(options, port);
        return { options: checked, image: await prepareImage(checked, world, signal) };
      },
      meant: ({ image }) => (isLate(image) ? options : { ...options, image: image.bytes }),
    };
    return onLine((context, prepared) => write(context, prepared.options, prepared.image), job);
  },
  erase: (options) =>
    onLine(erase, {
      operation: 'erase',
      options,
      prepare: (port) => takeEraseOptions(options, port),
    }),
  examine: (options) =>
    onLine(examine, {
      operation: 'examine',
      options,
      prepare: (port) => takeExamineOptions(options, port),
    }),
  listen: (options) => {
    const { perform, prepare, ...listening } = LISTENING;
    return onLine(perform, { ...listening, options, prepare: (port) => prepare(port, options) });
  },
};

function onLine<Prepared, Payload>(
  work: Work<Prepared, Payload>,
  job: Omit<Job<Prepared, Payload>, 'visit'>,
): Job<Prepared, Payload> {
  const isLineTest = job.withoutChip !== undefined;
  return { ...job, visit: (stage) => new ChipVisit(stage, work, isLineTest) };
}

/** A job at a chip that is linked over a line. */
class ChipVisit<Prepared, Payload> implements Visit<Prepared, Payload> {
  readonly #stage: Stage;
  readonly #work: Work<Prepared, Payload>;
  readonly #isLineTest: boolean;
  #context: JobContext | null = null;

  /** @param isLineTest the line is all that is of interest */
  constructor(stage: Stage, work: Work<Prepared, Payload>, isLineTest: boolean) {
    this.#stage = stage;
    this.#work = work;
    this.#isLineTest = isLineTest;
  }

  async reach(): Promise<void> {
    const { slot, settings, notes, progress, signal, folders, listeners } = this.#stage;
    const report = { ...notes.report(progress), isLineTest: this.#isLineTest };
    const session = await slot.session(settings, report, signal);
    this.#context = new JobContext(session, progress, notes, signal, folders, listeners);
    tellChip(this.#context);
  }

  perform(prepared: Prepared): Promise<JobOutcome<Payload>> {
    return this.#work(this.#context as JobContext, prepared);
  }

  facts(outcome: JobOutcome<Payload>, times: { totalMs: number; workMs: number }) {
    return factsOf(this.#stage.operation, this.#context as JobContext, outcome, times);
  }

  async leave(failed: boolean): Promise<void> {
    const { slot, settings, owner } = this.#stage;
    try {
      if (this.#context?.isStarted) await slot.end('leave');
      else if (!failed) await slot.keep(settings, owner);
      // A chip in the middle of a change is left where the next try finds it.
      else await slot.end(this.#context?.changed ? 'leave' : settings.after);
    } finally {
      this.#context?.letGo();
    }
  }
}
