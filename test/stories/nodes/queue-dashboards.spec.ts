import assert from 'node:assert/strict';
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import helper from 'node-red-node-test-helper';
import type { QueueState } from '../../../nodes/flasher/messages';
import { systemClock } from '../../../src';
import { createSimulatedChip } from '../../../src/simulator/simulator';
import { Flow, type FlowNode, useNodeRed } from '../../support/flow';
import { RedisServer } from '../../support/redis';
import { nextSeed } from '../../support/seed';
import { SharedLine } from '../../support/shared-line';
import { forgetSimulatedChips } from '../../support/simulated-chips';
import { until } from '../../support/until';

const CATCH = [
  { id: 'on-error', type: 'catch', name: '', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];

/** What Bull Board and its like do, by the API of BullMQ that they use. */
describe('a queue that somebody works on with a dashboard', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let client: Redis;
  let dashboard: Queue;
  let name = '';
  let made = 0;
  before(async function () {
    redis = await RedisServer.start(this);
  });
  after(() => redis?.end());
  useNodeRed();
  beforeEach(() => {
    name = `queue-${made++}`;
    client = redis.client();
    dashboard = new Queue(name, { connection: client, prefix: 'bk72xx' });
  });
  afterEach(async () => {
    await dashboard.close();
    client.disconnect();
    forgetSimulatedChips();
  });

  const chip = () => `sim://bk7231n?speed=fast&seed=${nextSeed()}`;

  async function load(
    port: string,
    more: { worker?: object; device?: object } = {},
  ): Promise<Flow> {
    return Flow.load([
      {
        id: 'queue',
        type: 'bk-queue',
        name,
        serverPort: redis.port,
        queueName: name,
        lostAfter: 4,
      },
      { id: 'ask', type: 'bk-enqueue', queue: 'queue', operation: 'connect', tries: 1 },
      { id: 'device', type: 'bk-device', name: 'bench', port, idle: 0, ...more.device },
      {
        id: 'worker',
        type: 'bk-worker',
        name: 'bench',
        queue: 'queue',
        device: 'device',
        ...more.worker,
      },
      ...CATCH,
    ] as never as FlowNode[]);
  }

  const jobs = (...states: ('prioritized' | 'wait' | 'failed' | 'completed' | 'delayed')[]) =>
    dashboard.getJobs(states);
  async function job(...states: Parameters<typeof jobs>): Promise<Job> {
    let found: Job[] = [];
    await until(() => {
      void jobs(...states).then((all) => {
        found = all;
      });
      return found.length > 0;
    }, `a job that is ${states}`);
    return found[0] as Job;
  }

  it('shows what a job is and how it went, and nothing that is secret', async () => {
    const flow = await load(chip());
    flow.send('ask', { topic: 'lamp', payload: 'my message' });
    await flow.message('ask/result');
    const done = await job('completed');
    assert.equal(done.name, 'connect');
    assert.deepEqual(Object.keys(done.data).sort(), [
      'operation',
      'owner',
      'settings',
      'share',
      'target',
    ]);
    assert.equal(done.returnvalue.ok, true);
    assert.equal(done.returnvalue.bench, 'bench');
    const { logs } = await dashboard.getJobLogs(String(done.id));
    assert.ok(logs.length > 0, 'it has a log');
    for (const line of logs) assert.match(line, /^\d{4}-[\d-]+T[\d:.]+Z bench: \S/);
    assert.ok(!JSON.stringify([done.toJSON(), logs]).includes('my message'));
  });

  it('begins with nothing while it is paused, and goes on when it is resumed', async () => {
    const flow = await load(chip());
    await dashboard.pause();
    flow.send('ask');
    await job('prioritized', 'wait');
    const state = await seen((look) => look?.isPaused === true);
    assert.equal(state.look?.counts.waiting, 1);
    assert.equal(flow.received('ask/result').length, 0);
    await dashboard.resume();
    await flow.message('ask/result');
  });

  it('does a job once more that failed and is retried, and tells its flow nothing twice', async () => {
    const line = new SharedLine();
    try {
      const port = await line.listen();
      const flow = await load(port, { device: { linkTimeout: 1, reset: 'none' } });
      flow.send('ask');
      const { error } = await flow.message('caught');
      assert.equal(error.code, 'BK_NO_LINK');
      const failed = await job('failed');
      const state = await seen((look) => look?.counts.failed === 1);
      const [shown] = state.look?.jobs ?? [];
      assert.equal(shown?.error?.code, 'BK_NO_LINK');
      assert.ok((shown?.error?.advice.length ?? 0) > 0);

      const lamp = createSimulatedChip(
        { chip: 'bk7231n', speed: 'fast', app: 'silent' },
        systemClock,
      );
      line.wire(lamp);
      const hand = setInterval(() => {
        if (lamp.mode === 'app') lamp.reset();
      }, 300);
      try {
        await failed.retry('failed');
        const done = await job('completed');
        assert.equal(done.id, failed.id);
        assert.equal(done.returnvalue.ok, true);
        assert.equal(done.returnvalue.tries, 2);
      } finally {
        clearInterval(hand);
      }
      assert.equal(flow.received('ask/result').length, 0);
      assert.equal(
        flow.received('caught').filter(({ error: { source } }) => source.id === 'ask').length,
        1,
      );
    } finally {
      await line.close();
    }
  });

  it('does nothing to a chip for a job that was done and is retried', async () => {
    const flow = await load(chip());
    flow.send('ask');
    await flow.message('ask/result');
    const done = await job('completed');
    const { finishedOn, returnvalue } = done;
    await done.retry('completed');
    await until(() => flow.received('worker/result').length > 1, 'that it is over once more');
    const again = await job('completed');
    assert.deepEqual(again.returnvalue, returnvalue);
    assert.ok((again.finishedOn ?? 0) >= (finishedOn ?? 0));
    assert.equal(flow.received('ask/result').length, 1);
  });

  it('does the copy of a job and one that is promoted, of which no flow is told', async () => {
    const flow = await load(chip());
    flow.send('ask');
    await flow.message('ask/result');
    const { data } = await job('completed');
    const progress = flow.received('ask/progress').length;
    await dashboard.add('connect', data, { delay: 3_600_000 });
    const later = await job('delayed');
    await later.promote();
    await flow.message('worker/result', 1);
    await dashboard.add('connect', data);
    await flow.message('worker/result', 2);
    assert.equal(flow.received('ask/result').length, 1);
    assert.equal(flow.received('ask/progress').length, progress);
  });

  it('tells those who wait for jobs that were removed, cleaned or thrown away with all of the queue', async () => {
    const flow = await load(chip());
    const models = new Queue(`${name}-BK7231T`, { connection: client, prefix: 'bk72xx' });
    try {
      for (const queue of [dashboard, models]) await queue.pause();
      for (const topic of ['removed', 'cleaned']) flow.send('ask', { topic });
      flow.send('ask', { topic: 'obliterated', target: 'BK7231T' });
      await until(() => flow.node('ask').status.called, 'a badge');
      await seen((look) => look?.counts.waiting === 3);
      const [first] = await jobs('prioritized', 'wait');
      await first?.remove();
      await dashboard.clean(0, 100, 'prioritized');
      await models.obliterate({ force: true });
      // Whether its jobs are still there the node asks every twenty seconds.
      const told = () => flow.received('caught').length;
      for (let turn = 0; turn < 3 && told() < 3; turn++)
        await until(() => told() === 3, 'three ends').catch(() => {});
      const errors = flow.received('caught').map(({ error }) => error.code);
      assert.deepEqual(errors, ['BK_QUEUE', 'BK_QUEUE', 'BK_QUEUE']);
      await dashboard.resume();
      flow.send('ask');
      await flow.message('ask/result');
    } finally {
      await models.close();
    }
  });

  it('ends the job under way, and tells its flow so, when all of the queue is thrown away meanwhile', async () => {
    const flow = await load(`sim://bk7231n?seed=${nextSeed()}`);
    flow.send('ask');
    await until(() => flow.received('worker/progress').length > 0, 'that it is begun');
    await dashboard.obliterate({ force: true });
    const { bk } = await flow.message('ask/result');
    assert.equal(bk.queue.bench, 'bench');
    flow.send('ask');
    await flow.message('ask/result', 1);
  });

  it('is served in the sidebar: a waiting job is taken back, and one that failed waits again', async () => {
    const flow = await load(chip(), { worker: { allowRead: false } });
    await dashboard.pause();
    flow.send('ask');
    const waiting = await job('prioritized', 'wait');
    const path = `/bk72xx/queues/queue/jobs/${waiting.id}`;
    await helper.request().delete(path).expect(204);
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_CANCELLED');
    const { body } = await helper.request().delete(path).expect(400);
    assert.equal(body.code, 'BK_QUEUE');
    await helper.request().post(`${path}/retry`).send({}).expect(400);
    await helper.request().delete('/bk72xx/queues/none/jobs/1').expect(404);
  });

  it('shows little of what somebody else has put there, however much that is', async () => {
    const flow = await load(chip(), { worker: { allowRead: false } });
    await dashboard.pause();
    const long = 'x'.repeat(100_000);
    const notice = {
      id: 'evil',
      name: long,
      computer: { a: 1 },
      state: 'idle',
      chip: [long],
      job: 7,
    };
    await client.sadd(`bk72xx:${name}:bk:benches`, 'evil');
    await client.set(`bk72xx:${name}:bk:bench:evil`, JSON.stringify(notice));
    const added = await dashboard.add(long, { target: long, __proto__: { evil: true } });
    await added.updateProgress({ phase: long, code: long, params: { a: null, b: [null] } });
    const state = await seen((look) => look?.counts.waiting === 1 && look.benches.length === 2);
    const shown = state.look?.benches.find(({ id }) => id === 'evil');
    assert.deepEqual([shown?.computer, shown?.chip, shown?.job], ['', null, null]);
    assert.ok(JSON.stringify(state).length < 4000, `${JSON.stringify(state).length} letters`);
    await dashboard.resume();
    await until(() => flow.received('caught').length > 0, 'that it is refused');
    const failed = await seen((look) => look?.counts.failed === 1);
    assert.equal(failed.look?.jobs[0]?.error?.code, 'BK_REFUSED');
  });

  /** How the sidebar sees the queue, once it sees it so. */
  async function seen(isSo: (look: QueueState['look']) => boolean): Promise<QueueState> {
    let state: QueueState | undefined;
    await until(() => {
      void helper
        .request()
        .get('/bk72xx/queues')
        .then(({ body }) => {
          state = body[0];
        });
      return state !== undefined && isSo(state.look);
    }, 'the queue in the sidebar').catch((cause) => {
      throw new Error(JSON.stringify(state), { cause });
    });
    return state as unknown as QueueState;
  }
});
