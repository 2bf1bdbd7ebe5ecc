import { BkError, type Clock, isBkError, LONGEST_IMAGE, type Note, say } from '../../src';
import { asBkError } from '../shared/errors';
import { bytesOf, type WantedJob } from './order/make-order';
import { checkedOrder, type Order } from './order/order';
import { takeBack } from './queue-control';
import { Pause } from './server/pause';
import { fits, queueFor, targetOf, targetText } from './server/queue-names';
import type { QueueServer } from './server/queue-server';
import { BenchBoard, type BenchNotice } from './store/bench-board';
import { ImageStore } from './store/image-store';
import { Ledger, type OpenOrder } from './store/ledger';
import type { Outcome } from './store/outcome';

export interface EnqueuerListener {
  onProgress(job: string, progress: object): void;
  /**
   * Told once of each job.
   * @param isAgain Node-RED ended in the midst of telling: the flow may have it already
   */
  onOutcome(
    order: OpenOrder,
    outcome: Outcome | BkError,
    bytes: Buffer | null,
    isAgain: boolean,
  ): void;
  /** How many jobs are open, and why they wait, where that is not for their turn. */
  onOpen(count: number, trouble: Note | null): void;
}

/** Who is not told of an outcome looks by himself, ms. */
const LOOK_MS = 2000;
/** Whether jobs that nothing is heard of are still there is asked less often: every so many looks. */
const LOOKS_PER_CHECK = 10;
/** What is in the shared store for open jobs is kept alive, ms. */
const KEEP_MS = 3_600_000;
/** A job is put in after it was noted: it need not be there in the first moment, ms. */
const GRACE_MS = 10_000;
/** How long finished jobs can be looked at in a dashboard: so many, and so many seconds. */
const FINISHED = { age: 7 * 24 * 3600, count: 1000 };

/** Puts jobs of one node into the queue, and reports how they end, also those that were put in before a restart. */
export class Enqueuer {
  readonly #server: QueueServer;
  readonly #clock: Clock;
  readonly #pause: Pause;
  readonly #owner: string;
  readonly #listener: EnqueuerListener;
  readonly #ledger: Ledger;
  readonly #store: ImageStore;
  readonly #board: BenchBoard;
  readonly #endSignals: () => void;
  readonly #loop: Promise<void>;
  /** The jobs that somebody waits for, as far as is known: thousands of them need not be fetched at each look. */
  readonly #open = new Map<string, OpenOrder>();
  readonly #begun = new Set<string>();
  readonly #told = new Set<string>();
  #looks = 0;
  #keptAt = Number.NEGATIVE_INFINITY;
  #isClosing = false;
  #isCalled = false;

  constructor(server: QueueServer, owner: string, listener: EnqueuerListener) {
    this.#server = server;
    this.#clock = server.clock;
    this.#pause = new Pause(server.clock);
    this.#owner = owner;
    this.#listener = listener;
    this.#ledger = new Ledger(server);
    this.#store = new ImageStore(server);
    this.#board = new BenchBoard(server);
    this.#endSignals = server.onSignal((signal) => {
      if (signal.owner !== owner) return;
      if (signal.kind === 'outcome') this.#call();
      const { progress, job } = signal;
      if (signal.kind !== 'progress' || typeof progress !== 'object' || progress === null) return;
      // Of a copy of a job that somebody has made in a dashboard, say, nobody here waits for anything.
      if (!this.#open.has(job)) return;
      this.#begun.add(job);
      if (!this.#told.has(job)) listener.onProgress(job, progress);
    });
    this.#loop = this.#run();
    server.usedBy(this.#loop);
  }

  /**
   * Resolves when the job is in the queue.
   * @param message what is kept of the one that asked for it
   * @throws BkError BK_QUEUE, BK_REFUSED, BK_BAD_IMAGE, BK_STORAGE, BK_CANCELLED
   */
  async add(job: string, wanted: WantedJob, message: object): Promise<void> {
    const image =
      wanted.image === null ? undefined : await this.#store.put(await bytesOf(wanted.image));
    const openbeken =
      wanted.openbeken === null
        ? undefined
        : await this.#store.put(Buffer.from(JSON.stringify(wanted.openbeken)));
    const order: Order = {
      operation: wanted.operation,
      target: targetText(wanted.target),
      settings: wanted.settings,
      ...(image === undefined ? {} : { image }),
      ...(openbeken === undefined ? {} : { openbeken }),
      share: wanted.share,
      owner: this.#owner,
    };
    // What every worker would refuse is told right away.
    checkedOrder(order);
    const queue = queueFor(this.#server.settings.queueName, wanted.target);
    const blobs = [image, openbeken].filter((one) => one !== undefined);
    const since = this.#clock.date().toISOString();
    const { operation } = wanted;
    const open = { job, queue, blobs, message, operation, since, told: false };
    await this.#ledger.open(this.#owner, open);
    this.#open.set(job, open);
    try {
      await this.#server.ask(() =>
        this.#server.queue(queue).add(operation, order, {
          jobId: job,
          priority: wanted.priority,
          attempts: wanted.tries,
          removeOnComplete: FINISHED,
          removeOnFail: FINISHED,
        }),
      );
    } catch (error) {
      this.#open.delete(job);
      await this.#ledger.close(this.#owner, job).catch(() => {});
      throw error;
    }
    this.#server.signal({ kind: 'added', job });
    this.#call();
  }

  /** Takes back all jobs that are open: those under way end at their next safe point. */
  async cancelAll(): Promise<void> {
    for (const { job, queue } of (await this.#openOrders()).open)
      await takeBack(this.#server, queue, job);
    this.#call();
  }

  /** Ends; what is open stays in the queue. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#endSignals();
    this.#pause.over();
    if (this.#server.standing.state === 'ready') await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      this.#isCalled = false;
      try {
        await this.#look();
      } catch (error) {
        if (isBkError(error, 'BK_CANCELLED')) return;
      }
      if (!this.#isCalled) await this.#pause.wait(LOOK_MS);
    }
  }

  async #look(): Promise<void> {
    const { open, lost } = await this.#openOrders();
    // A server that keeps nothing on its disk has been started anew, say: nobody knows of them any more.
    for (const order of lost) await this.#report(order, gone());
    const outcomes = await this.#ledger.outcomes(open.map(({ job }) => job));
    for (const [index, order] of open.entries()) {
      if (this.#isClosing) return;
      const outcome = outcomes[index] ?? null;
      if (outcome !== null) await this.#report(order, outcome);
    }
    const left = open.filter((_, index) => (outcomes[index] ?? null) === null);
    if (this.#looks++ % LOOKS_PER_CHECK === LOOKS_PER_CHECK - 1) await this.#check(left);
    await this.#keep(left);
    this.#listener.onOpen(left.length, left.length === 0 ? null : await this.#troubleOf(left));
  }

  /** All that are open, the oldest first, those of earlier lives as well; and those that the server has lost. */
  async #openOrders(): Promise<{ open: OpenOrder[]; lost: OpenOrder[] }> {
    const known = [...this.#open.values()];
    const jobs = new Set(await this.#ledger.openJobs(this.#owner));
    const unknown = [...jobs].filter((job) => !this.#open.has(job));
    for (const order of await this.#ledger.openOrders(this.#owner, unknown))
      if (!this.#open.has(order.job)) this.#open.set(order.job, order);
    return {
      open: [...this.#open.values()]
        .filter(({ job }) => jobs.has(job))
        .sort((one, other) => one.since.localeCompare(other.since)),
      lost: known.filter(({ job }) => !jobs.has(job) && this.#open.has(job)),
    };
  }

  async #report(order: OpenOrder, outcome: Outcome | BkError): Promise<void> {
    const { job } = order;
    // Reported before, but the server went away before it could be told.
    if (!this.#told.has(job)) {
      const [end, bytes] = await this.#whole(outcome);
      await this.#ledger.open(this.#owner, { ...order, told: true });
      this.#told.add(job);
      this.#listener.onOutcome(order, end, bytes, order.told);
    }
    await this.#ledger.close(this.#owner, job);
    this.#told.delete(job);
    this.#begun.delete(job);
    this.#open.delete(job);
  }

  async #whole(outcome: Outcome | BkError): Promise<[Outcome | BkError, Buffer | null]> {
    if (outcome instanceof BkError || !outcome.ok || outcome.bytes === null) return [outcome, null];
    try {
      return [outcome, await this.#store.get(outcome.bytes, LONGEST_IMAGE)];
    } catch (error) {
      if (isBkError(error, 'BK_CANCELLED')) throw error;
      return [asBkError(error), null];
    }
  }

  /** Jobs that somebody has removed from the queue by other means end as well. */
  async #check(open: readonly OpenOrder[]): Promise<void> {
    const now = this.#clock.date().getTime();
    for (const order of open) {
      if (now - Date.parse(order.since) < GRACE_MS) continue;
      const state = await this.#server.ask(() =>
        this.#server.queue(order.queue).getJobState(order.job),
      );
      if (state !== 'unknown' && state !== 'completed' && state !== 'failed') continue;
      const outcome = await this.#ledger.outcomeOf(order.job);
      await this.#report(order, outcome ?? gone());
    }
  }

  async #keep(open: readonly OpenOrder[]): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#keptAt < KEEP_MS) return;
    this.#keptAt = now;
    const blobs = new Set(open.flatMap(({ blobs }) => blobs));
    for (const sha256 of blobs) await this.#store.keep(sha256);
  }

  /** Why the oldest job that nobody has begun with waits: there is nobody, or nobody has such a chip. */
  async #troubleOf(open: readonly OpenOrder[]): Promise<Note | null> {
    const waiting = open.find(({ job }) => !this.#begun.has(job));
    if (waiting === undefined) return null;
    const benches = await this.#board.all();
    if (benches.length === 0) return say('queue.noBench');
    const { queueName } = this.#server.settings;
    const target = targetOf(waiting.queue.slice(queueName.length + 1));
    if (target === null || target.kind !== 'model') return null;
    const isHere = ({ chip, mac }: BenchNotice) => chip === null || fits(target, { chip, mac });
    return benches.some(isHere) ? null : say('queue.nobodyFits', { chip: target.chip });
  }

  #call(): void {
    this.#isCalled = true;
    this.#pause.call();
  }
}

function gone(): BkError {
  return new BkError('BK_QUEUE', say('queue.jobGone'), {
    phase: 'open',
    advice: [say('queue.enqueueAgain')],
  });
}
