import assert from 'node:assert/strict';
import { Example } from '../../support/example';
import { type FlowNode, useNodeRed } from '../../support/flow';
import { queueFlow } from '../../support/queue-flow';
import { RedisServer } from '../../support/redis';
import { forgetSimulatedChips } from '../../support/simulated-chips';

describe('the example of many benches and one queue', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  before(async function () {
    redis = await RedisServer.start(this);
  });
  after(() => redis?.end());
  afterEach(() => forgetSimulatedChips());
  useNodeRed();

  it('has its twelve jobs done by two benches, each told once', async () => {
    const example = new Example('11 Many benches, one queue');
    const ours = example.nodes
      .filter(({ type }) => type.startsWith('bk-') && type !== 'bk-queue')
      .map(({ z: _, g: __, wires: ___, ...node }) => ({ ...node, queue: 'queue' }) as FlowNode);
    const flow = await queueFlow(redis, ours);
    const { id } = example.named('Enqueue');
    const [jobs] = new Function('msg', String(example.named('an image each').func))({});
    for (const job of jobs) flow.send(id, job);
    await flow.message(`${id}/result`, 11);
    const results = flow.received(`${id}/result`);
    assert.deepEqual(new Set(results.map(({ number }) => number)).size, 12);
    const say = new Function('msg', String(example.named('who did it').func));
    const told = results.map((msg) => say({ ...msg }).payload);
    for (const line of told)
      assert.match(line, /^job \d+ was done at (left|right) bench, verified: true, tries: 1$/);
    assert.deepEqual(flow.received('caught'), []);
  });
});
