import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { endQuietly } from '../../nodes/shared/cancelling';
import { FakeEngine } from '../support/fake-engine';
import { Flow, type FlowNode, useNodeRed } from '../support/flow';
import { madeUpDump } from '../support/images';
import { settled } from '../support/until';

const DEVICE: FlowNode = { id: 'device', type: 'bk-device', name: '', port: '/dev/ttyTEST0' };
const READ: FlowNode = { id: 'node', type: 'bk-read', name: '', device: 'device' };
const INSPECT: FlowNode = { id: 'node', type: 'bk-inspect', name: '' };
const LISTENERS = [
  { id: 'on-error', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
  { id: 'complete', type: 'complete', scope: ['node'], uncaught: false, wires: [['over']] },
  { id: 'over', type: 'helper' },
] as never as FlowNode[];
const WARNING = 30;
const AGAIN = 'cancelled by a deploy: send the same message again';

const LOG = () =>
  helper
    .log()
    .getCalls()
    .map(({ args: [{ level, id, msg }] }) => ({ level, id, msg }))
    .filter(({ level, id }) => level === WARNING && id === 'node')
    .map(({ msg }) => String(msg));

describe('a message that cancels', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });

  for (const cancel of [true, 'true', ' TRUE ', 1, '1']) {
    it(`may say so by ${JSON.stringify(cancel)}`, async () => {
      const flow = await Flow.load([DEVICE, READ, ...LISTENERS]);
      flow.send('node', { topic: 'job' });
      await engine.call();
      flow.send('node', { topic: 'stop', cancel });
      const { topic, error } = await flow.message('caught');
      assert.deepEqual([topic, error.code], ['job', 'BK_CANCELLED']);
      await settled();
      assert.equal(engine.calls.length, 1);
    });

    it(`may say so to bk-inspect by ${JSON.stringify(cancel)}`, async () => {
      const flow = await Flow.load([INSPECT, ...LISTENERS]);
      flow.send('node', { topic: 'job', payload: madeUpDump() });
      flow.send('node', { topic: 'stop', cancel, payload: madeUpDump() });
      const { topic, error } = await flow.message('caught');
      assert.deepEqual([topic, error.code], ['job', 'BK_CANCELLED']);
      await settled();
      assert.deepEqual(flow.received('node/result'), []);
    });
  }

  for (const cancel of ['stop', 'false', '', 0, 2, {}, []]) {
    for (const node of [READ, INSPECT]) {
      it(`is refused by ${node.type} where it says ${JSON.stringify(cancel)}`, async () => {
        const flow = await Flow.load([DEVICE, node, ...LISTENERS]);
        flow.send('node', { cancel, payload: madeUpDump() });
        const { error } = await flow.message('caught');
        assert.equal(error.code, 'BK_BAD_SETTING');
        assert.match(error.message, /"cancel" is .*true or false; the job was not begun/);
        await settled();
        assert.equal(engine.calls.length, 0);
        assert.deepEqual(flow.received('node/result'), []);
      });
    }
  }

  for (const cancel of [false, null, undefined]) {
    it(`does not where it says ${cancel}`, async () => {
      const flow = await Flow.load([DEVICE, READ]);
      flow.send('node', { cancel });
      await engine.call();
    });
  }

  for (const node of [READ, INSPECT]) {
    it(`fires neither Complete nor Catch nodes, with nothing to cancel in ${node.type}`, async () => {
      const flow = await Flow.load([DEVICE, node, ...LISTENERS]);
      flow.send('node', { cancel: true });
      await settled();
      assert.deepEqual(flow.received('over'), []);
      assert.deepEqual(flow.received('caught'), []);
    });
  }

  it('is over for those who follow messages through the runtime', () => {
    const told: unknown[] = [];
    const node = { id: 'node', metric: (event: string) => told.push(event) };
    const hooks = { trigger: (name: string, event: object) => told.push(name, event) };
    const msg = { _msgid: 'abc' };
    endQuietly({ hooks } as never, node as never, msg);
    assert.deepEqual(told, ['done', 'onComplete', { msg, node: { id: 'node', node } }]);
  });
});

describe('a deploy', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });

  it('says in the log and on the badge that it has cancelled a job, until the next message', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('node');
    (await engine.call()).report({ percent: 10 });
    const old = flow.node('node');
    await redeploy({ ...READ, offset: '4K' });
    assert.deepEqual(lastBadgeOf(old), { fill: 'grey', shape: 'ring', text: AGAIN });
    assert.equal(LOG().length, 1);
    assert.match(LOG()[0] ?? '', /cancelled the job of this node.*send the same message again/);
    // The new node has shown nothing yet, and so the editor has the old one's badge.
    assert.deepEqual(flow.badges('node'), []);
    flow.send('node');
    await engine.call(1);
    await settled();
    assert.deepEqual(flow.texts('node'), ['waiting for the port']);
  });

  it('says of how many jobs', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('node');
    flow.send('node');
    await engine.call(1);
    await redeploy({ ...READ, offset: '4K' });
    assert.match(LOG().join(), /cancelled the 2 jobs of this node.*send the same messages again/);
  });

  it('asks nobody to send a message to a node that it has removed', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('node');
    (await engine.call()).report({ percent: 10 });
    const old = flow.node('node');
    await redeploy();
    assert.deepEqual(lastBadgeOf(old), {});
    assert.match(LOG().join(), /job of this node was cancelled, as a deploy has removed the node/);
    assert.doesNotMatch(LOG().join(), /again/);
  });

  it('says nothing where no job was cancelled', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('node');
    (await engine.call()).succeed(Buffer.alloc(0));
    await flow.message('node/result');
    const old = flow.node('node');
    await redeploy({ ...READ, offset: '4K' });
    assert.deepEqual(lastBadgeOf(old), {});
    assert.deepEqual(LOG(), []);
  });

  async function redeploy(...nodes: FlowNode[]): Promise<void> {
    await helper.setFlows(Flow.complete([DEVICE, ...nodes]) as never, 'nodes');
  }
});

function lastBadgeOf(node: ReturnType<Flow['node']>): unknown {
  return node.status
    .getCalls()
    .filter(({ thisValue }) => thisValue === node)
    .at(-1)?.args[0];
}
