import assert from 'node:assert/strict';
import { Flow, type FlowNode, useNodeRed } from '../../support/flow';
import { randomFrom } from '../../support/random';
import { RedisServer } from '../../support/redis';
import { nextSeed } from '../../support/seed';
import { forgetSimulatedChips, simulatedChip } from '../../support/simulated-chips';

const CATCH = [
  { id: 'on-error', type: 'catch', name: '', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];

function someBytes(length: number, seed = 7): Buffer {
  const random = randomFrom(seed);
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

describe('a queue that benches share', function () {
  this.timeout(30_000);
  let redis: RedisServer;
  before(async function () {
    redis = await RedisServer.start(this);
  });
  after(() => redis?.end());
  afterEach(() => forgetSimulatedChips());
  useNodeRed();

  const queue = (more: object = {}): FlowNode => ({
    id: 'queue',
    type: 'bk-queue',
    name: '',
    serverPort: redis.port,
    lostAfter: 4,
    ...more,
  });
  const port = (chip: string) => `sim://${chip}?speed=fast&seed=${nextSeed()}`;
  const bench = (id: string, at: string, more: object = {}): FlowNode[] => [
    { id: `${id}-device`, type: 'bk-device', name: id, port: at, idle: 0 },
    {
      id,
      type: 'bk-worker',
      name: id,
      queue: 'queue',
      device: `${id}-device`,
      allowErase: true,
      allowNoBackup: true,
      ...more,
    },
  ];

  it('does what was put in at a bench, and tells progress and result as the other nodes do', async () => {
    const at = port('bk7231n');
    const enqueue = {
      id: 'ask',
      type: 'bk-enqueue',
      name: '',
      queue: 'queue',
      operation: 'write',
      offset: '0x11000',
      backup: 'never',
    };
    const flow = await Flow.load([queue(), enqueue, ...bench('left', at), ...CATCH]);
    const image = someBytes(8192);
    flow.send('ask', { topic: 'lamp', payload: image });
    const { topic, payload, bk } = await flow.message('ask/result');
    assert.equal(topic, 'lamp');
    assert.equal(payload.verified, true);
    assert.equal(bk.queue.bench, 'left');
    assert.deepEqual(simulatedChip(at)?.flash.subarray(0x11000, 0x13000), image);
  });
});
