import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import type { QueueNode } from '../../../nodes/queue/queue-node';
import { useNodeRed } from '../../support/flow';
import { bench, enqueue, queueFlow, someImage } from '../../support/queue-flow';
import { RedisServer } from '../../support/redis';
import { nextSeed } from '../../support/seed';
import { forgetSimulatedChips } from '../../support/simulated-chips';
import { until } from '../../support/until';

const port = (speed = 'fast', rest = '') =>
  `sim://bk7231n?speed=${speed}&seed=${nextSeed()}${rest}`;
const IMAGE = someImage(8192);

describe('a queue to which something happens', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  beforeEach(async function () {
    redis = await RedisServer.start(this);
  });
  afterEach(async () => {
    forgetSimulatedChips();
    await redis?.end();
  });
  useNodeRed();

  it('tells who waits when the server has lost its jobs, and takes new ones', async () => {
    const flow = await queueFlow(redis, [enqueue()]);
    flow.send('ask', { payload: IMAGE });
    await until(() => flow.texts('ask').some((text) => /no bench/.test(text ?? '')), 'it waits');
    const client = redis.client();
    await client.flushall();
    client.disconnect();
    const { error } = await flow.message('caught');
    assert.deepEqual([error.code, error.cause.text.code], ['BK_QUEUE', 'queue.jobGone']);
    flow.send('ask', { payload: IMAGE });
    await until(
      () => flow.texts('ask').filter((text) => /no bench/.test(text ?? '')).length > 1,
      'it is in',
    );
  });

  it('lets a server that holds still be away, and goes on with it later', async () => {
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', port('real'))], {
      lostAfter: 12,
    });
    flow.send('ask', { number: 1, payload: someImage(0x10000) });
    await until(() => flow.received('ask/progress').length > 3, 'it is under way');
    redis.hold(true);
    await until(() => flow.texts('ask').includes('queue is away'), 'the badge says so');
    redis.hold(false);
    assert.equal((await flow.message('ask/result')).payload.verified, true);
    assert.deepEqual(flow.received('caught'), []);
  });

  it('does a job once though its server was away for longer than a bench may be', async () => {
    const flow = await queueFlow(
      redis,
      [enqueue(), ...bench('left', port('real')), ...bench('right', port('real'))],
      { lostAfter: 2 },
    );
    flow.send('ask', { payload: someImage(0x40000) });
    await until(() => flow.received('ask/progress').length > 3, 'it is under way');
    await redis.down('SIGKILL');
    const client = redis.client();
    // More than twice as long as the lock lives.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await redis.up();
    client.disconnect();
    const { bk } = await flow.message('ask/result');
    assert.equal(bk.queue.tries, 1);
    flow.send('ask', { payload: IMAGE });
    await flow.message('ask/result', 1);
    assert.equal(flow.received('ask/result').length, 2);
    assert.deepEqual(flow.received('caught'), []);
  });

  it('gives results to the Node-RED that has asked, though another one has a copy of its flow', async () => {
    const instance = (id: string) => {
      const get = (name: string) => (name === 'instanceId' ? id : undefined);
      const { _settings: settings } = helper as unknown as { _settings: object };
      helper.settings({ ...settings, get } as never);
    };
    instance('0123456789abcdef');
    const one = await queueFlow(redis, [enqueue()]);
    one.send('ask', { topic: 'first', payload: IMAGE });
    await until(() => one.texts('ask').some((text) => /no bench/.test(text ?? '')), 'it waits');
    await helper.unload();
    instance('fedcba9876543210');
    const other = await queueFlow(redis, [enqueue(), ...bench('left', port())]);
    await other.message('left/result');
    other.send('ask', { topic: 'second', payload: IMAGE });
    assert.equal((await other.message('ask/result')).topic, 'second');
    await helper.unload();
    instance('0123456789abcdef');
    const again = await queueFlow(redis, [enqueue()]);
    assert.equal((await again.message('ask/result')).topic, 'first');
  });

  it('is not listened to any more by nodes that a deploy has replaced', async () => {
    const nodes = [enqueue(), ...bench('left', port())];
    const flow = await queueFlow(redis, nodes);
    const server = (flow.node('queue') as unknown as QueueNode).server();
    const before = flow.node('left');
    await until(() => flow.texts('left').length > 0, 'it has a badge');
    await until(() => server.standing.state === 'ready', 'it is connected');
    await Promise.all([before.close(false), flow.node('ask').close(false)]);
    const [left, ask] = [flow.texts('left').length, flow.texts('ask').length];
    await redis.down('SIGKILL');
    await until(() => server.standing.state === 'away', 'it is away');
    assert.deepEqual([flow.texts('left').length, flow.texts('ask').length], [left, ask]);
  });

  it('goes on where somebody has put in what cannot even be read', async () => {
    const at = port();
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', at)]);
    flow.send('ask', { payload: IMAGE });
    await flow.message('ask/result');
    const client = redis.client();
    for (const queue of ['bk72xx-mac', 'bk72xx']) {
      await client.hset(`bk72xx:${queue}:evil`, { data: '{', opts: '{', name: 'x', timestamp: 1 });
      await client.lpush(`bk72xx:${queue}:wait`, 'evil');
    }
    client.disconnect();
    flow.send('ask', { payload: IMAGE });
    assert.equal((await flow.message('ask/result', 1)).payload.verified, true);
  });
});
