import { Flow, type FlowNode } from './flow';
import { between, randomFrom } from './random';
import type { RedisServer } from './redis';

const CATCH = [
  { id: 'on-error', type: 'catch', name: '', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];

/** A flow with a queue on a server, whatever puts jobs in, and benches. */
export function queueFlow(
  redis: RedisServer,
  nodes: FlowNode[],
  queue: object = {},
  credentials: object = {},
): Promise<Flow> {
  const config = { id: 'queue', type: 'bk-queue', name: '', serverPort: redis.port, lostAfter: 4 };
  return Flow.load([{ ...config, ...queue }, ...nodes, ...CATCH], credentials);
}

/** A node that puts jobs in: `ask` unless it is named otherwise. */
export function enqueue(settings: object = {}): FlowNode {
  const usual = { operation: 'write', offset: '0x11000', backup: 'never' };
  return { id: 'ask', type: 'bk-enqueue', name: '', queue: 'queue', ...usual, ...settings };
}

/** A worker at a device of its own; it may erase, and change flash without a backup. */
export function bench(
  id: string,
  port: string,
  settings: object = {},
  line: object = {},
): FlowNode[] {
  const may = { allowErase: true, allowNoBackup: true };
  const device = `${id}-device`;
  return [
    { id: device, type: 'bk-device', name: id, port, idle: 0, linkTimeout: 2, ...line },
    { id, type: 'bk-worker', name: id, queue: 'queue', device, ...may, ...settings },
  ];
}

/** Bytes that are no text and nothing known. */
export function someImage(length: number, seed = 7): Buffer {
  const random = randomFrom(seed);
  return Buffer.from(Array.from({ length }, () => between(random, 0, 255)));
}
