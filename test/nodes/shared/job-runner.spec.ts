import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import sinon from 'sinon';
import { BkError, Device, systemClock } from '../../../src';
import { type Likely, likelyCause } from '../../../src/errors';
import { verbatim } from '../../../src/texts/note';
import { aProgress, FakeEngine, someFacts } from '../../support/fake-engine';
import { Flow, type FlowNode, useNodeRed } from '../../support/flow';
import { settled, until } from '../../support/until';

const DEVICE: FlowNode = { id: 'device', type: 'bk-device', name: '', port: '/dev/ttyTEST0' };
const READ: FlowNode = { id: 'read', type: 'bk-read', name: '', device: 'device' };
const CATCH = [
  { id: 'on-error', type: 'catch', name: '', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];
const COMPLETE: FlowNode[] = [
  {
    id: 'complete',
    type: 'complete',
    name: '',
    scope: ['read'],
    uncaught: false,
    wires: [['over']],
  },
  { id: 'over', type: 'helper' },
];

describe('a job', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });

  it('sends its result in the message that started it', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('read', { _msgid: 'abc', topic: 'night', parts: { id: 1 }, payload: 'before' });
    const payload = Buffer.from([1, 2]);
    (await engine.call()).succeed(payload, { baud: 115_200 });
    const msg = await flow.message('read/result');
    assert.ok(Buffer.isBuffer(msg.payload));
    assert.deepEqual(
      { ...msg, payload: [...msg.payload] },
      {
        _msgid: 'abc',
        topic: 'night',
        parts: { id: 1 },
        payload: [1, 2],
        bk: someFacts({ baud: 115_200 }),
      },
    );
    assert.deepEqual(flow.received('read/progress'), []);
  });

  it('reports its progress in messages of their own', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('read', { _msgid: 'abc', secret: 'stays here' });
    const job = await engine.call();
    job.report({ done: 1024, percent: 25, bytesPerSecond: 10_000, etaSeconds: 0.3, address: 1024 });
    const { _msgid, ...msg } = await flow.message('read/progress');
    assert.notEqual(_msgid, undefined);
    assert.deepEqual(msg, {
      topic: 'progress',
      payload: {
        operation: 'read',
        phase: 'read',
        done: 1024,
        total: 4096,
        percent: 25,
        bytesPerSecond: 10_000,
        etaSeconds: 0.3,
        address: 1024,
        message: 'Reading.',
        code: 'job.reading',
        params: {},
      },
    });
    job.succeed(Buffer.alloc(0));
    await flow.message('read/result');
  });

  it('reports five times a second, and the first and last of each phase before its result', async () => {
    let now = 0;
    sinon.stub(systemClock, 'now').callsFake(() => now);
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('read');
    const job = await engine.call();
    for (const phase of ['identify', 'read'] as const)
      for (let done = 0; done <= 100; done++, now += 10) job.report({ phase, done, percent: done });
    const order: string[] = [];
    for (const output of ['progress', 'result'])
      helper.getNode(`read/${output}`).on('input', () => order.push(output));
    job.succeed(Buffer.alloc(0));
    await flow.message('read/result');
    const seen = flow.received('read/progress').map(({ payload }) => payload);
    for (const phase of ['identify', 'read']) {
      const percents = seen.filter((one) => one.phase === phase).map((one) => one.percent);
      assert.deepEqual(percents, [0, 20, 40, 60, 80, 100]);
    }
    assert.equal(order.at(-1), 'result');
    const badges = flow.texts('read');
    assert.ok(badges.includes('reading 40 %') && badges.length <= 13, badges.join());
  });

  it('shows on its badge what it does and what it has done', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('read');
    const job = await engine.call();
    job.report({ phase: 'link', total: 0, waitsForPerson: true });
    job.report({ percent: 42, bytesPerSecond: 88_000 });
    job.succeed(Buffer.alloc(0));
    await flow.message('read/result');
    assert.deepEqual(flow.texts('read').slice(-3), [
      'reset the chip now',
      'reading 42 % 88 kB/s',
      'read 2 MiB in 24 s',
    ]);
  });

  it('says that it waits for its turn', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('read');
    const job = await engine.call();
    await settled();
    assert.deepEqual(flow.texts('read'), ['waiting for the port']);
    job.report({});
    await settled();
    assert.deepEqual(flow.texts('read').at(-1), 'reading 0 %');
    job.succeed(Buffer.alloc(0));
    await flow.message('read/result');
  });

  it('gives Catch nodes the code and the whole cause', async () => {
    const flow = await Flow.load([DEVICE, READ, ...CATCH]);
    flow.send('read', { topic: 'night' });
    const details = {
      phase: 'read' as const,
      address: 0x11000,
      attempts: 3,
      likely: [
        { cause: verbatim('brown-out'), confidence: 0.7, evidence: verbatim('It rebooted.') },
      ],
      advice: [verbatim('Use a stronger supply.')],
      reason: new Error('EIO'),
    };
    (await engine.call()).fail(
      new BkError('BK_LINK_LOST', verbatim('The link broke at 0x11000.'), details),
    );
    const msg = await flow.message('caught');
    assert.equal(msg.topic, 'night');
    assert.equal(msg.error.code, 'BK_LINK_LOST');
    assert.equal(msg.error.message, 'BkError: The link broke at 0x11000.');
    assert.equal(msg.error.source.id, 'read');
    const text = { code: 'common.verbatim', params: { text: 'The link broke at 0x11000.' } };
    const { code, params, evidenceCode } = likelyCause(details.likely[0] as Likely);
    assert.deepEqual(msg.error.cause, {
      code: 'BK_LINK_LOST',
      phase: 'read',
      address: 0x11000,
      attempts: 3,
      likely: [
        {
          cause: 'brown-out',
          confidence: 0.7,
          evidence: 'It rebooted.',
          code,
          params,
          evidenceCode,
        },
      ],
      advice: ['Use a stronger supply.'],
      reason: 'EIO',
      state: null,
      text,
      adviceCodes: [{ code: 'common.verbatim', params: { text: 'Use a stronger supply.' } }],
    });
    assert.deepEqual(flow.received('read/result'), []);
    assert.deepEqual(flow.badges('read').at(-1), { fill: 'red', shape: 'ring', text: 'link lost' });
  });

  for (const [what, thrown, code] of [
    ['a mistake', new TypeError('x is not a function'), 'BK_INTERNAL'],
    ['a full disk', Object.assign(new Error('no space'), { code: 'ENOSPC' }), 'BK_STORAGE'],
    ['anything', 'just text', 'BK_INTERNAL'],
  ] as const) {
    it(`gives Catch nodes a code for ${what}, too`, async () => {
      const flow = await Flow.load([DEVICE, READ, ...CATCH]);
      flow.send('read');
      (await engine.call()).fail(thrown);
      const { error } = await flow.message('caught');
      assert.equal(error.code, code);
      assert.equal(error.cause.reason, thrown instanceof Error ? thrown.message : thrown);
    });
  }

  it('survives an engine that throws at once', async () => {
    sinon.restore();
    sinon.stub(Device.prototype, 'read').throws(new Error('at once'));
    const flow = await Flow.load([DEVICE, READ, ...CATCH]);
    flow.send('read');
    assert.match((await flow.message('caught')).error.message, /at once/);
  });

  it('completes only when it succeeds', async () => {
    const flow = await Flow.load([DEVICE, READ, ...CATCH, ...COMPLETE]);
    flow.send('read', { topic: 'bad' });
    (await engine.call(0)).fail(new BkError('BK_NO_LINK', verbatim('No link.')));
    await flow.message('caught');
    flow.send('read', { topic: 'good' });
    (await engine.call(1)).succeed(Buffer.alloc(0));
    await flow.message('over');
    await settled();
    assert.deepEqual(
      flow.received('over').map(({ topic }) => topic),
      ['good'],
    );
  });

  it('is cancelled, running or queued, by a message that does nothing else', async () => {
    const flow = await Flow.load([DEVICE, READ, ...CATCH, ...COMPLETE]);
    flow.send('read', { topic: 'first' });
    flow.send('read', { topic: 'second' });
    (await engine.call(0)).report({});
    await engine.call(1);
    flow.send('read', { topic: 'stop', cancel: true });
    await flow.message('caught', 1);
    assert.deepEqual(
      flow.received('caught').map(({ topic, error }) => [topic, error.code]),
      [
        ['first', 'BK_CANCELLED'],
        ['second', 'BK_CANCELLED'],
      ],
    );
    await settled();
    assert.deepEqual(flow.received('over'), []);
    assert.equal(engine.calls.length, 2);
    assert.deepEqual(flow.received('read/result'), []);
    assert.deepEqual(flow.badges('read').at(-1), {
      fill: 'grey',
      shape: 'ring',
      text: 'cancelled',
    });
    flow.send('read', { cancel: false });
    await engine.call(2);
  });

  it('is cancelled without touching the jobs of other nodes', async () => {
    const flow = await Flow.load([DEVICE, READ, { ...READ, id: 'other' }, ...CATCH]);
    flow.send('read');
    flow.send('other');
    await engine.call(1);
    flow.send('other', { cancel: true });
    assert.equal((await flow.message('caught')).error.source.id, 'other');
    assert.deepEqual(
      engine.calls.map(({ control }) => control.signal?.aborted),
      [false, true],
    );
  });

  describe('when its node goes', () => {
    it('ends at its safe point, and only then the node is gone', async () => {
      engine.endsWhenCancelled = false;
      const flow = await Flow.load([DEVICE, READ]);
      flow.send('read');
      const job = await engine.call();
      job.report({ percent: 10 });
      let isUnloaded = false;
      const unloaded = helper.unload().then(() => {
        isUnloaded = true;
      });
      await until(() => job.control.signal?.aborted === true, 'the job is cancelled');
      await settled();
      assert.equal(isUnloaded, false);
      job.report(aProgress({ percent: 11 }));
      job.fail(new BkError('BK_CANCELLED', verbatim('Cancelled.')));
      await unloaded;
    });

    it('is cancelled by a deploy, after which the node works on', async () => {
      const flow = await Flow.load([DEVICE, READ]);
      flow.send('read');
      const first = await engine.call();
      const changed = Flow.complete([DEVICE, { ...READ, offset: '4K' }]);
      await helper.setFlows(changed as never, 'nodes');
      assert.equal(first.control.signal?.aborted, true);
      flow.listen();
      flow.send('read');
      const second = await engine.call(1);
      assert.equal(second.options.offset, 4096);
      assert.equal(second.control.signal?.aborted, false);
      second.succeed(Buffer.alloc(0));
      await until(() => flow.received('read/result').length > 0, 'a result');
    });

    it('does not hold Node-RED up for longer than it waits', async () => {
      engine.endsWhenCancelled = false;
      const timers: { callback: () => void; ms: number }[] = [];
      const cleared: unknown[] = [];
      sinon.stub(systemClock, 'setTimeout').callsFake((callback, ms) => {
        timers.push({ callback, ms });
        return timers.length;
      });
      sinon.stub(systemClock, 'clearTimeout').callsFake((timer) => cleared.push(timer));
      const flow = await Flow.load([DEVICE, READ]);
      flow.send('read');
      await engine.call();
      const unloaded = helper.unload();
      await until(() => timers.length === 2, 'both nodes set their limit');
      for (const { callback, ms } of timers) {
        assert.ok(ms < 15_000);
        callback();
      }
      await unloaded;
      assert.deepEqual(new Set(cleared), new Set([1, 2]));
    });
  });
});
