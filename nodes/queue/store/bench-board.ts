import type { ChipName } from '../../../src';
import type { QueueServer } from '../server/queue-server';

/** A worker at its device, as it tells of itself. */
export interface BenchNotice {
  id: string;
  name: string;
  computer: string;
  state: 'idle' | 'busy' | 'resting';
  /** The chip that was identified there last; null where it did not tell, or none was. */
  chip: ChipName | null;
  mac: string | null;
  /** The job that it does; null without. */
  job: string | null;
  /** When it was heard last, ISO 8601. */
  seen: string;
}

/** More benches than that on one queue are somebody's mistake, or attempt. */
const MOST = 200;

/** Where benches announce themselves. One that is not heard of for as long as the queue allows is gone. */
export class BenchBoard {
  readonly #server: QueueServer;

  constructor(server: QueueServer) {
    this.#server = server;
  }

  async announce(notice: Omit<BenchNotice, 'seen'>): Promise<void> {
    const { redis, settings, clock } = this.#server;
    const text = JSON.stringify({ ...notice, seen: clock.date().toISOString() });
    await this.#server.ask(async () => {
      await redis.sadd(this.#all, notice.id);
      await redis.set(this.#key(notice.id), text, 'PX', settings.lostAfterMs);
    });
  }

  async leave(id: string): Promise<void> {
    const { redis } = this.#server;
    await this.#server.ask(async () => {
      await redis.srem(this.#all, id);
      await redis.del(this.#key(id));
    });
  }

  /** Those that live, by name. */
  async all(): Promise<BenchNotice[]> {
    const { redis } = this.#server;
    return this.#server.ask(async () => {
      const ids = (await redis.smembers(this.#all)).slice(0, MOST);
      if (ids.length === 0) return [];
      const texts = await redis.mget(ids.map((id) => this.#key(id)));
      const gone = ids.filter((_, index) => texts[index] === null);
      if (gone.length > 0) await redis.srem(this.#all, ...gone);
      return texts
        .flatMap((text) => noticeIn(text))
        .sort((one, other) => one.name.localeCompare(other.name));
    });
  }

  get #all(): string {
    return this.#server.key('benches');
  }

  #key(id: string): string {
    return this.#server.key('bench', id);
  }
}

function noticeIn(text: string | null): BenchNotice[] {
  try {
    const notice = JSON.parse(text ?? 'null') as BenchNotice | null;
    return typeof notice?.id === 'string' && typeof notice.name === 'string' ? [notice] : [];
  } catch {
    return [];
  }
}
