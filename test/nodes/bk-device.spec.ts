import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import sinon from 'sinon';
import type { DeviceNode } from '../../nodes/shared/device-node';
import { Device } from '../../src';

import ports = require('../../src/transport/schemes/serial-ports');

import { FakeEngine } from '../support/fake-engine';
import { Flow, useNodeRed } from '../support/flow';

const DEVICE = { id: 'device', type: 'bk-device', name: 'bench', port: '/dev/ttyTEST0', idle: 3 };

describe('the device node', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });

  const deviceNode = (flow: Flow) => flow.node('device') as unknown as DeviceNode;

  it('hands one device to all nodes that name it', async () => {
    const node = deviceNode(await Flow.load([DEVICE]));
    assert.equal(node.use(), node.use());
    assert.equal(node.use(), node.use('/dev/ttyTEST0'));
  });

  it('has a device with the same settings for each other port', async () => {
    const node = deviceNode(await Flow.load([DEVICE]));
    const other = node.use('/dev/ttyTEST1');
    assert.notEqual(other, node.use());
    assert.equal(other, node.use('/dev/ttyTEST1'));
    assert.deepEqual(other.settings, { ...node.use().settings, port: '/dev/ttyTEST1' });
    assert.equal(other.settings.idle, 3);
  });

  it('takes the port from the message', async () => {
    const flow = await Flow.load([
      { ...DEVICE, port: '' },
      { id: 'connect', type: 'bk-connect', name: '', device: 'device' },
    ]);
    flow.send('connect', { port: 'sim://bk7238' });
    const { settings, succeed } = await engine.call();
    assert.equal(settings.port, 'sim://bk7238');
    succeed({ chip: 'BK7238' });
    assert.deepEqual((await flow.message('connect/result')).payload, { chip: 'BK7238' });
  });

  it('closes all its devices when it goes, and opens none afterwards', async () => {
    const node = deviceNode(await Flow.load([DEVICE]));
    node.use();
    node.use('/dev/ttyTEST1');
    await helper.unload();
    assert.deepEqual(engine.closed, ['/dev/ttyTEST0', '/dev/ttyTEST1']);
    assert.throws(() => node.use(), { code: 'BK_CANCELLED' });
  });

  it('lets devices go that are not in use, where messages name ever other ports', async () => {
    const node = deviceNode(await Flow.load([DEVICE]));
    const busy = node.use('/dev/ttyBUSY');
    sinon.replaceGetter(busy, 'inUse', () => true);
    const first = node.use();
    for (let number = 0; number < 10_000; number++) node.use(`/dev/ttyOTHER${number}`);
    assert.equal(node.use('/dev/ttyBUSY'), busy);
    assert.notEqual(node.use(), first);
    await helper.unload();
    assert.ok(engine.closed.length <= 33);
    assert.ok(engine.closed.includes('/dev/ttyBUSY'));
  });

  it('goes even if a device cannot be closed', async () => {
    (Device.prototype.close as sinon.SinonStub).rejects(new Error('stuck'));
    deviceNode(await Flow.load([DEVICE])).use();
    await helper.unload();
  });

  it('leaves no timer behind', async () => {
    const timers = sinon.spy(globalThis, 'setTimeout');
    const cleared = sinon.spy(globalThis, 'clearTimeout');
    deviceNode(await Flow.load([DEVICE])).use();
    await helper.unload();
    const guards = timers.returnValues.filter((_, index) => timers.args[index]?.[1] === 14_000);
    assert.equal(guards.length, 1);
    assert.ok(cleared.calledWith(guards[0]));
  });

  describe('lists the ports of its machine', () => {
    it('for the form', async () => {
      const found = [{ path: '/dev/ttyUSB0', label: 'USB serial' }];
      sinon.replace(ports, 'listPorts', sinon.fake.resolves(found) as never);
      await Flow.load([DEVICE]);
      const response = await helper.request().get('/bk72xx/ports').expect(200);
      assert.deepEqual(response.body, found);
    });

    it('or says why it cannot', async () => {
      sinon.replace(ports, 'listPorts', sinon.fake.rejects(new Error('no udev')) as never);
      await Flow.load([DEVICE]);
      const response = await helper.request().get('/bk72xx/ports').expect(500);
      assert.deepEqual(response.body, { message: 'no udev' });
    });
  });
});
