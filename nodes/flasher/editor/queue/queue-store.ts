import type { QueueState } from '../../messages';
import { api } from '../base/api';
import { editor } from '../base/node-red';

const TOPIC = 'bk72xx/queue/';
/** The server tells what changes for a minute after it was asked. */
const ASK_MS = 30_000;

/** What the server says of all queues, kept up to date as long as somebody looks on. */
export class QueueStore {
  readonly #queues = new Map<string, QueueState>();
  readonly #listener: () => void;
  readonly #isSeen: () => boolean;

  /**
   * @param listener something has changed
   * @param isSeen whether anybody sees the queues
   */
  constructor(listener: () => void, isSeen: () => boolean) {
    this.#listener = listener;
    this.#isSeen = isSeen;
  }

  /** By name. */
  get queues(): QueueState[] {
    return [...this.#queues.values()].sort((one, other) => one.name.localeCompare(other.name));
  }

  start(): void {
    const { comms } = editor();
    comms.subscribe(`${TOPIC}#`, (topic, data) =>
      this.#hear(topic.slice(TOPIC.length), data as QueueState | null),
    );
    comms.on('connect', () => this.#refresh());
    this.#refresh();
    setInterval(() => {
      if (this.#queues.size > 0 && this.#isSeen()) this.#refresh();
    }, ASK_MS);
  }

  #hear(id: string, state: QueueState | null): void {
    const isNew = !this.#queues.has(id);
    if (state === null) this.#queues.delete(id);
    else this.#queues.set(id, state);
    this.#listener();
    // Of a queue that has just begun nothing is told before it is asked for.
    if (state !== null && isNew) this.#refresh();
  }

  #refresh(): void {
    api.queues().then(
      (queues) => {
        this.#queues.clear();
        for (const queue of queues) this.#queues.set(queue.id, queue);
        this.#listener();
      },
      // Nobody is logged in, or the server restarts: the next connect asks again.
      () => {},
    );
  }
}
