import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scanNetwork } from '../../src';
import type { Note } from '../../src/texts/note';
import { closeWebBenches, webBench } from '../support/openbeken-bench';
import { rejection } from '../support/rejects';

/** Nobody answers there at once: time passes on no clock of ours. */
describe('a scan of the network', () => {
  const others: Server[] = [];

  afterEach(async () => {
    await closeWebBenches();
    for (const server of others.splice(0)) await new Promise((done) => server.close(done));
  });

  /** A web server that is none of ours. @returns its port, and what was asked of it */
  async function stranger(
    answer: (path: string) => { status: number; headers?: Record<string, string>; body: string },
  ): Promise<{ port: number; heard: string[] }> {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      heard.push(`${request.url} ${request.headers.authorization ?? ''}`.trim());
      const { status, headers, body } = answer(request.url ?? '');
      response.writeHead(status, headers).end(body);
    });
    others.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, heard };
  }

  it('finds devices, and asks each address for nothing but what it is', async () => {
    const one = await webBench({ name: 'lamp', mac: '11:22:33:44:55:66' });
    const other = await webBench({ name: 'plug', model: 'BK7231T', version: '1.17.0' });
    const hosts = `${one.server.host}, ${other.server.host}`;
    const ports = [one.server.port, other.server.port];
    const told: string[] = [];
    const found = await scanNetwork({ hosts, ports, onFound: ({ address }) => told.push(address) });
    assert.deepEqual(
      found.map(({ address, name, chip, version, mac }) => [address, name, chip, version, mac]),
      [
        [one.server.url, 'lamp', 'BK7231N', '1.18.100', '11:22:33:44:55:66'],
        [other.server.url, 'plug', 'BK7231T', '1.17.0', '11:22:33:44:55:66'],
      ],
    );
    assert.deepEqual(told.sort(), [one.server.url, other.server.url].sort());
    for (const { server } of [one, other])
      assert.deepEqual(
        server.requests.map(({ method, path }) => `${method} ${path}`),
        ['GET /api/info'],
      );
  });

  it('tells its password to a device of OpenBeken that wants it, and to nobody else', async () => {
    const { server } = await webBench({ faults: { password: 'pass' } });
    const realm = { 'WWW-Authenticate': 'Basic realm="Router"' };
    const router = await stranger(() => ({ status: 401, headers: realm, body: '' }));
    const plain = await stranger(() => ({ status: 200, body: '<html>' }));
    const hosts = `${server.host} 127.0.0.1`;
    const ports = [server.port, router.port, plain.port];
    const found = await scanNetwork({ hosts, ports, password: 'pass' });
    assert.deepEqual(
      found.map(({ address, locked }) => [address, locked]),
      [[server.url, false]],
    );
    assert.deepEqual(router.heard, ['/api/info']);
    assert.deepEqual(plain.heard, ['/api/info']);
    const [locked] = await scanNetwork({ hosts: server.host, ports: [server.port] });
    assert.equal(locked?.locked, true);
    assert.equal(locked?.chip, null);
  });

  it('looks through the private networks of this computer, and says what it left out', async () => {
    const network = (address: string, cidr: string, internal = false) =>
      [{ family: 'IPv4', address, cidr, internal }] as never;
    const interfaces = () => ({
      lo: network('127.0.0.1', '127.0.0.1/8', true),
      wan: network('93.184.216.34', '93.184.216.34/24'),
    });
    const clock = { now: () => 0 } as never;
    const warnings: Note[] = [];
    const onWarning = (note: Note) => warnings.push(note);
    assert.deepEqual(await scanNetwork({ onWarning }, { clock, interfaces }), []);
    assert.equal(warnings.length, 0);
    const abort = new AbortController();
    abort.abort();
    const wide = () => ({ lan: network('10.1.2.3', '10.1.2.3/8') });
    const scan = scanNetwork({ onWarning, signal: abort.signal }, { clock, interfaces: wide });
    await rejection(scan, 'BK_CANCELLED');
    assert.deepEqual(
      warnings.map(({ code, params }) => [code, params.bits]),
      [['openbeken.networkCut', 22]],
    );
  });

  it('refuses what names no hosts, and more than anybody has', async () => {
    for (const hosts of ['300.1.2.3', 'lamp?', '10.0.0.0/8', '10.0.0.1-999', 'http://lamp'])
      await rejection(scanNetwork({ hosts }), 'BK_BAD_SETTING');
  });

  it('refuses ranges that are turned round, or go from one network into another', async () => {
    for (const hosts of ['127.0.0.9-2', '127.0.0.2-127.0.1.4', '127.0.0.2-300', '1.2.3-4'])
      await rejection(scanNetwork({ hosts, ports: [9] }), 'BK_BAD_SETTING');
    assert.deepEqual(await scanNetwork({ hosts: '127.0.0.2-127.0.0.3', ports: [9] }), []);
  });
});
