import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock';
import { ask, type HttpRequest } from '../../src/http/ask';
import { noise } from '../support/bench-device';
import { rblFile } from '../support/images';
import { type OpenBekenOptions, OpenBekenServer } from '../support/openbeken-server';
import { rejection } from '../support/rejects';

describe('asking an OpenBeken device', () => {
  const servers: OpenBekenServer[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function device(options: OpenBekenOptions = {}) {
    const server = await new OpenBekenServer(options).listen();
    servers.push(server);
    const { host, port } = server;
    const request = (path: string, more: Partial<HttpRequest> = {}) =>
      ask(
        {
          host,
          port,
          method: more.body === undefined ? 'GET' : 'POST',
          path,
          limit: 0x200000,
          idleMs: 10_000,
          totalMs: 30_000,
          ...more,
        },
        systemClock,
      );
    const asJson = async (path: string, more: Partial<HttpRequest> = {}) => {
      const { status, body } = await request(path, more);
      return { status, ...JSON.parse(body.toString()) };
    };
    return { server, request, asJson };
  }

  it('hears what it is', async () => {
    const { asJson } = await device({ model: 'BK7231T', name: 'lamp', version: '1.17.5' });
    const info = await asJson('/api/info');
    assert.equal(info.status, 200);
    assert.equal(info.chipset, 'BK7231T');
    assert.equal(info.shortName, 'lamp');
    assert.match(info.build, /version 1\.17\.5$/);
    const status = await asJson('/cm?cmnd=STATUS%200');
    assert.equal(status.StatusFWR.Hardware, 'BK7231T');
    assert.equal(status.StatusNET.Mac, '11:22:33:44:55:66');
  });

  it('reads flash of a length that is known, and is told how far it is', async () => {
    const { server, request } = await device();
    const heard: number[] = [];
    const length = 0x8000;
    const { body } = await request('/api/flash/11000-8000', {
      length,
      onBytes: (count) => heard.push(count),
    });
    assert.ok(body.equals(server.device.flash.subarray(0x11000, 0x19000)));
    assert.equal(heard.at(-1), length);
  });

  it('hears errors whose status is negative', async () => {
    const { asJson } = await device();
    const range = await asJson('/api/flash/1ff000-2000', { length: 0x2000 });
    assert.deepEqual(range, { status: -1, error: -1, msg: 'requested flash read out of range' });
    const refused = await asJson('/api/flash/1fffff', { body: Buffer.alloc(400) });
    assert.equal(refused.status, -20);
  });

  it('uploads an update, which is installed at the next start', async () => {
    const { server, asJson } = await device({ model: 'BK7231T', bootMs: 0 });
    const update = rblFile(noise(200_000), { version: '2.0.0' });
    const told = await asJson('/api/ota', { body: update });
    assert.deepEqual(told, { status: 200, size: update.length });
    const { offset } = server.device.slot;
    assert.ok(server.device.flash.subarray(offset, offset + update.length).equals(update));
    await server.powerCycle();
    assert.deepEqual(server.device.installed, ['2.0.0']);
    assert.match((await asJson('/api/info')).build, /version 2\.0\.0$/);
  });

  it('is let in with the password, and says nothing of it where it is wrong', async () => {
    const { request } = await device({ faults: { password: 'a secret of theirs' } });
    const { status } = await request('/api/info', { password: 'a secret of theirs' });
    assert.equal(status, 200);
    for (const password of [undefined, 'some other secret']) {
      const error = await rejection(request('/api/info?secret=1', { password }), 'BK_PORT_DENIED');
      const all = JSON.stringify([error.message, error.cause, error.stack]);
      assert.ok(!/secret|c2VjcmV0/.test(all), all);
    }
  });
});
