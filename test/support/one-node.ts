import assert from 'node:assert/strict';
import type { Call, FakeEngine } from './fake-engine';
import { Flow, type FlowNode, type Message } from './flow';

/** What a message came to that no job was begun for. */
export interface Refusal {
  code: string;
  message: string;
  cause: { advice: string[]; text: { code: string } };
  badge: string | undefined;
}

const DEVICE = { id: 'device', type: 'bk-device', name: '', port: '/dev/ttyTEST0' };
const CATCH = [
  { id: 'on-error', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];

/** What one node with these settings asks of the engine for one message. */
export async function askedOfEngine(
  engine: FakeEngine,
  type: string,
  settings: object,
  msg: Message = {},
  device: object = {},
): Promise<Call> {
  const flow = await loadOne(type, settings, device);
  flow.send('node', msg);
  return engine.call();
}

/** The error with which one node with these settings ends a message, before the engine is asked. */
export async function refusedBy(
  engine: FakeEngine,
  type: string,
  settings: object,
  msg: Message = {},
  device: object = {},
): Promise<Refusal> {
  const flow = await loadOne(type, settings, device);
  flow.send('node', msg);
  const { error } = await flow.message('caught');
  assert.equal(engine.calls.length, 0);
  assert.deepEqual(flow.received('node/result'), []);
  return { ...error, badge: flow.texts('node').at(-1) };
}

function loadOne(type: string, settings: object, device: object): Promise<Flow> {
  const node = { id: 'node', type, name: '', device: 'device', ...settings };
  return Flow.load([{ ...DEVICE, ...device }, node, ...CATCH]);
}
