import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemWeb, WebFailure, type WebFault } from '../../src/releases/web';
import { until } from '../support/until';
import { VirtualClock } from '../support/virtual-clock';

describe('fetching over the web', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(listener: RequestListener): Promise<URL> {
    const made = createServer(listener);
    server = made;
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(made.address() as AddressInfo).port}/`);
  }

  async function faultOf(answer: Promise<unknown>): Promise<WebFault> {
    const thrown = await answer.then(
      () => null,
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof WebFailure, String(thrown));
    return thrown.fault;
  }

  const accept = '*/*';

  it('gives status, headers and bytes, and follows nothing', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/x' }).end('moved');
      else response.writeHead(200).end('bytes');
    });
    const web = new SystemWeb();
    const moved = await web.get({ url, accept, most: 100 });
    assert.equal(moved.status, 302);
    assert.equal(moved.headers.location, '/x');
    assert.equal(moved.body.length, 0);
    const whole = await web.get({ url: new URL('/x', url), accept, most: 5 });
    assert.equal(whole.body.toString(), 'bytes');
  });

  it('gives up where nothing arrives for 20 seconds, or an answer takes five minutes', async () => {
    const clock = new VirtualClock();
    const web = new SystemWeb(clock);
    let asked = false;
    const silent = await serve(() => {
      asked = true;
    });
    const fault = faultOf(web.get({ url: silent, accept, most: 100 }));
    await until(() => asked, 'the request arrives');
    await clock.advance(20_000);
    assert.deepEqual(await fault, { kind: 'silent', seconds: 20 });
    server?.closeAllConnections();
    server?.close();

    let write = (): void => {};
    let got = 0;
    const trickling = await serve((_request, response) => {
      response.writeHead(200);
      write = () => response.write('x');
      write();
    });
    // Each byte comes in time, and there is no end of them.
    const spied = new Proxy(clock, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (name === 'setTimeout') got++;
        return member.bind(target);
      },
    });
    const trickle = faultOf(new SystemWeb(spied).get({ url: trickling, accept, most: 1000 }));
    let over = false;
    void trickle.then(() => {
      over = true;
    });
    for (let round = 0; round < 40 && !over; round++) {
      const before = got;
      write();
      await until(() => over || got > before, 'a byte arrives');
      await clock.advance(10_000);
    }
    assert.deepEqual(await trickle, { kind: 'silent', seconds: 300 });
    assert.equal(clock.pending, 0);
  });

  it('tells an answer that broke off from one that is too long and from nobody', async () => {
    const web = new SystemWeb();
    const url = await serve((request, response) => {
      if (request.url === '/broken') {
        response.writeHead(200, { 'content-length': 10 });
        response.write('half', () => response.destroy());
      } else if (request.url === '/unframed') {
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        response.write('half', () => response.destroy());
      } else response.writeHead(200).end('too long');
    });
    const at = (path: string, most = 100) =>
      faultOf(web.get({ url: new URL(path, url), accept, most }));
    assert.deepEqual(await at('/broken'), { kind: 'broken', got: 4, of: 10 });
    assert.deepEqual(await at('/unframed'), { kind: 'broken', got: 4, of: null });
    assert.deepEqual(await at('/long', 7), { kind: 'tooLong', most: 7 });
    server?.close();
    server?.closeAllConnections();
    const nobody = await at('/');
    assert.equal(nobody.kind, 'unreachable');
    assert.match(nobody.kind === 'unreachable' ? nobody.why : '', /ECONNREFUSED/);
  });

  it('ends at once when it is cancelled', async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort());
    const web = new SystemWeb();
    const { signal } = abort;
    assert.deepEqual(await faultOf(web.get({ url, accept, most: 1, signal })), {
      kind: 'cancelled',
    });
    assert.deepEqual(await faultOf(web.get({ url, accept, most: 1, signal })), {
      kind: 'cancelled',
    });
  });
});
