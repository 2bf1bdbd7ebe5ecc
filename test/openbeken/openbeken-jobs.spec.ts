import assert from 'node:assert/strict';
import { Device } from '../../src';
import { closeWebBenches, openBekenUpdate, webBench } from '../support/openbeken-bench';
import { rejection } from '../support/rejects';
import { environmentOn } from '../support/simulated-chips';

describe('an OpenBeken device on the network', () => {
  afterEach(closeWebBenches);

  it('tells what it is, in the shape of any other port', async () => {
    const { server, device } = await webBench({ version: '1.18.100' });
    const { payload, facts } = await device.connect();
    assert.equal(payload.chip, 'BK7231N');
    assert.equal(payload.family, 'full');
    assert.equal(payload.mac, 'c8:47:8c:12:34:56');
    assert.equal(payload.chipId, null);
    assert.equal(payload.baud, null);
    assert.equal(payload.flash.size, 0x200000);
    assert.deepEqual(payload.openbeken, {
      version: '1.18.100',
      build: 'Built on Jan  2 2026 03:04:05 version 1.18.100',
      name: 'obk12345678',
      shortName: 'obk12345678',
      mqttTopic: 'obk12345678',
      mac: '11:22:33:44:55:66',
      ip: server.host,
      uptimeSeconds: server.device.uptime(),
      files: { offset: 0x1c8000, length: 0x8000 },
    });
    assert.equal(facts.baud, null);
    assert.deepEqual(facts.warnings, []);
  });

  it('is changed by one job at a time, whatever others call it', async () => {
    const { server, device, clock } = await webBench();
    const { host, port } = server;
    const name = `http://[::ffff:${host}]:${port}`;
    const other = new Device({ port: name }, environmentOn(clock));
    const image = openBekenUpdate('1.18.200');
    const started = server.happens('upload');
    const writing = device.write({ image });
    await started;
    const error = await rejection(other.write({ image }), 'BK_PORT_BUSY');
    assert.match(error.message, /another name there than/);
    await rejection(other.connect(), 'BK_PORT_BUSY');
    await writing;
    assert.deepEqual(server.device.installed, ['1.18.200']);
    await other.connect();
  });
});
