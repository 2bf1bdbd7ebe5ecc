import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow, NodeStatus } from 'node-red';
import {
  type Catalogue,
  type Device,
  factsIn,
  type JobControl,
  type JobResult,
  type Operation,
  type Progress,
  ProgressThrottle,
  progressIn,
  systemClock,
} from '../../src';
import { endQuietly, isCancel } from './cancelling';
import { closeWithin, warnOfCancelled } from './closing';
import { findDevice } from './device-node';
import { asBkError, logInternal } from './errors';
import { forNodeRed } from './failure-card';
import { portOf } from './paths';
import { liveLog, type RecordKeeping, recordOf, withRecord } from './recording';
import type { Saved } from './settings';
import { StatusTexts } from './status';

/** What a flow may send; every property is still to be checked. */
export type JobMessage = NodeMessageInFlow & {
  readonly [name in
    | 'cancel'
    | 'port'
    | 'offset'
    | 'length'
    | 'filename'
    | 'openbeken'
    | 'parts']?: unknown;
};

export type Send = (messages: Array<NodeMessage | null>) => void;
export type Done = (error?: Error) => void;
export type Start<Payload> = (device: Device, control: JobControl) => Promise<JobResult<Payload>>;

/** What sets one flow node apart from the others. */
export interface JobKind<Payload> {
  operation: Operation;
  /** Reads settings and message, and says how to start the job. Whatever it throws ends the message. */
  prepare(msg: JobMessage): Start<Payload>;
  /** Which text of the catalogue the badge shows after success. */
  doneText(payload: Payload): string;
  /** The payload with its sentences in a language, where it has any. */
  inLanguage?(language: Catalogue | undefined, payload: Payload): Payload;
  /** What a badge becomes before it is shown, where there is more to say than that of the job. */
  badge?(status: NodeStatus): NodeStatus;
}

interface Job {
  readonly abort: AbortController;
  /** The engine has reported something: the job does not wait for its turn any more. */
  hasStarted: boolean;
  /** Resolves when the message is over; never rejects. */
  ended: Promise<void>;
}

/**
 * Makes a node of the flow do one kind of job: results, progress, badge, cancelling and closing.
 * @param language of all that people read of it; undefined for English
 */
export function runJobs<Payload>(
  RED: NodeAPI,
  language: Catalogue | undefined,
  node: Node,
  def: Saved<'device'>,
  kind: JobKind<Payload>,
): void {
  const runner = new JobRunner(RED, language, node, def.device, kind);
  // Not async: a rejected promise of an input handler ends the whole of Node-RED.
  node.on('input', (msg, send, done) => runner.input(msg, send, done));
  node.on('close', (removed: boolean, done: () => void) =>
    closeWithin(runner.close(removed), done),
  );
}

/** Carries out what messages ask for; of a kind of jobs, for one node. */
export class JobRunner<Payload> {
  readonly #RED: NodeAPI;
  readonly #language: Catalogue | undefined;
  readonly #node: Node;
  readonly #deviceId: unknown;
  readonly #kind: JobKind<Payload>;
  readonly #texts: StatusTexts;
  readonly #jobs = new Set<Job>();
  #badge = '';
  #isClosing = false;

  constructor(
    RED: NodeAPI,
    language: Catalogue | undefined,
    node: Node,
    deviceId: unknown,
    kind: JobKind<Payload>,
  ) {
    this.#RED = RED;
    this.#language = language;
    this.#node = node;
    this.#deviceId = deviceId;
    this.#kind = kind;
    this.#texts = new StatusTexts(RED);
  }

  input(msg: JobMessage, send: Send, done: Done): void {
    let device: Device;
    let keeping: RecordKeeping;
    let start: Start<Payload>;
    try {
      if (isCancel(msg)) {
        this.cancel();
        endQuietly(this.#RED, this.#node, msg);
        return;
      }
      const port = portOf(this.#RED, msg.port);
      const node = findDevice(this.#RED, this.#deviceId);
      device = node.use(port);
      keeping = node.records();
      start = this.#kind.prepare(msg);
    } catch (error) {
      this.#fail(error, done);
      return;
    }
    const job: Job = { abort: new AbortController(), hasStarted: false, ended: Promise.resolve() };
    this.#jobs.add(job);
    job.ended = this.#run(job, device, keeping, start, msg, send, done).catch((error) =>
      // Sending failed, or a mistake in here: a rejection that nobody handles would end Node-RED.
      this.#fail(error, done),
    );
    this.#showWaiting();
  }

  /**
   * Cancels everything and resolves when the last job has come to its safe point. The badge that tells of it is left
   * to the node that takes this one's place: the runtime takes away only those of removed nodes.
   */
  async close(removed: boolean): Promise<void> {
    const jobs = [...this.#jobs];
    warnOfCancelled(this.#node, this.#language, jobs.length, removed);
    if (jobs.length > 0 && !removed) this.#show(this.#texts.deployed());
    else if (this.#badge !== '') this.#show({});
    this.#isClosing = true;
    this.cancel();
    await Promise.all(jobs.map((job) => job.ended));
  }

  /** Ends all jobs, the waiting ones as well, each at its next safe point. */
  cancel(): void {
    for (const job of this.#jobs) job.abort.abort();
  }

  async #run(
    job: Job,
    device: Device,
    keeping: RecordKeeping,
    start: Start<Payload>,
    msg: JobMessage,
    send: Send,
    done: Done,
  ): Promise<void> {
    const throttle = new ProgressThrottle(systemClock, (progress) => {
      this.#show(this.#texts.progress(progress));
      send([null, progressMessage(msg, progressIn(this.#language, progress))]);
    });
    const onProgress = (progress: Progress) => {
      job.hasStarted = true;
      throttle.report(progress);
    };
    const keeps = { ...keeping, node: this.#node, language: this.#language };
    const onRecord = liveLog(this.#RED, this.#node);
    let finish: () => void;
    try {
      const control = { signal: job.abort.signal, onProgress };
      const result = await start(device, onRecord ? { ...control, onRecord } : control);
      const { facts } = result;
      const payload = this.#kind.inLanguage?.(this.#language, result.payload) ?? result.payload;
      const record = await recordOf(keeps, facts.operation, result);
      finish = () => {
        const bk = factsIn(this.#language, record === null ? facts : { ...facts, record });
        send([{ ...msg, payload, bk } as NodeMessage, null]);
        this.#show(this.#texts.done(this.#kind.doneText(payload), facts));
        done();
      };
    } catch (thrown) {
      const error = await withRecord(keeps, this.#kind.operation, asBkError(thrown));
      finish = () => this.#fail(error, done);
    }
    this.#jobs.delete(job);
    throttle.flush();
    finish();
    this.#showWaiting();
  }

  #fail(thrown: unknown, done: Done): void {
    const error = asBkError(thrown).in(this.#language);
    logInternal(this.#RED, this.#node, error);
    this.#show(this.#texts.failed(error));
    done(forNodeRed(error, this.#language, this.#kind.operation));
  }

  /** Says that this node waits for its turn, unless the engine starts with the job right away. */
  #showWaiting(): void {
    setImmediate(() => {
      const jobs = [...this.#jobs];
      if (jobs.length > 0 && !jobs.some((job) => job.hasStarted)) this.#show(this.#texts.waiting());
    });
  }

  #show(given: NodeStatus): void {
    const status = this.#kind.badge?.(given) ?? given;
    // Every status goes to all open editors and to Status nodes: what says nothing new is left out.
    const badge = JSON.stringify(status);
    if (badge === this.#badge || this.#isClosing) return;
    this.#badge = badge;
    this.#node.status(status);
  }
}

/** A message of its own for output 2, with exactly what the contract names: of the one that started the job its id only. */
export function progressMessage({ _msgid }: JobMessage, progress: Progress): NodeMessage {
  const { waitsForPerson: _, ...payload } = progress;
  return { _msgid, topic: 'progress', payload } as NodeMessage;
}
