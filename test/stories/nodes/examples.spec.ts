import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import sinon from 'sinon';
import { systemClock } from '../../../src';
import { PreciseClock } from '../../../src/simulator/simulator';
import { Flow, type FlowNode, type Message, useNodeRed } from '../../support/flow';
import { readText } from '../../support/project';
import { VirtualClock } from '../../support/virtual-clock';

const EXAMPLE = 'examples/5 Tuya to OpenBeken.json';

describe('the example that converts a device', function () {
  this.timeout(60_000);
  useNodeRed();
  const all: FlowNode[] = JSON.parse(readText(EXAMPLE));
  /** The nodes of this package; what Node-RED brings is played by the test. */
  const ours = all
    .filter(({ type }) => type.startsWith('bk-'))
    .map(({ z: _, wires: __, ...node }) => node as FlowNode);
  const named = (name: string): FlowNode => {
    const node = all.find((one) => one.name === name);
    assert.ok(node, name);
    return node;
  };
  const made = (name: string): Message =>
    new Function('msg', 'crypto', String(named(name).func))({}, crypto);

  beforeEach(() => {
    const clock = new VirtualClock();
    for (const method of ['now', 'date', 'setTimeout', 'clearTimeout'] as const)
      sinon.stub(systemClock, method).callsFake(clock[method].bind(clock) as never);
    for (const method of ['setTimeout', 'clearTimeout'] as const)
      sinon.stub(PreciseClock.prototype, method).callsFake(clock[method].bind(clock) as never);
  });

  it('makes a simulated plug, converts it, and finds the pins that the plug had', async () => {
    const flow = await Flow.load(ours);
    const [make, convert, read, look] = [
      named('to 0x1ee000').id,
      named('Convert').id,
      named('Read all').id,
      named('Inspect').id,
    ];
    flow.send(make, made('a made-up storage'));
    assert.equal((await flow.message(`${make}/result`)).payload.verified, true);

    flow.send(convert, made('firmware and settings'));
    const { payload } = await flow.message(`${convert}/result`);
    assert.equal(payload.verified, true);
    assert.deepEqual(payload.openbeken.pins, {
      8: { role: 'WifiLED_n', channel: 0 },
      10: { role: 'Btn', channel: 1 },
      26: { role: 'Rel', channel: 1 },
    });

    flow.send(read);
    const { payload: bytes } = await flow.message(`${read}/result`);
    flow.send(look, { payload: bytes });
    const { payload: seen } = await flow.message(`${look}/result`);
    assert.equal(seen.openbeken.name, 'Plug in the hall');
    assert.deepEqual(seen.openbeken.pins, payload.openbeken.pins);
  });
});
