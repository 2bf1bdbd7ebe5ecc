import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import sinon from 'sinon';
import { type DescribedPort, processEnvironment } from '../../src';
import { AdapterWatch } from '../../src/ports/adapter-watch';
import { Flow, type FlowNode, useNodeRed } from '../support/flow';
import { until } from '../support/until';
import { VirtualClock } from '../support/virtual-clock';

const CATCH = [
  { id: 'on-error', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];

const CH340: DescribedPort = {
  path: '/dev/ttyUSB0',
  label: 'ttyUSB0',
  device: '/dev/ttyUSB0',
  port: '/dev/serial/by-path/pci-usb-0:2:1.0-port0',
  location: '/dev/serial/by-path/pci-usb-0:2:1.0-port0',
  usb: 'usb:1a86:7523',
  vendorId: '1a86',
  productId: '7523',
  plugged: '1-1',
  product: 'USB Serial',
};
const FTDI: DescribedPort = {
  path: '/dev/serial/by-id/usb-FTDI_FT3X7QAB-if00-port0',
  byId: '/dev/serial/by-id/usb-FTDI_FT3X7QAB-if00-port0',
  label: 'usb-FTDI_FT3X7QAB-if00-port0 (ttyUSB1)',
  device: '/dev/ttyUSB1',
  port: 'usb:0403:6001:FT3X7QAB',
  usb: 'usb:0403:6001:FT3X7QAB',
  vendorId: '0403',
  productId: '6001',
  serialNumber: 'FT3X7QAB',
  manufacturer: 'FTDI',
  product: 'FT232R USB UART',
  unit: '0',
  plugged: '1-2',
};

describe('bk-port', () => {
  useNodeRed();
  const world = { ports: [] as DescribedPort[], clock: new VirtualClock() };
  let adapters: AdapterWatch;

  beforeEach(() => {
    world.ports = [];
    world.clock = new VirtualClock();
    adapters = new AdapterWatch(world.clock, {
      list: async () => world.ports,
      sign: async () => JSON.stringify(world.ports),
    });
    sinon.replace(processEnvironment, 'adapters', adapters);
  });

  async function load(...settings: object[]): Promise<Flow> {
    const flow = await Flow.load([
      ...settings.map((own, index) => ({ id: `node${index || ''}`, type: 'bk-port', ...own })),
      ...CATCH,
    ]);
    // What is there by then was there when the flow started.
    await now(world.ports, 0);
    return flow;
  }

  /** From now on these are plugged in, and so much time passes. */
  async function now(ports: DescribedPort[], ms = 2500): Promise<void> {
    world.ports = ports;
    await world.clock.advance(ms);
    // Node-RED hands messages on later.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }

  const told = (flow: Flow, id = 'node') =>
    flow.received(`${id}/result`).map(({ topic, port }) => `${topic} ${port}`);

  it('sends a message for each adapter that appears, all of it plain data', async () => {
    world.ports = [CH340];
    const flow = await load({});
    assert.deepEqual(told(flow), []);
    await now([CH340, FTDI]);
    const { _msgid, ...msg } = flow.received('node/result')[0];
    assert.equal(typeof _msgid, 'string');
    assert.deepEqual(msg, {
      topic: 'appeared',
      port: 'usb:0403:6001:FT3X7QAB',
      payload: {
        source: 'adapters',
        port: 'usb:0403:6001:FT3X7QAB',
        path: FTDI.path,
        device: '/dev/ttyUSB1',
        byId: FTDI.path,
        location: null,
        usb: 'usb:0403:6001:FT3X7QAB',
        vendorId: '0403',
        productId: '6001',
        serialNumber: 'FT3X7QAB',
        unit: '0',
        manufacturer: 'FTDI',
        product: 'FT232R USB UART',
        label: FTDI.label,
        alreadyThere: false,
      },
    });
    await now([]);
    assert.equal(flow.received('node/result').length, 1);
    assert.deepEqual(flow.received('node/progress'), []);
    assert.deepEqual(flow.texts('node'), [
      '0 here',
      '1 here',
      '2 here, new: ttyUSB1',
      '1 here, gone: ttyUSB0',
      '0 here, gone: ttyUSB1',
    ]);
    assert.deepEqual(flow.badges('node').at(-1), {
      fill: 'grey',
      shape: 'ring',
      text: '0 here, gone: ttyUSB1',
    });
  });

  it('tells of those that go, and of both, as it is set', async () => {
    const flow = await load({ tellOf: 'gone' }, { tellOf: 'both' });
    await now([FTDI]);
    await now([]);
    assert.deepEqual(told(flow), ['gone usb:0403:6001:FT3X7QAB']);
    assert.deepEqual(told(flow, 'node1'), [
      'appeared usb:0403:6001:FT3X7QAB',
      'gone usb:0403:6001:FT3X7QAB',
    ]);
    assert.equal(flow.received('node/result')[0].payload.alreadyThere, undefined);
  });

  it('tells of those that are there when the flow starts only where it is set', async () => {
    world.ports = [CH340, FTDI];
    const flow = await load({ alreadyThere: true }, {});
    await until(() => told(flow).length === 2, 'both are told of');
    assert.equal(flow.received('node/result')[0].payload.alreadyThere, true);
    await now(world.ports);
    assert.deepEqual(told(flow, 'node1'), []);
    assert.equal(flow.texts('node1').at(-1), '2 here');
  });

  it('lets an adapter settle for as long as it is set', async () => {
    const flow = await load({ settle: '5' }, { settle: 0 });
    await now([], 0);
    await now([FTDI], 1100);
    assert.deepEqual([told(flow).length, told(flow, 'node1').length], [0, 1]);
    await now([FTDI], 5000);
    assert.equal(told(flow).length, 1);
  });

  for (const [filter, passing] of [
    ['', ['/dev/ttyUSB0', '/dev/ttyUSB1']],
    ['1a86:7523', ['/dev/ttyUSB0']],
    ['1A86', ['/dev/ttyUSB0']],
    ['ft3x7', ['/dev/ttyUSB1']],
    ['usb serial', ['/dev/ttyUSB0', '/dev/ttyUSB1']],
    ['ftdi ft232r', ['/dev/ttyUSB1']],
    ['ftdi ch340', []],
    ['ftdi, 1a86:7523', ['/dev/ttyUSB0', '/dev/ttyUSB1']],
    [' , ', ['/dev/ttyUSB0', '/dev/ttyUSB1']],
    ['cp2102', []],
  ] as const) {
    it(`lets through what "${filter}" fits`, async () => {
      const flow = await load({ filter, alreadyThere: true, tellOf: 'both' });
      await now([CH340, FTDI]);
      await now([]);
      const devices = flow.received('node/result').map(({ payload }) => payload.device);
      assert.deepEqual(devices, [...passing, ...passing]);
    });
  }

  it('says what is there now to whoever asks, by its second output', async () => {
    world.ports = [CH340, FTDI];
    const flow = await load({ filter: 'ftdi' });
    flow.send('node', { _msgid: 'abc', topic: 'mine', payload: 'which?' });
    const msg = await flow.message('node/progress');
    assert.equal(msg._msgid, 'abc');
    assert.equal(msg.topic, 'mine');
    assert.deepEqual(
      msg.payload.map(({ port }: { port: string }) => port),
      ['usb:0403:6001:FT3X7QAB'],
    );
    assert.equal(msg.port, undefined);
    assert.deepEqual(flow.received('node/result'), []);
  });

  it('ends a message with why, where the list cannot be had', async () => {
    const flow = await load({});
    sinon.replace(adapters, 'list', () => Promise.reject(new Error('spilled')));
    flow.send('node');
    assert.equal((await flow.message('caught')).error.code, 'BK_INTERNAL');
  });

  for (const [setting, value] of [
    ['source', 'moon'],
    ['interval', 'often'],
    ['tellOf', 'everything'],
    ['settle', 'soon'],
    ['alreadyThere', 'perhaps'],
  ] as const) {
    it(`tells at once that ${setting} cannot be "${value}", and again to every message`, async () => {
      const flow = await load({ [setting]: value });
      assert.equal((await flow.message('caught')).error.code, 'BK_BAD_SETTING');
      assert.match((await flow.message('caught')).error.message, new RegExp(setting));
      flow.send('node');
      assert.equal((await flow.message('caught', 1)).error.code, 'BK_BAD_SETTING');
      assert.equal(flow.texts('node').at(-1), 'bad setting');
      assert.equal(adapters.watchers, 0);
    });
  }

  it('looks in the network where it is set to, and says which hosts are none', async () => {
    const flow = await load({ source: 'network', hosts: '192.168.1.0/33' });
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_BAD_SETTING');
    assert.match(error.message, /192\.168\.1\.0\/33/);
    assert.equal(flow.texts('node').at(-1), 'bad setting');
    assert.equal(adapters.watchers, 0);
  });

  it('has one watch for all nodes, which rests when the last one is gone', async () => {
    const flow = await load({}, {}, {});
    await now([FTDI]);
    assert.equal(adapters.watchers, 3);
    for (const id of ['node', 'node1', 'node2']) assert.equal(told(flow, id).length, 1);
    await helper.unload();
    assert.equal(adapters.watchers, 0);
    assert.equal(world.clock.pending, 0);
  });

  it('starts anew with a deploy', async () => {
    const flow = await load({ alreadyThere: true });
    await now([FTDI]);
    assert.equal(told(flow).length, 1);
    const nodes = Flow.complete([{ id: 'node', type: 'bk-port', alreadyThere: true, settle: 2 }]);
    await helper.setFlows(nodes as never, 'full');
    flow.listen();
    await until(() => told(flow).length === 2, 'it is told of again');
    assert.equal(adapters.watchers, 1);
  });
});
