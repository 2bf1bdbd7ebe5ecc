import sinon from 'sinon';
import {
  BkError,
  Device,
  type DeviceSettings,
  type JobControl,
  type JobFacts,
  type Operation,
  type Progress,
} from '../../src';
import { verbatim } from '../../src/texts/note';
import { until } from './until';

/** One job that a node asked of the engine; the test decides how it goes. */
export interface Call {
  operation: Operation;
  settings: DeviceSettings;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into the options of all four jobs
  options: any;
  control: JobControl;
  report(progress: Partial<Progress>): void;
  succeed(payload: unknown, facts?: Partial<JobFacts>): void;
  fail(error: unknown): void;
}

const OPERATIONS = ['connect', 'read', 'write', 'erase'] as const;

/**
 * Stands in for the engine, so that a test of the nodes says itself what a job reports and when it
 * ends. `sinon.restore()` takes it away.
 */
export class FakeEngine {
  readonly calls: Call[] = [];
  /** Ports of devices that were closed. */
  readonly closed: string[] = [];
  /** Off: a job goes on although it is cancelled, as one does until its safe point. */
  endsWhenCancelled = true;

  constructor() {
    const engine = this;
    for (const operation of OPERATIONS) {
      sinon.stub(Device.prototype, operation).callsFake(function (
        this: Device,
        ...args: unknown[]
      ) {
        const control = args[operation === 'connect' ? 0 : 1] as JobControl;
        return engine.#start(operation, this.settings, args[0], control) as never;
      });
    }
    sinon.stub(Device.prototype, 'close').callsFake(function (this: Device) {
      engine.closed.push(this.settings.port);
      return Promise.resolve();
    });
  }

  /** The job with this number, as soon as a node has asked for it. */
  async call(index = 0): Promise<Call> {
    await until(() => this.calls.length > index, `job ${index} is asked for`);
    return this.calls[index] as Call;
  }

  #start(
    operation: Operation,
    settings: DeviceSettings,
    options: unknown,
    control: JobControl,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        operation,
        settings,
        options,
        control,
        report: (progress) => control.onProgress?.(aProgress({ operation, ...progress })),
        succeed: (payload, facts) =>
          resolve({ payload, facts: someFacts({ operation, ...facts }) }),
        fail: reject,
      });
      control.signal?.addEventListener('abort', () => {
        if (this.endsWhenCancelled)
          reject(new BkError('BK_CANCELLED', verbatim('The job was cancelled.')));
      });
    });
  }
}

export function aProgress(progress: Partial<Progress> = {}): Progress {
  return {
    operation: 'read',
    phase: 'read',
    done: 0,
    total: 4096,
    percent: 0,
    bytesPerSecond: null,
    etaSeconds: null,
    // As of a job that has one phase only.
    overallPercent: progress.percent ?? 0,
    overallEtaSeconds: progress.etaSeconds ?? null,
    address: null,
    device: 'bench',
    port: '/dev/ttyTEST0',
    mac: null,
    message: 'Reading.',
    code: 'job.reading',
    params: {},
    waitsForPerson: false,
    ...progress,
  };
}

export function someFacts(facts: Partial<JobFacts> = {}): JobFacts {
  return {
    operation: 'read',
    device: 'bench',
    port: '/dev/ttyTEST0',
    chip: 'BK7231N',
    offset: 0,
    length: 2 * 1024 * 1024,
    bytes: 2 * 1024 * 1024,
    durationMs: 24_000,
    bytesPerSecond: 87_381,
    baud: 921_600,
    recoveries: [],
    warnings: [],
    warningCodes: [],
    ...facts,
  };
}
