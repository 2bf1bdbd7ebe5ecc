import { randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import { type BkError, type Clock, isBkError } from '../../../src';
import { type CheckedOrder, checkedOrder } from '../order/order';
import { Pause } from '../server/pause';
import { allQueues, fits, type KnownChip, queueFor, targetOf } from '../server/queue-names';
import type { QueueServer } from '../server/queue-server';
import { BenchBoard, type BenchNotice } from '../store/bench-board';
import { BenchJob, type BenchName } from './bench-job';
import type { Perform } from './perform';
import type { WorkerLimits } from './worker-limits';

/** Who is not told of a new job looks by himself, ms. */
const LOOK_MS = 2000;
/** After so long the chip at a bench may have been changed for another one, ms. */
const CHIP_HOLDS_MS = 60_000;
/** How long a job for another chip is left alone by all, ms. */
const LEAVE_MS = 3000;
/** A bench that cannot do its jobs leaves them to others, for longer each time, ms. */
const FIRST_REST_MS = 5000;
const LONGEST_REST_MS = 120_000;
/** In the queue of those with a MAC, so many are looked through for the chip's own. */
const LOOKED_THROUGH = 20;

/** What is told of a bench while it has no job. */
export type BenchStanding =
  | { kind: 'idle' }
  | { kind: 'busy' }
  | { kind: 'resting'; seconds: number; error: BkError };

export interface BenchListener {
  onStanding(standing: BenchStanding): void;
  /** What the job's node would have sent on its second output. */
  onProgress(progress: object): void;
  onDone(payload: unknown, facts: object): void;
  onFailed(error: BkError): void;
}

/** Takes jobs for one device, one at a time, does them and reports. */
export class Bench {
  readonly #server: QueueServer;
  readonly #clock: Clock;
  readonly #pause: Pause;
  readonly #name: BenchName;
  readonly #limits: WorkerLimits;
  readonly #perform: Perform;
  readonly #listener: BenchListener;
  readonly #board: BenchBoard;
  readonly #endings: (() => void)[];
  readonly #loop: Promise<void>;
  #chip: KnownChip = { chip: null, mac: null };
  #chipAt = Number.NEGATIVE_INFINITY;
  #current: BenchJob | null = null;
  #failures = 0;
  #state: BenchNotice['state'] = 'idle';
  #isClosing = false;

  constructor(
    server: QueueServer,
    name: BenchName,
    limits: WorkerLimits,
    perform: Perform,
    listener: BenchListener,
  ) {
    this.#server = server;
    this.#clock = server.clock;
    this.#pause = new Pause(server.clock);
    this.#name = name;
    this.#limits = limits;
    this.#perform = perform;
    this.#listener = listener;
    this.#board = new BenchBoard(server);
    this.#endings = [
      server.onSignal(({ kind, job }) => {
        if (kind === 'added' && this.#state === 'idle') this.#pause.call();
        if (kind === 'cancel') this.#current?.cancelIf(job);
      }),
    ];
    this.#loop = this.#run();
    server.usedBy(this.#loop);
  }

  /** Ends, and hands back the job that is under way when it has come to its safe point. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const end of this.#endings) end();
    this.#current?.handBack();
    this.#pause.over();
    // A server that is away answers nothing: what it holds of this bench it finds out by itself.
    if (this.#server.standing.state === 'ready') await this.#loop;
    else await this.#current?.ended;
  }

  async #run(): Promise<void> {
    for (const queue of allQueues(this.#server.settings.queueName)) this.#server.worker(queue);
    while (!this.#isClosing) {
      try {
        await this.#announce();
        const job = await this.#take();
        if (job === null) await this.#pause.wait(LOOK_MS);
        else await this.#do(job);
      } catch (error) {
        // The server refuses, or hangs up; what it is is known of its standing.
        if (isBkError(error, 'BK_CANCELLED')) return;
        await this.#pause.wait(LOOK_MS);
      }
    }
    await this.#board.leave(this.#name.id).catch(() => {});
  }

  async #take(): Promise<TakenJob | null> {
    for (const queue of await this.#queuesToAsk()) {
      if (this.#isClosing) return null;
      const token = randomUUID();
      const worker = this.#server.worker(queue);
      const job = await this.#server.ask(() => worker.getNextJob(token, { block: false }));
      if (job) return { job, token };
    }
    return null;
  }

  /** Those for the chip that is here come first, then those for any; other ones only while it is not known what is here. */
  async #queuesToAsk(): Promise<string[]> {
    const { queueName } = this.#server.settings;
    const any = queueFor(queueName, { kind: 'any' });
    const macs = queueFor(queueName, { kind: 'mac', mac: '' });
    const others = allQueues(queueName).filter((queue) => queue !== any && queue !== macs);
    if (!this.#isChipKnown) return [macs, any, ...others];
    const { chip } = this.#chip;
    const own = chip === null ? [] : [queueFor(queueName, { kind: 'model', chip })];
    return [...((await this.#isWanted(macs)) ? [macs] : []), ...own, any];
  }

  get #isChipKnown(): boolean {
    return this.#clock.now() - this.#chipAt < CHIP_HOLDS_MS;
  }

  /** Whether a job waits that names the MAC of the chip here. */
  async #isWanted(macs: string): Promise<boolean> {
    const { mac } = this.#chip;
    if (mac === null) return false;
    const waiting = await this.#server
      .ask(() =>
        this.#server
          .queue(macs)
          .getJobs(['wait', 'prioritized', 'delayed'], 0, LOOKED_THROUGH - 1, true),
      )
      .catch(() => null);
    // One among them cannot be read: whoever takes it finds that out, and it holds up nobody else.
    if (waiting === null) return true;
    return waiting.some((job) => {
      const { target } = (job?.data ?? {}) as { target?: unknown };
      const aim = typeof target === 'string' ? targetOf(target.slice(0, 32)) : null;
      return aim?.kind === 'mac' && aim.mac === mac;
    });
  }

  async #do({ job, token }: TakenJob): Promise<void> {
    const current = new BenchJob(this.#server, this.#name, this.#limits, job, token);
    this.#current = current;
    this.#stand('busy');
    this.#listener.onStanding({ kind: 'busy' });
    const announced = this.#announce().catch(() => {});
    try {
      if (this.#isClosing) current.handBack();
      if (await this.#isForOthers(job, current)) {
        await current.leave(LEAVE_MS);
        return;
      }
      const end = await current.run(this.#perform, {
        onProgress: (progress) => this.#listener.onProgress(progress),
        onChip: ({ chip, mac }) => {
          this.#chip = { chip, mac };
          this.#chipAt = this.#clock.now();
        },
        onBeat: () => void this.#announce().catch(() => {}),
      });
      await announced;
      if (end.kind === 'done') {
        this.#failures = 0;
        this.#listener.onDone(end.payload, end.facts);
      } else if (end.kind === 'failed') {
        this.#listener.onFailed(end.error);
        this.#current = null;
        if (end.isBenchAtFault) await this.#rest(end.error);
        else this.#failures = 0;
      }
    } finally {
      this.#current = null;
      this.#stand('idle');
      this.#listener.onStanding({ kind: 'idle' });
    }
  }

  /** A job for another chip than the one that was here a moment ago; or one that this bench has tried, and others have not. */
  async #isForOthers(job: Job, current: BenchJob): Promise<boolean> {
    let order: CheckedOrder;
    try {
      order = checkedOrder(job.data);
    } catch {
      return false;
    }
    if (this.#isChipKnown && !fits(order.aim, this.#chip)) return true;
    const tried = await current.triedBy();
    if (!tried.includes(this.#name.id)) return false;
    const benches = await this.#board.all();
    return benches.some((other) => !tried.includes(other.id) && mayFit(order, other));
  }

  async #rest(error: BkError): Promise<void> {
    const ms = Math.min(FIRST_REST_MS * 2 ** this.#failures, LONGEST_REST_MS);
    this.#failures++;
    this.#stand('resting');
    const seconds = Math.round(ms / 1000);
    this.#listener.onStanding({ kind: 'resting', seconds, error });
    const until = this.#clock.now() + ms;
    while (!this.#isClosing && this.#clock.now() < until) {
      await this.#announce().catch(() => {});
      const { lostAfterMs } = this.#server.settings;
      await this.#pause.wait(Math.min(lostAfterMs / 4, Math.max(0, until - this.#clock.now())));
    }
  }

  #stand(state: BenchNotice['state']): void {
    this.#state = state;
  }

  #announce(): Promise<void> {
    const { chip, mac } = this.#chip;
    const job = this.#current?.id ?? null;
    return this.#board.announce({ ...this.#name, state: this.#state, chip, mac, job });
  }
}

interface TakenJob {
  job: Job;
  token: string;
}

/** A bench that has not told its chip may have any. */
function mayFit({ aim }: CheckedOrder, { chip, mac }: BenchNotice): boolean {
  return (chip === null && mac === null) || fits(aim, { chip, mac });
}
