import type { QueueServer } from '../server/queue-server';
import { type Outcome, outcomeIn } from './outcome';

/** A job that somebody waits for. */
export interface OpenOrder {
  job: string;
  /** The queue of BullMQ in which it is. */
  queue: string;
  /** What is in the shared store for it. */
  blobs: readonly string[];
  /** The message that asked for it, as far as it can be kept. */
  message: object;
  operation: string;
  /** When it was enqueued, ISO 8601. */
  since: string;
  /** That it was begun to be reported: whether the flow got it is not known after a sudden end. */
  told: boolean;
}

/**
 * Who waits for which job, and how jobs have ended, kept on the server so that the end of a Node-RED loses nothing. A
 * result is noted before BullMQ is told of it, once: who comes later with another one for the same job is told the first.
 */
export class Ledger {
  readonly #server: QueueServer;

  constructor(server: QueueServer) {
    this.#server = server;
  }

  async open(owner: string, order: OpenOrder): Promise<void> {
    const { redis } = this.#server;
    await this.#server.ask(() => redis.hset(this.#open(owner), order.job, JSON.stringify(order)));
  }

  /** Reported: nobody waits for it any more. */
  async close(owner: string, job: string): Promise<void> {
    const { redis } = this.#server;
    await this.#server.ask(() => redis.hdel(this.#open(owner), job));
  }

  /** The jobs that an owner waits for. */
  async openJobs(owner: string): Promise<string[]> {
    const { redis } = this.#server;
    return this.#server.ask(() => redis.hkeys(this.#open(owner)));
  }

  /** What is known of some of them. */
  async openOrders(owner: string, jobs: readonly string[]): Promise<OpenOrder[]> {
    if (jobs.length === 0) return [];
    const { redis } = this.#server;
    const texts = await this.#server.ask(() => redis.hmget(this.#open(owner), ...jobs));
    return texts.flatMap((text) => (text === null ? [] : openIn(text)));
  }

  /** @returns the one that counts: this, or one that was noted before */
  async note(job: string, outcome: Outcome): Promise<Outcome> {
    const { redis, settings } = this.#server;
    const text = JSON.stringify(outcome);
    const before = await this.#server.ask(() =>
      redis.set(this.#outcome(job), text, 'PX', settings.keepMs, 'NX', 'GET'),
    );
    return (before === null ? null : outcomeIn(before)) ?? outcome;
  }

  async outcomeOf(job: string): Promise<Outcome | null> {
    return (await this.outcomes([job]))[0] ?? null;
  }

  /** Of each job, null where it has not ended. */
  async outcomes(jobs: readonly string[]): Promise<(Outcome | null)[]> {
    if (jobs.length === 0) return [];
    const { redis } = this.#server;
    const texts = await this.#server.ask(() => redis.mget(jobs.map((job) => this.#outcome(job))));
    return texts.map((text) => (text === null ? null : outcomeIn(text)));
  }

  /** Somebody lets a job wait again that had failed: what is known of its end, its tries and its cancelling is history. */
  async forget(job: string): Promise<void> {
    const { redis } = this.#server;
    const keys = [this.#outcome(job), this.#tried(job), this.#cancel(job)];
    await this.#server.ask(() => redis.del(...keys));
  }

  /** Notes that a bench has tried a job in vain. */
  async tried(job: string, bench: string): Promise<void> {
    const { redis, settings } = this.#server;
    await this.#server.ask(async () => {
      await redis.sadd(this.#tried(job), bench);
      await redis.pexpire(this.#tried(job), settings.keepMs);
    });
  }

  /** The benches that have. */
  async triedBy(job: string): Promise<string[]> {
    const { redis } = this.#server;
    return this.#server.ask(() => redis.smembers(this.#tried(job)));
  }

  /** Asks whoever does a job to stop. */
  async cancel(job: string): Promise<void> {
    const { redis, settings } = this.#server;
    await this.#server.ask(() => redis.set(this.#cancel(job), '1', 'PX', settings.keepMs));
    this.#server.signal({ kind: 'cancel', job });
  }

  async isCancelled(job: string): Promise<boolean> {
    const { redis } = this.#server;
    return (await this.#server.ask(() => redis.exists(this.#cancel(job)))) === 1;
  }

  #open(owner: string): string {
    return this.#server.key('open', owner);
  }

  #outcome(job: string): string {
    return this.#server.key('outcome', job);
  }

  #tried(job: string): string {
    return this.#server.key('tried', job);
  }

  #cancel(job: string): string {
    return this.#server.key('cancel', job);
  }
}

function openIn(text: string): OpenOrder[] {
  try {
    const order = JSON.parse(text) as OpenOrder | null;
    return typeof order?.job === 'string' && typeof order.queue === 'string' ? [order] : [];
  } catch {
    return [];
  }
}
