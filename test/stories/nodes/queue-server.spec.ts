import assert from 'node:assert/strict';
import { useNodeRed } from '../../support/flow';
import { bench, enqueue, queueFlow, someImage } from '../../support/queue-flow';
import { RedisServer } from '../../support/redis';
import { nextSeed } from '../../support/seed';
import { forgetSimulatedChips } from '../../support/simulated-chips';
import { until } from '../../support/until';

const port = (speed = 'fast') => `sim://bk7231n?speed=${speed}&seed=${nextSeed()}`;
const IMAGE = someImage(8192);

describe('a server of the queue', function () {
  this.timeout(60_000);
  const servers: RedisServer[] = [];
  const start = async (context: Mocha.Context, ...args: string[]) => {
    const server = await RedisServer.start(context, ...args);
    servers.push(server);
    return server;
  };
  afterEach(() => forgetSimulatedChips());
  useNodeRed();
  after(() => Promise.all(servers.map((server) => server.end())));

  it('that is away loses nothing: what is under way goes on, what comes waits, and badges say so', async function () {
    const redis = await start(this);
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', port('real'))], {
      lostAfter: 60,
    });
    flow.send('ask', { number: 1, payload: someImage(0x20000) });
    await until(() => flow.received('ask/progress').length > 3, 'it is under way');
    await redis.down('SIGKILL');
    flow.send('ask', { number: 2, payload: IMAGE });
    await until(
      () => flow.texts('left').some((text) => /\(queue is away\)$/.test(text ?? '')),
      'the bench says so',
    );
    await until(() => flow.texts('ask').includes('queue is away'), 'who asks says so');
    const told = flow.received('left/progress').length;
    await until(() => flow.received('left/progress').length > told, 'it goes on');
    await redis.up();
    const numbers = [await flow.message('ask/result'), await flow.message('ask/result', 1)];
    assert.deepEqual(
      numbers.map(({ number }) => number),
      [1, 2],
    );
    assert.deepEqual(flow.received('caught'), []);
  });

  it('that wants another password says so in words, and hears no password of ours', async function () {
    const redis = await start(this, '--requirepass', 'right');
    const flow = await queueFlow(
      redis,
      [enqueue(), ...bench('left', port())],
      {},
      { queue: { password: 'wrong' } },
    );
    await until(() => flow.texts('left').includes('queue: wrong password'), 'the badge says so');
    flow.send('ask', { payload: IMAGE });
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_QUEUE');
    assert.match(error.message, /does not accept user and password/);
    assert.doesNotMatch(JSON.stringify(error), /wrong/);
  });

  it('that has the password takes jobs', async function () {
    const redis = await start(this, '--requirepass', 'right');
    const flow = await queueFlow(
      redis,
      [enqueue(), ...bench('left', port())],
      {},
      { queue: { password: 'right' } },
    );
    flow.send('ask', { payload: IMAGE });
    assert.equal((await flow.message('ask/result')).payload.verified, true);
  });

  it('that is full refuses jobs in words, and takes them when it has room again', async function () {
    const redis = await start(this);
    const client = redis.client();
    const flow = await queueFlow(redis, [enqueue()]);
    await until(() => flow.texts('ask').includes(undefined), 'it is connected');
    await client.config('SET', 'maxmemory', '100kb');
    flow.send('ask', { payload: IMAGE });
    const { error } = await flow.message('caught');
    assert.deepEqual([error.code, error.cause.text.code], ['BK_QUEUE', 'queue.full']);
    assert.ok(flow.texts('ask').includes('queue: server is full'));
    await client.config('SET', 'maxmemory', '0');
    await until(() => flow.texts('ask').at(-1) !== 'queue: server is full', 'it has room');
    flow.send('ask', { payload: IMAGE });
    await until(() => flow.texts('ask').some((text) => /no bench/.test(text ?? '')), 'it is in');
    client.disconnect();
  });

  it('that may throw things away is used, and is told of', async function () {
    const redis = await start(this, '--maxmemory-policy', 'allkeys-lru');
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', port())]);
    await until(() => flow.texts('left').includes('queue may lose jobs'), 'the badge says so');
    const [warning] = flow.node('queue').warn.args.flat();
    assert.match(warning, /allkeys-lru.*noeviction/);
    flow.send('ask', { payload: IMAGE });
    assert.equal((await flow.message('ask/result')).payload.verified, true);
  });
});
