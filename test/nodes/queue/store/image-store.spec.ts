import assert from 'node:assert/strict';
import * as bullmq from 'bullmq';
import * as ioredis from 'ioredis';
import { QueueServer } from '../../../../nodes/queue/server/queue-server';
import { ImageStore } from '../../../../nodes/queue/store/image-store';
import { Ledger } from '../../../../nodes/queue/store/ledger';
import { isBkError, systemClock } from '../../../../src';
import { someImage } from '../../../support/queue-flow';
import { RedisServer } from '../../../support/redis';

const IMAGE = someImage(600_000);
const END = {
  bench: 'left',
  computer: 'here',
  tries: 1,
  ok: true as const,
  payload: 1,
  bytes: null,
  facts: {} as never,
  kept: [],
};

describe('the shared store', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let server: QueueServer;
  let store: ImageStore;
  before(async function () {
    redis = await RedisServer.start(this);
  });
  after(() => redis?.end());
  beforeEach(async () => {
    const settings = {
      host: redis.host,
      port: redis.port,
      user: '',
      password: '',
      tls: false,
      database: 0,
    };
    const lives = { queueName: 'shop', lostAfterMs: 2000, storeLimit: 1_000_000, keepMs: 60_000 };
    server = new QueueServer({ bullmq, ioredis }, { ...settings, ...lives }, systemClock);
    await server.redis.flushall();
    store = new ImageStore(server);
  });
  afterEach(() => server?.close());

  const refusal = (code: string) => (error: unknown) =>
    isBkError(error) && error.text.code === code;

  it('keeps bytes in pieces, once, for a bounded time', async () => {
    const sha256 = await store.put(IMAGE);
    assert.equal(await store.put(Buffer.from(IMAGE)), sha256);
    assert.deepEqual(await store.get(sha256, IMAGE.length), IMAGE);
    const keys = await server.redis.keys('bk72xx:shop:bk:image:*');
    assert.equal(keys.length, 4);
    for (const key of keys) assert.ok((await server.redis.pttl(key)) > 0, key);
  });

  it('fetches nothing that is longer than may be, and nothing that is not what its name says', async () => {
    const sha256 = await store.put(IMAGE);
    await assert.rejects(store.get(sha256, IMAGE.length - 1), refusal('queue.imageOverLimit'));
    await server.redis.set(`bk72xx:shop:bk:image:${sha256}:0`, 'another');
    await assert.rejects(store.get(sha256, IMAGE.length), refusal('queue.imageGone'));
    await server.redis.set(`bk72xx:shop:bk:image:${sha256}:1`, Buffer.alloc(2_000_000));
    await assert.rejects(store.get(sha256, IMAGE.length), refusal('queue.imageGone'));
    await assert.rejects(store.get('b'.repeat(64), IMAGE.length), refusal('queue.imageGone'));
  });

  it('takes no more than it may hold', async () => {
    await store.put(IMAGE);
    await assert.rejects(store.put(someImage(600_000, 8)), refusal('queue.storeFull'));
  });

  it('puts whole what has lost a piece', async () => {
    const sha256 = await store.put(IMAGE);
    await server.redis.del(`bk72xx:shop:bk:image:${sha256}:2`);
    await server.redis.del('bk72xx:shop:bk:images');
    await store.put(IMAGE);
    assert.deepEqual(await store.get(sha256, IMAGE.length), IMAGE);
  });

  it('notes of a job the first result that it is told, and no other', async () => {
    const ledger = new Ledger(server);
    await ledger.note('job', END);
    const counts = await ledger.note('job', { ...END, bench: 'right' });
    assert.equal(counts.bench, 'left');
    assert.equal((await ledger.outcomeOf('job'))?.bench, 'left');
  });
});
