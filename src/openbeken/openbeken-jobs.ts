import { BkError } from '../errors';
import type { Job, Stage, Visit } from '../jobs/base/job';
import { factsOfJob, type JobOutcome } from '../jobs/base/job-facts';
import type { ChipReport, OpenBekenReport } from '../jobs/base/job-types';
import type { Operation } from '../jobs/base/progress';
import type { JobSet } from '../jobs/job-set';
import { say } from '../texts/note';
import { takeDevice } from './base/devices-at-work';
import { WebContext } from './base/web-context';
import { locateFiles, readFiles } from './base/web-flash';
import { reportOf } from './base/web-identity';
import { prepareWebWrite, writeOverWeb } from './change/web-write';
import { checkWebReading, readOverWeb } from './web-read';

type Work<Prepared, Payload> = (
  context: WebContext,
  prepared: Prepared,
) => Promise<JobOutcome<Payload>>;

/** The jobs of an OpenBeken device on the network, which is asked over HTTP while its firmware runs. */
export const OPENBEKEN_JOBS: JobSet = {
  connect: () =>
    overHttp(connectOverWeb, {
      operation: 'connect',
      options: {},
      prepare: () => {},
    }),
  read: (options) =>
    overHttp(readOverWeb, {
      operation: 'read',
      options,
      prepare: (port) => checkWebReading(options, port),
    }),
  write: (options, world) =>
    overHttp(writeOverWeb, {
      operation: 'write',
      options,
      prepare: (port, signal) => prepareWebWrite(options, port, world, signal),
    }),
  erase: () => notOverHttp('erase'),
  examine: () => notOverHttp('examine'),
  listen: () => notOverHttp('listen'),
};

/** What takes a line to a chip in download mode. */
function notOverHttp(operation: Operation): Job<unknown, never> {
  return {
    operation,
    options: {},
    prepare: (port) => {
      throw new BkError('BK_BAD_SETTING', say('openbeken.notOverHttp', { port, operation }), {
        phase: 'open',
        advice: [say('openbeken.useCable')],
      });
    },
    visit: (stage) => new WebVisit(stage, () => Promise.reject(new Error('never prepared'))),
  };
}

/** Tells what the device is, and where its file system lies. */
async function connectOverWeb(context: WebContext): Promise<JobOutcome<ChipReport>> {
  const report = reportOf(context.identity);
  const found = await readFiles(context, 'identify');
  const files =
    found === null ? null : { offset: await locateFiles(context, found), length: found.length };
  const payload = { ...report, openbeken: { ...report.openbeken, files } as OpenBekenReport };
  return { payload, offset: 0, length: 0, bytes: 0 };
}

function overHttp<Prepared, Payload>(
  work: Work<Prepared, Payload>,
  job: Omit<Job<Prepared, Payload>, 'visit'>,
): Job<Prepared, Payload> {
  return { ...job, visit: (stage) => new WebVisit(stage, work) };
}

/** A job at a device on the network: nothing is kept of it between jobs. */
class WebVisit<Prepared, Payload> implements Visit<Prepared, Payload> {
  readonly #stage: Stage;
  readonly #work: Work<Prepared, Payload>;
  #context: WebContext | null = null;
  #letGo: () => void = () => {};

  constructor(stage: Stage, work: Work<Prepared, Payload>) {
    this.#stage = stage;
    this.#work = work;
  }

  async reach(): Promise<void> {
    this.#context = await WebContext.reach(this.#stage);
    const { operation, settings } = this.#stage;
    this.#letGo = takeDevice(this.#context.identity, operation, settings.port);
  }

  perform(prepared: Prepared): Promise<JobOutcome<Payload>> {
    return this.#work(this.#context as WebContext, prepared);
  }

  facts(outcome: JobOutcome<Payload>, times: { totalMs: number; workMs: number }) {
    const { settings, operation, notes } = this.#stage;
    return factsOfJob(
      {
        operation,
        device: settings.name,
        port: settings.port,
        chip: (this.#context as WebContext).identity.chip,
        baud: null,
        warnings: notes.warnings,
        recoveries: notes.recoveries,
        evidence: null,
      },
      outcome,
      times,
    );
  }

  leave(): Promise<void> {
    this.#letGo();
    return Promise.resolve();
  }
}
