import type { Job } from 'bullmq';
import {
  type BkError,
  type Clock,
  isBkError,
  type JobFacts,
  readImageFile,
  render,
  say,
  type Timer,
} from '../../../src';
import { asBkError } from '../../shared/errors';
import { type CheckedOrder, checkedOrder } from '../order/order';
import type { KnownChip } from '../server/queue-names';
import type { QueueServer } from '../server/queue-server';
import { asQueueError } from '../server/server-errors';
import { ImageStore } from '../store/image-store';
import { Ledger } from '../store/ledger';
import { errorOf, type KeptFile, type Outcome } from '../store/outcome';
import { cancelled, failure, lost, settingsIn } from './job-failures';
import { JobShow } from './job-show';
import type { Material, Perform, PerformedJob, UnderWay } from './perform';
import { SAKE_OF } from './sake';
import { checkLimits, type WorkerLimits } from './worker-limits';

export interface BenchName {
  id: string;
  name: string;
  /** Of the computer, as it calls itself. */
  computer: string;
}

export interface JobWatcher {
  onProgress(progress: object): void;
  onChip(chip: KnownChip): void;
  /** As often as the job is told to live. */
  onBeat(): void;
}

export type JobEnd =
  | { kind: 'done'; payload: unknown; facts: JobFacts }
  | { kind: 'failed'; error: BkError; isBenchAtFault: boolean }
  /** It is in the queue again, or somebody else's. */
  | { kind: 'left' };

/** What the server does not take now it takes later, ms. */
const AGAIN_MS = 2000;
/** How long a job that waits for its chip is left alone, ms. */
const LEAVE_MS = 10_000;
/** However often a job says that it may be tried. */
const MOST_TRIES = 10;

/** One job that this bench has taken, from then on until the queue has it back or knows its end. */
export class BenchJob {
  readonly id: string;
  /** Resolves when nothing is done to the chip any more; never rejects. */
  readonly ended: Promise<void>;
  readonly #server: QueueServer;
  readonly #clock: Clock;
  readonly #bench: BenchName;
  readonly #limits: WorkerLimits;
  readonly #job: Job;
  readonly #token: string;
  readonly #ledger: Ledger;
  readonly #store: ImageStore;
  readonly #show: JobShow;
  #over: () => void = () => {};
  #underWay: UnderWay | null = null;
  #isHandedBack = false;
  #isForOneChip = false;
  #isChipSeen = false;

  constructor(
    server: QueueServer,
    bench: BenchName,
    limits: WorkerLimits,
    job: Job,
    token: string,
  ) {
    this.#server = server;
    this.#clock = server.clock;
    this.#bench = bench;
    this.#limits = limits;
    this.#job = job;
    this.#token = token;
    this.id = job.id ?? '';
    this.#ledger = new Ledger(server);
    this.#store = new ImageStore(server);
    this.#show = new JobShow(server, bench.name, job);
    this.ended = new Promise((resolve) => {
      this.#over = resolve;
    });
  }

  /** The bench closes: the job goes back when the chip has come to its safe point. */
  handBack(): void {
    this.#isHandedBack = true;
    this.#underWay?.cancel();
  }

  /** Who has enqueued it does not want it any more. */
  cancelIf(job: string): void {
    if (job === this.id) this.#underWay?.cancel();
  }

  /** The benches that have tried it in vain. */
  triedBy(): Promise<string[]> {
    return this.#ledger.triedBy(this.id);
  }

  /** Lays it back for others, who need not take it before some time has passed. */
  async leave(ms: number): Promise<void> {
    this.#over();
    const at = this.#clock.date().getTime() + ms;
    await this.#surely(() => this.#job.moveToDelayed(at, this.#token));
  }

  async run(perform: Perform, watcher: JobWatcher): Promise<JobEnd> {
    const beat = this.#beat(watcher);
    try {
      const known = await this.#ledger.outcomeOf(this.id);
      if (known !== null && this.#isTriedAnew(known)) await this.#ledger.forget(this.id);
      // It was done, and only the queue does not know it yet.
      else if (known !== null) return await this.#settle(known);
      const end = await this.#work(perform, watcher);
      this.#over();
      if (this.#isHandedBack && !(end.kind === 'done')) return await this.#giveBack();
      if (end.kind === 'misfit') return await this.#giveBack();
      if (end.kind === 'done') return await this.#succeed(end.order, end.payload, end.facts);
      if (this.#isSomewhereElse(end.error)) {
        await this.leave(LEAVE_MS);
        return { kind: 'failed', error: end.error, isBenchAtFault: true };
      }
      return await this.#fail(end.error);
    } finally {
      this.#over();
      beat();
    }
  }

  async #work(
    perform: Perform,
    watcher: JobWatcher,
  ): Promise<
    | { kind: 'done'; order: CheckedOrder; payload: unknown; facts: JobFacts }
    | { kind: 'failed'; error: BkError }
    | { kind: 'misfit' }
  > {
    try {
      if (this.#job.deferredFailure) throw lost();
      const order = checkedOrder(this.#job.data);
      this.#isForOneChip = order.aim.kind === 'mac';
      checkLimits(order, this.#limits);
      const material = await this.#material(order);
      if (await this.#ledger.isCancelled(this.id)) throw cancelled();
      if (this.#isHandedBack) return { kind: 'misfit' };
      const ended = await this.#performed(perform, order, material, watcher);
      if (ended.kind === 'done') return { ...ended, order };
      return ended.kind === 'misfit' ? ended : { kind: 'failed', error: errorOf(ended.cause) };
    } catch (error) {
      return { kind: 'failed', error: asBkError(error) };
    }
  }

  async #performed(
    perform: Perform,
    order: CheckedOrder,
    material: Material,
    watcher: JobWatcher,
  ): Promise<PerformedJob> {
    this.#underWay = perform(order, material, {
      onChip: (chip) => {
        this.#isChipSeen = true;
        watcher.onChip(chip);
      },
      onProgress: (progress) => {
        watcher.onProgress(progress);
        this.#show.progress(order.owner, progress);
      },
    });
    try {
      return await this.#underWay.ended;
    } finally {
      this.#underWay = null;
    }
  }

  async #material({ image, openbeken }: CheckedOrder): Promise<Material> {
    const most = this.#limits.largestImage;
    const settings = openbeken === undefined ? null : await this.#store.get(openbeken, 64 * 1024);
    return {
      image: image === undefined ? null : await this.#store.get(image, most),
      openbeken: settings === null ? null : settingsIn(settings),
    };
  }

  /** Tells the server again and again that this bench lives. @returns what ends it */
  #beat(watcher: JobWatcher): () => void {
    const { lostAfterMs } = this.#server.settings;
    let timer: Timer = null;
    let isOver = false;
    const next = () => {
      timer = this.#clock.setTimeout(async () => {
        // One at a time: while the server is away they would pile up.
        await this.#stayMine(lostAfterMs).catch(() => {});
        if (isOver) return;
        watcher.onBeat();
        next();
      }, lostAfterMs / 4);
    };
    next();
    return () => {
      isOver = true;
      this.#clock.clearTimeout(timer);
    };
  }

  /**
   * Extends the lock of the job. One that has run out while the server was away is taken again, unless somebody else has
   * the job by now; then it goes on all the same: a chip half done helps nobody, and whose result counts the ledger knows.
   */
  async #stayMine(ms: number): Promise<void> {
    const kept = await this.#server.ask(() => this.#job.extendLock(this.#token, ms));
    if (kept !== 1 && (await this.#server.ask(() => this.#job.isActive()))) {
      const lock = `${this.#job.queueQualifiedName}:${this.id}:lock`;
      await this.#server.ask(() => this.#server.redis.set(lock, this.#token, 'PX', ms, 'NX'));
    }
    if (this.#underWay !== null && (await this.#ledger.isCancelled(this.id)))
      this.#underWay?.cancel();
  }

  async #succeed(order: CheckedOrder, payload: unknown, facts: JobFacts): Promise<JobEnd> {
    const told = { ...facts };
    const kept = await this.#keep(order, payload, told);
    const isBytes = Buffer.isBuffer(payload);
    const bytes = isBytes ? await this.#surely(() => this.#store.put(payload)) : null;
    const outcome: Outcome = {
      ...this.#teller,
      ok: true,
      payload: isBytes ? null : payload,
      bytes: bytes ?? null,
      facts: told,
      kept,
    };
    const end = await this.#note(outcome);
    return end.kind === 'done' ? { ...end, payload } : end;
  }

  /** Where the files are that the job has made, and, if that is wanted, copies of them in the shared store. */
  async #keep({ share }: CheckedOrder, payload: unknown, facts: JobFacts): Promise<KeptFile[]> {
    const backup =
      typeof payload === 'object' && payload !== null && 'backup' in payload
        ? payload.backup
        : null;
    const path = typeof payload === 'string' ? payload : backup;
    if (typeof path !== 'string') return [];
    const { name, computer } = this.#bench;
    let stored: string | null = null;
    if (share)
      try {
        stored = await this.#store.put(await readImageFile(path));
      } catch (error) {
        const warning = say('queue.notShared', { path, reason: asBkError(error).text });
        facts.warnings = [...facts.warnings, render(warning)];
        facts.warningCodes = [...facts.warningCodes, warning];
      }
    return [{ bench: name, computer, path, stored }];
  }

  async #fail(error: BkError): Promise<JobEnd> {
    const isBenchAtFault = SAKE_OF[error.code] === 'bench' && error.code !== 'BK_REFUSED';
    if (this.#mayBeTriedAgain(error)) {
      await this.#surely(() => this.#ledger.tried(this.id, this.#bench.id));
      await this.#surely(() => this.#job.moveToFailed(failure(error, false), this.#token));
    } else {
      await this.#note({ ...this.#teller, ok: false, cause: error.cause });
    }
    return { kind: 'failed', error, isBenchAtFault };
  }

  /** The queue knows of that end and has counted it: somebody lets the job wait once more, as dashboards can. */
  #isTriedAnew(known: Outcome): boolean {
    return !known.ok && this.#job.attemptsMade >= Math.max(1, known.tries);
  }

  /**
   * A job that names a MAC, at a bench where no chip answered: that says nothing of the job, whose chip may be at another
   * bench, or in a drawer. It waits for it.
   */
  #isSomewhereElse({ code }: BkError): boolean {
    return (
      this.#isForOneChip && !this.#isChipSeen && SAKE_OF[code] === 'bench' && code !== 'BK_REFUSED'
    );
  }

  #mayBeTriedAgain({ code, text }: BkError): boolean {
    // What is no order at all is none for any worker.
    if (SAKE_OF[code] !== 'bench' || text.code === 'queue.malformed') return false;
    const tries = Math.min(Number(this.#job.opts.attempts) || 1, MOST_TRIES);
    return this.#tries < tries;
  }

  /** Notes the end, tells the queue of it, and those who wait for it. */
  async #note(outcome: Outcome): Promise<JobEnd> {
    const noted = await this.#surely(() => this.#ledger.note(this.id, outcome));
    return this.#settle(noted ?? outcome);
  }

  async #settle(outcome: Outcome): Promise<JobEnd> {
    const job = this.#job;
    const data = job.data as { owner?: unknown } | null;
    const owner = typeof data?.owner === 'string' ? data.owner : '';
    if (outcome.ok) {
      await this.#surely(() => job.moveToCompleted(outcome, this.#token, false));
      this.#server.signal({ kind: 'outcome', job: this.id, owner });
      return { kind: 'done', payload: outcome.payload, facts: outcome.facts };
    }
    const error = errorOf(outcome.cause);
    await this.#surely(() => job.moveToFailed(failure(error, true), this.#token));
    this.#server.signal({ kind: 'outcome', job: this.id, owner });
    return { kind: 'failed', error, isBenchAtFault: false };
  }

  async #giveBack(): Promise<JobEnd> {
    await this.#surely(() => this.#job.moveToWait(this.#token));
    this.#server.signal({ kind: 'added', job: this.id });
    return { kind: 'left' };
  }

  /**
   * Does it as soon as the server takes it. What BullMQ itself refuses, since somebody else has the job by now, is not
   * asked for again.
   */
  async #surely<T>(work: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      try {
        return await this.#server.ask(work);
      } catch (thrown) {
        const error = asQueueError(thrown);
        if (!isBkError(error, 'BK_QUEUE') || isRefusedByBullMq(error)) return undefined;
      }
      await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, AGAIN_MS));
    }
  }

  get #tries(): number {
    return this.#job.attemptsMade + 1;
  }

  get #teller(): Pick<Outcome, 'bench' | 'computer' | 'tries'> {
    const { name, computer } = this.#bench;
    return { bench: name, computer, tries: this.#tries };
  }
}

/** Its errors have numbers below zero, as -2 for a lock that is not ours. */
function isRefusedByBullMq({ details }: BkError): boolean {
  const { code } = (details.reason ?? {}) as { code?: unknown };
  return typeof code === 'number' && code < 0;
}
