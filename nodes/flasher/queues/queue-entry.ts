import type { Clock, Timer } from '../../../src';
import { Paced } from '../devices/paced';
import type { QueueLook, QueueState } from '../messages';

/** What a queue offers to the sidebar. */
export interface QueueHost {
  /** For people. */
  readonly name: string;
  /** How it stands with its server now. */
  readonly standing: Pick<QueueState, 'server' | 'trouble'>;
  /** Asks the server. Rejects where that refuses; never ends where it is away. */
  look(): Promise<QueueLook>;
  /** @param listener something may have changed @returns what ends it */
  watch(listener: () => void): () => void;
  /** Takes a job back; one under way ends at its next safe point. @throws BkError where it is over, or not there */
  cancel(job: string): Promise<void>;
  /** Lets a job wait again that failed. @throws BkError where it has not */
  retry(job: string): Promise<void>;
}

/** What an entry needs of the world. */
export interface QueueWorld {
  readonly clock: Clock;
  /** To all open editors. */
  publish(topic: string, data: unknown): void;
}

/** From one look at the server to the next, ms. */
const PACE_MS = 1000;
/** Benches come and go without a word: so long after the last look there is another one, ms. */
const AGAIN_MS = 5000;
/** A browser asks anew before that, as long as somebody looks on, ms. */
const WATCHED_MS = 60_000;
/** A server that has not answered by then is as good as away, ms. */
const LOOK_MS = 10_000;
/** More than that nobody reads, and every browser would be sent it each second. */
const MOST_BENCHES = 50;
const MOST_JOBS = 50;

/** One queue as the sidebar shows it. Its server is asked only while somebody looks on. */
export class QueueEntry {
  readonly id: string;
  readonly host: QueueHost;
  readonly #world: QueueWorld;
  readonly #paced: Paced;
  readonly #unwatch: () => void;
  #look: QueueLook | null = null;
  #published = '';
  #watchedUntil = Number.NEGATIVE_INFINITY;
  #again: Timer | null = null;
  #isLooking = false;
  /** Something has changed since the look that is under way was begun. */
  #isStale = false;
  #isClosed = false;

  constructor(id: string, host: QueueHost, world: QueueWorld) {
    this.id = id;
    this.host = host;
    this.#world = world;
    this.#paced = new Paced(world.clock, () => this.#lookAgain(), PACE_MS);
    this.#unwatch = host.watch(() => this.touch());
    this.#publish();
  }

  get state(): QueueState {
    const { name, standing } = this.host;
    return { id: this.id, name, ...standing, look: this.#look };
  }

  /** Somebody looks on, for a minute at least. */
  watched(): void {
    this.#watchedUntil = this.#world.clock.now() + WATCHED_MS;
    this.touch();
  }

  /** Something may have changed. */
  touch(): void {
    if (this.#isClosed || this.#world.clock.now() > this.#watchedUntil) return;
    this.#paced.touch();
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    this.#paced.stop();
    this.#world.clock.clearTimeout(this.#again);
    this.#world.publish(`bk72xx/queue/${this.id}`, null);
  }

  #lookAgain(): void {
    // How it stands with the server is known without asking it.
    this.#publish();
    if (this.#isLooking) {
      this.#isStale = true;
      return;
    }
    this.#isLooking = true;
    this.#isStale = false;
    const { clock } = this.#world;
    const limit = clock.setTimeout(() => over(null), LOOK_MS, { background: true });
    let isOver = false;
    const over = (look: QueueLook | null) => {
      if (isOver) return;
      isOver = true;
      clock.clearTimeout(limit);
      this.#isLooking = false;
      if (this.#isClosed) return;
      if (look !== null) this.#look = bounded(look);
      this.#publish();
      if (this.#isStale) this.touch();
      clock.clearTimeout(this.#again);
      this.#again = clock.setTimeout(() => this.touch(), AGAIN_MS, { background: true });
    };
    this.host.look().then(over, () => over(null));
  }

  #publish(): void {
    const { state } = this;
    const text = JSON.stringify(state);
    if (text === this.#published) return;
    this.#published = text;
    this.#world.publish(`bk72xx/queue/${this.id}`, state);
  }
}

function bounded({ benches, jobs, ...look }: QueueLook): QueueLook {
  return { ...look, benches: benches.slice(0, MOST_BENCHES), jobs: jobs.slice(0, MOST_JOBS) };
}
