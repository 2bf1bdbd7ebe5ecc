import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Queue, Worker } from 'bullmq';
import helper from 'node-red-node-test-helper';
import type { QueueNode } from '../../../nodes/queue/queue-node';
import { queueView } from '../../../nodes/queue/queue-view';
import { useNodeRed } from '../../support/flow';
import { bench, enqueue, queueFlow, someImage } from '../../support/queue-flow';
import { RedisServer } from '../../support/redis';
import { nextSeed } from '../../support/seed';
import { forgetSimulatedChips, simulatedChip } from '../../support/simulated-chips';
import { until } from '../../support/until';

const port = (chip: string, faults = '') => `sim://${chip}?speed=fast&seed=${nextSeed()}${faults}`;
const IMAGE = someImage(8192);

describe('a queue that benches share', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  before(async function () {
    redis = await RedisServer.start(this);
  });
  after(() => redis?.end());
  afterEach(async () => {
    forgetSimulatedChips();
    const client = redis.client();
    await client.flushall();
    client.disconnect();
  });
  useNodeRed();

  it('does what was put in at a bench, and tells progress and result as the other nodes do', async () => {
    const at = port('bk7231n');
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', at)]);
    flow.send('ask', { topic: 'lamp', payload: IMAGE });
    const { topic, payload, bk } = await flow.message('ask/result');
    assert.equal(topic, 'lamp');
    assert.equal(payload.verified, true);
    assert.equal(bk.operation, 'write');
    assert.deepEqual([bk.queue.bench, bk.queue.tries, bk.queue.kept], ['left', 1, []]);
    assert.deepEqual(simulatedChip(at)?.flash.subarray(0x11000, 0x13000), IMAGE);
    const progress = (await flow.message('ask/progress')).payload;
    assert.deepEqual([progress.job, progress.bench], [bk.queue.job, 'left']);
    assert.equal(typeof progress.message, 'string');
    assert.deepEqual((await flow.message('left/result')).payload, payload);
  });

  it('writes nothing again that is there already, and keeps an image once', async () => {
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', port('bk7231n'))]);
    flow.send('ask', { payload: IMAGE });
    await flow.message('ask/result');
    flow.send('ask', { payload: IMAGE });
    const { payload } = await flow.message('ask/result', 1);
    assert.deepEqual([payload.bytesWritten, payload.bytesUnchanged], [0, IMAGE.length]);
    const client = redis.client();
    assert.equal((await client.keys('*:image:*')).length, 2);
    client.disconnect();
  });

  it('leaves a job for one model, or one MAC, to the bench that has it', async () => {
    const [other, wanted] = [port('bk7238'), port('bk7231n')];
    const flow = await queueFlow(redis, [
      enqueue({ operation: 'connect' }),
      ...bench('other', other),
      ...bench('wanted', wanted),
    ]);
    flow.send('ask', { target: 'BK7231N' });
    const { payload, bk } = await flow.message('ask/result');
    assert.deepEqual([bk.queue.bench, payload.chip], ['wanted', 'BK7231N']);
    flow.send('ask', { target: payload.mac.replaceAll(':', '-').toUpperCase() });
    assert.equal((await flow.message('ask/result', 1)).bk.queue.bench, 'wanted');
    assert.equal(simulatedChip(other)?.flash.includes(IMAGE), false);
  });

  it('says when no bench has such a chip', async () => {
    const flow = await queueFlow(redis, [
      enqueue({ id: 'any', operation: 'connect' }),
      enqueue({ target: 'BK7238' }),
      ...bench('left', port('bk7231n')),
    ]);
    flow.send('any');
    await flow.message('any/result');
    flow.send('ask', { payload: IMAGE });
    await until(() => flow.texts('ask').includes('no bench has this chip'), 'it is said');
  });

  it('tries a job at another bench where the bench is to blame', async () => {
    const flow = await queueFlow(redis, [
      enqueue(),
      ...bench('broken', '/dev/ttyNOWHERE'),
      ...bench('whole', port('bk7231n')),
    ]);
    for (let job = 0; job < 4; job++) flow.send('ask', { payload: IMAGE });
    const { bk } = await flow.message('ask/result', 3);
    assert.equal(bk.queue.bench, 'whole');
    await until(
      () => flow.texts('broken').some((text) => /^rests for/.test(text ?? '')),
      'it rests',
    );
    assert.deepEqual(
      flow.received('caught').filter(({ error }) => error.source.id === 'ask'),
      [],
    );
  });

  it('lets a job that names a MAC wait for its chip, however often no chip answers', async () => {
    const flow = await queueFlow(redis, [
      enqueue({ target: 'c8:47:8c:00:00:18', tries: 1 }),
      ...bench('empty', '/dev/ttyNOWHERE'),
    ]);
    flow.send('ask', { payload: IMAGE });
    await until(
      () => flow.texts('empty').some((text) => /^rests for/.test(text ?? '')),
      'it rests',
    );
    const view = await queueView((flow.node('queue') as unknown as QueueNode).server());
    assert.deepEqual([view.counts.delayed, view.counts.failed], [1, 0]);
  });

  it('does not try it again where the chip is to blame', async () => {
    const flow = await queueFlow(redis, [
      enqueue(),
      ...bench('left', port('bk7231n', '&deadSector=0x11000')),
      ...bench('right', port('bk7231n', '&deadSector=0x11000')),
    ]);
    flow.send('ask', { payload: IMAGE });
    await until(() => flow.received('caught').length >= 2, 'both are told');
    const codes = flow.received('caught').map(({ error }) => `${error.source.type} ${error.code}`);
    assert.deepEqual(codes.sort(), ['bk-enqueue BK_BAD_SECTOR', 'bk-worker BK_BAD_SECTOR']);
    const { cause } = flow.received('caught').find(({ error }) => error.source.id === 'ask').error;
    assert.ok(cause.advice.length > 0);
  });

  it('hands bytes that were read to who has asked for them', async () => {
    const at = port('bk7231n');
    const read = enqueue({ operation: 'read', offset: '0', length: '64K' });
    const flow = await queueFlow(redis, [read, ...bench('left', at)]);
    flow.send('ask');
    const { payload } = await flow.message('ask/result');
    assert.ok(Buffer.isBuffer(payload));
    assert.deepEqual(payload, simulatedChip(at)?.flash.subarray(0, 0x10000));
  });

  it('keeps a backup where it was made, and in the shared store if asked to', async () => {
    const flow = await queueFlow(redis, [
      enqueue({ backup: 'once', share: true }),
      ...bench('left', port('bk7231n')),
    ]);
    flow.send('ask', { payload: IMAGE });
    const [kept] = (await flow.message('ask/result')).bk.queue.kept;
    assert.equal(kept.bench, 'left');
    const client = redis.client();
    const first = await client.getBuffer(`bk72xx:bk72xx:bk:image:${kept.stored}:0`);
    client.disconnect();
    assert.deepEqual(first, readFileSync(kept.path).subarray(0, first?.length));
  });

  it('tells a result after a restart of who has asked, with the message that asked', async () => {
    const before = await queueFlow(redis, [enqueue()]);
    before.send('ask', { topic: 'night', payload: IMAGE, lamp: 7 });
    await until(() => before.texts('ask').some((text) => /no bench/.test(text ?? '')), 'it waits');
    await helper.unload();
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', port('bk7231n'))]);
    const { topic, lamp, payload } = await flow.message('ask/result');
    assert.deepEqual([topic, lamp, payload.verified], ['night', 7, true]);
  });

  it('hands a job back when the bench goes, and another one does it', async () => {
    const at = `sim://bk7231n?speed=real&seed=${nextSeed()}`;
    const before = await queueFlow(redis, [enqueue(), ...bench('left', at)]);
    before.send('ask', { payload: someImage(0x40000) });
    await until(() => before.received('ask/progress').length > 3, 'it is under way');
    await helper.unload();
    const flow = await queueFlow(redis, [enqueue(), ...bench('right', port('bk7231n'))]);
    const { bk, payload } = await flow.message('ask/result');
    assert.deepEqual([bk.queue.bench, bk.queue.tries, payload.verified], ['right', 1, true]);
  });

  it('gives a job up that has lost more benches than it may, and says so', async () => {
    const before = await queueFlow(redis, [enqueue()]);
    before.send('ask', { payload: IMAGE });
    await until(() => before.texts('ask').some((text) => /no bench/.test(text ?? '')), 'it waits');
    const client = redis.client();
    const dying = new Worker('bk72xx', null, {
      connection: client,
      prefix: 'bk72xx',
      lockDuration: 50,
      stalledInterval: 60,
      maxStalledCount: 2,
    });
    await dying.startStalledCheckTimer();
    let taken = 0;
    for (let job = await dying.getNextJob('gone', { block: false }); !job?.deferredFailure; ) {
      job = await dying.getNextJob(`gone ${taken}`, { block: false });
      if (job && !job.deferredFailure) taken++;
    }
    await dying.close(true);
    client.disconnect();
    await helper.unload();
    assert.ok(taken >= 2, `${taken}`);
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', port('bk7231n'))]);
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_BENCH_LOST');
  });

  it('tells a result again, and says so, where Node-RED ended in the instant of telling', async () => {
    const before = await queueFlow(redis, [enqueue()]);
    before.send('ask', { payload: IMAGE });
    await until(() => before.texts('ask').some((text) => /no bench/.test(text ?? '')), 'it waits');
    await helper.unload();
    const client = redis.client();
    const key = 'bk72xx:bk72xx:bk:open:ask';
    const [job = '', text = ''] = Object.entries(await client.hgetall(key))[0] ?? [];
    await client.hset(key, job, JSON.stringify({ ...JSON.parse(text), told: true }));
    client.disconnect();
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', port('bk7231n'))]);
    assert.equal((await flow.message('ask/result')).bk.queue.again, true);
  });

  it('takes jobs back that are not wanted any more', async () => {
    const flow = await queueFlow(redis, [enqueue()]);
    flow.send('ask', { payload: IMAGE });
    await until(() => flow.texts('ask').some((text) => /no bench/.test(text ?? '')), 'it waits');
    flow.send('ask', { cancel: true });
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_CANCELLED');
    const view = await queueView((flow.node('queue') as unknown as QueueNode).server());
    assert.equal(view.counts.waiting, 0);
  });

  it('shows what is going on: server, benches and jobs', async () => {
    const flow = await queueFlow(redis, [enqueue(), ...bench('left', port('bk7231n'))]);
    flow.send('ask', { payload: IMAGE });
    await flow.message('ask/result');
    const server = (flow.node('queue') as unknown as QueueNode).server();
    let view = await queueView(server);
    for (; view.counts.completed === 0; ) view = await queueView(server);
    assert.equal(view.server.state, 'ready');
    assert.deepEqual(
      view.benches.map(({ name, chip }) => [name, chip]),
      [['left', 'BK7231N']],
    );
    assert.deepEqual(
      view.jobs.map((job) => [job.operation, job.target, job.state, job.bench]),
      [['write', 'any', 'completed', 'left']],
    );
  });

  describe('with a hostile job in it', () => {
    const usual = {
      operation: 'write',
      target: 'any',
      settings: { source: 'payload', offset: 'auto' },
      image: 'a'.repeat(64),
      share: false,
      owner: 'nobody',
    };
    const rejected: Record<string, unknown> = {
      'no order': 'rm -rf /',
      'a list': [usual],
      'another operation': { ...usual, operation: 'exec' },
      'an operation of every object': { ...usual, operation: 'constructor' },
      'a prototype': JSON.parse(JSON.stringify(usual).replace('{', '{"__proto__":{"share":true},')),
      'a prototype in its settings': { ...usual, settings: JSON.parse('{"__proto__":{"a":1}}') },
      'a folder': { ...usual, settings: { source: 'payload', folder: '/etc' } },
      'a path as its file': {
        ...usual,
        operation: 'read',
        image: undefined,
        settings: { output: 'file', filename: '../../etc/x' },
      },
      'a file of the bench as its source': {
        ...usual,
        settings: { source: 'file', filename: 'flows.json' },
      },
      'a server': { ...usual, settings: { source: 'release', releaseServer: 'http://127.0.0.1' } },
      'a place elsewhere for its value': {
        ...usual,
        settings: { source: 'payload', offset: 'x', offsetType: 'env' },
      },
      'a wrong type': { ...usual, settings: { source: 'payload', anyImage: 'true' } },
      'a huge text': { ...usual, target: 'x'.repeat(5_000_000) },
      'ever so many settings': {
        ...usual,
        settings: Object.fromEntries(
          Array.from({ length: 100_000 }, (_, index) => [`a${index}`, 1]),
        ),
      },
    };

    it('refuses it, whatever it is, and does the next one', async () => {
      const flow = await queueFlow(redis, [enqueue(), ...bench('left', port('bk7231n'))]);
      const client = redis.client();
      const queue = new Queue('bk72xx', { connection: client, prefix: 'bk72xx' });
      const names = Object.keys(rejected);
      for (const [index, name] of names.entries())
        await queue.add(name, rejected[name], { jobId: `hostile-${index}`, attempts: 100 });
      flow.send('ask', { payload: IMAGE });
      assert.equal((await flow.message('ask/result')).payload.verified, true);
      for (const [index, name] of names.entries()) {
        const job = await queue.getJob(`hostile-${index}`);
        assert.match(job?.failedReason ?? '', /^BK_REFUSED/, name);
        assert.equal(job?.attemptsMade, 1, name);
      }
      await queue.close();
      client.disconnect();
    });

    it('does nothing that the worker may not, however the job asks', async () => {
      const at = port('bk7231n');
      const flow = await queueFlow(redis, [
        enqueue({ id: 'erase', operation: 'erase', region: 'app', offset: '' }),
        enqueue({ id: 'boot', bootloader: 'replace' }),
        enqueue({ id: 'large' }),
        enqueue({ id: 'bare' }),
        ...bench('left', at, { allowErase: false, allowNoBackup: false, largestImage: '4K' }),
      ]);
      flow.send('erase');
      flow.send('boot', { payload: IMAGE });
      flow.send('bare', { payload: IMAGE.subarray(0, 4096) });
      flow.send('large', { payload: IMAGE });
      const ask = () =>
        flow.received('caught').filter(({ error }) => error.source.type === 'bk-enqueue');
      await until(() => ask().length === 4, 'all are refused');
      assert.deepEqual(new Set(ask().map(({ error }) => error.code)), new Set(['BK_REFUSED']));
      assert.equal(simulatedChip(at)?.flash.includes(IMAGE.subarray(0, 4096)) ?? false, false);
    });
  });
});
