import { createHash } from 'node:crypto';
import { BkError, LONGEST_IMAGE, say, sizeText } from '../../../src';
import type { QueueServer } from '../server/queue-server';

/** Redis is slow with single values of megabytes, and blocks for everybody meanwhile. */
const PIECE = 256 * 1024;
const SHA256 = /^[0-9a-f]{64}$/;

export function isSha256(value: unknown): value is string {
  return typeof value === 'string' && SHA256.test(value);
}

/**
 * Bytes in the shared store, by their SHA-256: images, configurations, backups. Whatever is the same is there once. All of
 * it goes when nobody has used it for as long as the queue's configuration says, and there is never more of it than that
 * allows.
 */
export class ImageStore {
  readonly #server: QueueServer;

  constructor(server: QueueServer) {
    this.#server = server;
  }

  /**
   * Puts bytes there unless they are there.
   * @returns their SHA-256, lower-case hex
   * @throws BkError BK_QUEUE, BK_BAD_IMAGE (longer than any flash)
   */
  async put(bytes: Buffer): Promise<string> {
    if (bytes.length > LONGEST_IMAGE)
      throw new BkError(
        'BK_BAD_IMAGE',
        say('queue.imageTooLong', { size: sizeText(bytes.length) }),
        {
          phase: 'open',
          advice: [say('queue.sendSmaller')],
        },
      );
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (await this.keep(sha256)) return sha256;
    await this.#makeRoom(bytes.length);
    const { redis } = this.#server;
    await this.#server.ask(async () => {
      for (let start = 0; start < bytes.length; start += PIECE)
        await redis.set(
          this.#piece(sha256, start / PIECE),
          bytes.subarray(start, start + PIECE),
          'PX',
          this.#keepMs,
        );
      // That it is whole is said last.
      await redis.zadd(this.#list, this.#until, `${sha256}:${bytes.length}`);
      await redis.set(this.#whole(sha256), bytes.length, 'PX', this.#keepMs);
    });
    return sha256;
  }

  /** Lets bytes live on, from now. @returns whether they are there */
  async keep(sha256: string): Promise<boolean> {
    const { redis } = this.#server;
    return this.#server.ask(async () => {
      const length = Number((await redis.get(this.#whole(sha256))) ?? Number.NaN);
      if (!Number.isSafeInteger(length)) return false;
      const pieces = Array.from({ length: Math.ceil(length / PIECE) }, (_, index) => index);
      const kept = await Promise.all(
        pieces.map((index) => redis.pexpire(this.#piece(sha256, index), this.#keepMs)),
      );
      if (kept.includes(0)) return false;
      await redis.zadd(this.#list, this.#until, `${sha256}:${length}`);
      await redis.pexpire(this.#whole(sha256), this.#keepMs);
      return true;
    });
  }

  /**
   * The bytes, which are what their name says.
   * @param most longer ones are not fetched
   * @throws BkError BK_QUEUE (gone, spoilt), BK_REFUSED (longer)
   */
  async get(sha256: string, most: number): Promise<Buffer> {
    const { redis } = this.#server;
    const length = Number(await this.#server.ask(() => redis.get(this.#whole(sha256))));
    if (!Number.isSafeInteger(length) || length <= 0) throw gone(sha256);
    if (length > most) throw tooLarge(length, most);
    const pieces: Buffer[] = [];
    for (let index = 0; index * PIECE < length; index++) {
      const key = this.#piece(sha256, index);
      // What somebody else has put there is not fetched either.
      if ((await this.#server.ask(() => redis.strlen(key))) > PIECE) throw gone(sha256);
      const piece = await this.#server.ask(() => redis.getBuffer(key));
      if (piece === null) throw gone(sha256);
      pieces.push(piece);
    }
    const bytes = Buffer.concat(pieces);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw gone(sha256);
    return bytes;
  }

  /** @throws BkError BK_QUEUE where so many bytes more would be too many */
  async #makeRoom(bytes: number): Promise<void> {
    const { redis, settings } = this.#server;
    const members = await this.#server.ask(async () => {
      await redis.zremrangebyscore(this.#list, '-inf', this.#server.clock.date().getTime());
      return redis.zrange(this.#list, 0, -1);
    });
    const used = members.reduce((sum, member) => sum + Number(member.split(':')[1] ?? 0), 0);
    if (used + bytes <= settings.storeLimit) return;
    const [limit, size] = [sizeText(settings.storeLimit), sizeText(bytes)];
    throw new BkError('BK_QUEUE', say('queue.storeFull', { used: sizeText(used), limit, size }), {
      phase: 'open',
      advice: [say('queue.raiseStoreLimit')],
    });
  }

  get #keepMs(): number {
    return this.#server.settings.keepMs;
  }

  /** Calendar time, as several computers share it. */
  get #until(): number {
    return this.#server.clock.date().getTime() + this.#keepMs;
  }

  get #list(): string {
    return this.#server.key('images');
  }

  #whole(sha256: string): string {
    return this.#server.key('image', sha256);
  }

  #piece(sha256: string, index: number): string {
    return this.#server.key('image', sha256, String(index));
  }
}

function gone(sha256: string): BkError {
  return new BkError('BK_QUEUE', say('queue.imageGone', { sha256: sha256.slice(0, 12) }), {
    phase: 'open',
    advice: [say('queue.enqueueAgain')],
  });
}

export function tooLarge(length: number, most: number): BkError {
  const sizes = { size: sizeText(length), most: sizeText(most) };
  return new BkError('BK_REFUSED', say('queue.imageOverLimit', sizes), {
    phase: 'open',
    advice: [say('queue.raiseLargest')],
  });
}
