import type { Queue, Worker } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import { type BkError, type Clock, type Note, say, type Timer } from '../../../src';
import type { QueuePackages } from './packages';
import { Pause } from './pause';
import { asQueueError, isDenied, isFull } from './server-errors';

/** Where the queue is, and how long things in it live. */
export interface ServerSettings {
  host: string;
  port: number;
  /** Empty for the server's default user. */
  user: string;
  password: string;
  tls: boolean;
  database: number;
  /** Of the queue: several can be on one server. */
  queueName: string;
  /** Without a sign of life for so long a bench is taken for lost, ms. */
  lostAfterMs: number;
  /** The most bytes of images in the shared store. */
  storeLimit: number;
  /** How long what nobody uses is kept, ms. */
  keepMs: number;
}

/** How it stands with the server, for badges. `denied`: it does not let us in. `full`: it takes nothing more. */
export type ServerState = 'connecting' | 'ready' | 'away' | 'denied' | 'full';

export interface ServerStanding {
  state: ServerState;
  /** What is amiss, for a person; null where nothing is. A server that is ready may throw away what it holds. */
  trouble: Note | null;
}

/** Goes to all who have the queue open: nothing depends on its arriving. */
export interface QueueSignal {
  kind: 'added' | 'progress' | 'outcome' | 'cancel';
  /** Of the job. */
  job: string;
  /** Of the bk-enqueue that waits for it, for progress and outcome. */
  owner?: string;
  progress?: unknown;
}

/** All keys of BullMQ, and ours, begin with it. */
const PREFIX = 'bk72xx';
/** From the first try to reach the server again to the slowest, ms. */
const FIRST_RETRY_MS = 100;
const SLOWEST_RETRY_MS = 2000;
/** A server that takes longer to let us in is as good as away, ms. */
const CONNECT_MS = 10_000;
/** One that is asked and silent for so long is gone, though nobody has hung up: a computer without power, a cable, ms. */
const SHORTEST_SILENCE_MS = 3000;
const LONGEST_SILENCE_MS = 10_000;
/** Node-RED waits 15 s for a node that closes: whoever uses the connection has to be done by then, ms. */
const CLOSE_MS = 12_000;
/** The oldest server that BullMQ recommends. */
const OLDEST = [6, 2];
/** A job whose benches were lost more often ends: it may be what they die of. */
export const MOST_LOST = 2;

/** The connections of one Node-RED to one queue, for all nodes that name the same configuration. */
export class QueueServer {
  readonly settings: ServerSettings;
  readonly clock: Clock;
  /** Waits for the server where that is away; never gives up. */
  readonly redis: Redis;
  readonly #packages: QueuePackages;
  readonly #queues = new Map<string, Queue>();
  readonly #workers = new Map<string, Worker>();
  readonly #standingListeners = new Set<(standing: ServerStanding) => void>();
  readonly #signalListeners = new Set<(signal: QueueSignal) => void>();
  readonly #users = new Set<Promise<unknown>>();
  #subscriber: Redis | null = null;
  #standing: ServerStanding = { state: 'connecting', trouble: null };
  #fullTimer: Timer = null;
  #isClosed = false;

  constructor(packages: QueuePackages, settings: ServerSettings, clock: Clock) {
    this.#packages = packages;
    this.settings = settings;
    this.clock = clock;
    this.redis = new packages.ioredis.Redis(this.#options());
    this.redis.on('error', (error: Error) => this.#failed(error));
    this.redis.on('close', () => this.#away());
    this.redis.on('ready', () => void this.#inspect());
  }

  get standing(): ServerStanding {
    return this.#standing;
  }

  /** The name of a key of ours. */
  key(...parts: string[]): string {
    return [PREFIX, this.settings.queueName, 'bk', ...parts].join(':');
  }

  queue(name: string): Queue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new this.#packages.bullmq.Queue(name, this.#bullOptions());
      queue.on('error', (error) => this.#failed(error));
      this.#queues.set(name, queue);
    }
    return queue;
  }

  /** What takes jobs out of a queue when it is asked to, and looks for jobs whose bench was lost. */
  worker(name: string): Worker {
    let worker = this.#workers.get(name);
    if (worker === undefined) {
      const { Worker, createRedisBackend } = this.#packages.bullmq;
      const { lostAfterMs } = this.settings;
      const options = {
        ...this.#bullOptions(),
        lockDuration: lostAfterMs,
        stalledInterval: Math.ceil(lostAfterMs / 2),
        maxStalledCount: MOST_LOST,
      };
      // Nobody waits at the server for a job: it need have no connection for that.
      worker = new Worker(name, null, options, (which, given) => createRedisBackend(which, given));
      worker.on('error', (error) => this.#failed(error));
      worker.startStalledCheckTimer().catch((error) => this.#failed(error));
      this.#workers.set(name, worker);
    }
    return worker;
  }

  /** Does something with the server, and notes how that stands. @throws BkError BK_QUEUE, BK_CANCELLED */
  async ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      const answer = await work();
      if (this.#standing.state === 'full') void this.#inspect();
      return answer;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** @returns what ends it */
  onStanding(listener: (standing: ServerStanding) => void): () => void {
    this.#standingListeners.add(listener);
    listener(this.#standing);
    return () => this.#standingListeners.delete(listener);
  }

  /** @returns what ends it */
  onSignal(listener: (signal: QueueSignal) => void): () => void {
    this.#signalListeners.add(listener);
    this.#subscribe();
    return () => this.#signalListeners.delete(listener);
  }

  /** Tells all who listen now. Who does not hear of it looks by himself after a while. */
  signal(signal: QueueSignal): void {
    if (this.redis.status !== 'ready') return;
    this.redis.publish(this.key('signals'), JSON.stringify(signal)).catch(() => {});
  }

  /** The connections stay open until this has ended, too. */
  usedBy(work: Promise<unknown>): void {
    this.#users.add(work);
    const over = () => this.#users.delete(work);
    work.then(over, over);
  }

  /** Hangs up when those who use it have ended; at once where the server does not answer them. */
  async close(): Promise<void> {
    if (this.redis.status === 'ready') {
      const limit = new Pause(this.clock);
      const over = Promise.allSettled([...this.#users]).then(() => limit.over());
      await Promise.race([over, limit.wait(CLOSE_MS)]);
    }
    this.#isClosed = true;
    this.clock.clearTimeout(this.#fullTimer);
    this.#standingListeners.clear();
    this.#signalListeners.clear();
    for (const worker of this.#workers.values()) worker.close(true).catch(() => {});
    for (const queue of this.#queues.values()) queue.close().catch(() => {});
    this.#subscriber?.disconnect();
    this.redis.disconnect();
  }

  #options(): RedisOptions {
    const { host, port, user, password, tls, database, lostAfterMs } = this.settings;
    const silence = Math.max(SHORTEST_SILENCE_MS, lostAfterMs / 4);
    return {
      host,
      port,
      db: database,
      ...(user === '' ? {} : { username: user }),
      ...(password === '' ? {} : { password }),
      ...(tls ? { tls: {} } : {}),
      connectTimeout: CONNECT_MS,
      socketTimeout: Math.min(silence, LONGEST_SILENCE_MS),
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(FIRST_RETRY_MS * 2 ** times, SLOWEST_RETRY_MS),
    };
  }

  #bullOptions() {
    // What is amiss with the server is told by us, once and in words, and not by BullMQ on the console.
    return { connection: this.redis, prefix: PREFIX, skipVersionCheck: true };
  }

  #subscribe(): void {
    if (this.#subscriber !== null) return;
    const channel = this.key('signals');
    this.#subscriber = this.redis.duplicate();
    this.#subscriber.on('error', () => {});
    this.#subscriber.on('message', (_channel: string, text: string) => this.#hear(text));
    this.#subscriber.subscribe(channel).catch(() => {});
  }

  #hear(text: string): void {
    const signal = signalIn(text);
    if (signal === null) return;
    for (const listener of this.#signalListeners) listener(signal);
  }

  #failed(thrown: unknown): BkError {
    const error = asQueueError(thrown);
    if (error.code !== 'BK_QUEUE') return error;
    const state = isFull(error) ? 'full' : isDenied(error) ? 'denied' : null;
    if (state !== null) this.#stand({ state, trouble: error.text });
    if (state === 'full') this.#lookAgain();
    return error;
  }

  #away(): void {
    if (this.#isClosed || this.#standing.state === 'denied') return;
    const { host, port } = this.settings;
    this.#stand({ state: 'away', trouble: say('queue.away', { host, port }) });
  }

  /** Whether a full server has room again is asked of itself. */
  #lookAgain(): void {
    this.clock.clearTimeout(this.#fullTimer);
    this.#fullTimer = this.clock.setTimeout(() => void this.#inspect(), SLOWEST_RETRY_MS, {
      background: true,
    });
  }

  /** Asks the server what it is, and whether it keeps what it is given. */
  async #inspect(): Promise<void> {
    try {
      const info = await this.redis.info();
      if (this.#isClosed) return;
      const told = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
      const [used, most] = [Number(told('used_memory')), Number(told('maxmemory'))];
      if (most > 0 && used > most) {
        this.#stand({ state: 'full', trouble: say('queue.full') });
        this.#lookAgain();
        return;
      }
      this.#stand({
        state: 'ready',
        trouble: troubleOf(told('redis_version'), told('maxmemory_policy')),
      });
    } catch (error) {
      this.#failed(error);
    }
  }

  #stand(standing: ServerStanding): void {
    if (JSON.stringify(standing) === JSON.stringify(this.#standing)) return;
    this.#standing = standing;
    for (const listener of this.#standingListeners) listener(standing);
  }
}

/** What makes a server unfit for a queue that must lose nothing; null where it is fit. */
function troubleOf(version: string, policy: string): Note | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest = 0, next = 0] = OLDEST;
  if (version !== '' && (major < oldest || (major === oldest && minor < next)))
    return say('queue.tooOld', { version, oldest: OLDEST.join('.') });
  if (policy !== '' && policy !== 'noeviction') return say('queue.evicts', { policy });
  return null;
}

/** Anybody who reaches the server may publish anything. */
function signalIn(text: string): QueueSignal | null {
  if (text.length > 64 * 1024) return null;
  try {
    const signal: unknown = JSON.parse(text);
    if (typeof signal !== 'object' || signal === null) return null;
    const { kind, job } = signal as { kind?: unknown; job?: unknown };
    return typeof kind === 'string' && typeof job === 'string' ? (signal as QueueSignal) : null;
  } catch {
    return null;
  }
}
