import assert from 'node:assert/strict';
import { closeWebBenches, webBench } from '../support/openbeken-bench';

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
});
