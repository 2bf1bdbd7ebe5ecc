import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AdminRoute, adminRoutes } from '../../support/admin';
import { Flow, useNodeRed } from '../../support/flow';
import { NodeRed, prepareUserDir } from '../../support/node-red';

const PASSWORD = 'a password for a test';
/** Its bcrypt, the cheapest that there is: it keeps nobody out but this test. */
const password = '$2b$04$/v4/Uzp6nd6mcPfs1csApelfumztcv4.M46EkbqFyXsufM9RRKqgq';
const DEVICE = { id: 'lamp', type: 'bk-device', name: '', port: 'sim://bk7231n?speed=fast' };
/** Its server is not there: what is asked of it is refused, and not waited for. */
const QUEUE = { id: 'jobs', type: 'bk-queue', name: '', serverPort: 1 };

describe('the admin routes of a Node-RED with adminAuth', function () {
  this.timeout(60_000);
  useNodeRed();
  let routes: AdminRoute[] = [];
  let userFolder = '';
  let nodeRed: NodeRed;
  let url = '';

  before(async () => {
    userFolder = mkdtempSync(path.join(tmpdir(), 'bk72xx-auth-'));
    const users = [
      { username: 'looker', password, permissions: 'read' },
      { username: 'worker', password, permissions: '*' },
      { username: 'flasher', password, permissions: ['bk72xx.read', 'bk72xx.write'] },
    ];
    const flow = [{ id: 'tab', type: 'tab', label: 'test' }, DEVICE, QUEUE];
    prepareUserDir(userFolder, flow, { adminAuth: { type: 'credentials', users } });
    process.env.BK_TEST_WORD = 'known to few';
    nodeRed = new NodeRed(userFolder);
    url = await nodeRed.ready;
  });
  after(async () => {
    delete process.env.BK_TEST_WORD;
    await nodeRed.end();
    rmSync(userFolder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await Flow.load([DEVICE]);
    routes = adminRoutes();
    assert.ok(routes.length >= 10);
  });

  async function tokenOf(username: string, scope: string): Promise<string> {
    const form = { client_id: 'node-red-editor', grant_type: 'password', scope, username };
    const body = new URLSearchParams({ ...form, password: PASSWORD });
    const answer = await fetch(`${url}/auth/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  function ask({ method, path: route }: AdminRoute, token?: string): Promise<Response> {
    const type = route.endsWith('images') ? 'application/octet-stream' : 'application/json';
    return fetch(
      url + route.replace(':device', 'lamp').replace(':queue', 'jobs').replace(/:\w+/g, 'en-US'),
      {
        method: method.toUpperCase(),
        headers: {
          ...(method === 'post' ? { 'Content-Type': type } : {}),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        ...(method === 'post' ? { body: '{}' } : {}),
      },
    );
  }

  async function statusesWith(token?: string): Promise<[string, number][]> {
    const all: [string, number][] = [];
    for (const route of routes)
      all.push([`${route.method} ${route.path}`, (await ask(route, token)).status]);
    return all;
  }

  it('answer 401 without a token, each of them', async () => {
    for (const [route, status] of await statusesWith()) assert.equal(status, 401, route);
  });

  it('let who may only look look, and change nothing', async () => {
    for (const [route, status] of await statusesWith(await tokenOf('looker', 'read')))
      assert.equal(status, route.startsWith('get ') ? 200 : 401, route);
  });

  it('let who has their permissions, or all, do all', async () => {
    for (const token of [await tokenOf('worker', '*'), await tokenOf('flasher', '')])
      for (const [route, status] of await statusesWith(token))
        assert.ok(status === 200 || status === 204 || status === 400, `${route}: ${status}`);
  });

  it('let only who may change flows name the server that releases come from', async () => {
    const options = { source: 'release', releaseServer: 'http://127.0.0.1:1' };
    const send = async (username: string, scope: string, given: object) => {
      const answer = await fetch(`${url}/bk72xx/devices/lamp/jobs`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Authorization: `Bearer ${await tokenOf(username, scope)}`,
        },
        body: JSON.stringify({ operation: 'write', options: { ...given, dryRun: true } }),
      });
      return answer.status;
    };
    assert.equal(await send('flasher', '', options), 401);
    assert.equal(await send('flasher', '', { ...options, releaseServer: ['x'] }), 401);
    assert.equal(await send('flasher', '', { ...options, releaseServer: ' ' }), 200);
    assert.equal(await send('worker', '*', options), 200);
  });

  it('let nobody read the environment who may not edit flows', async () => {
    const tried = async (token: string, settings: unknown) => {
      const answer = await fetch(`${url}/bk72xx/try`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify({ operation: 'connect', settings }),
      });
      return { status: answer.status, text: await answer.text() };
    };
    const flasher = await tokenOf('flasher', '');
    for (const variable of [`\${BK_TEST_WORD}`, '$(BK_TEST_WORD)'])
      for (const settings of [
        { port: variable },
        { port: DEVICE.port, name: variable },
        { port: DEVICE.port, baud: variable },
        [variable],
      ]) {
        const { status, text } = await tried(flasher, settings);
        assert.equal(status, 401);
        assert.ok(!text.includes('known to few'));
      }
    const worker = await tried(await tokenOf('worker', '*'), { port: '$(BK_TEST_WORD)' });
    assert.notEqual(worker.status, 401);
    const usual = await tried(flasher, { port: `${DEVICE.port}&seed=9` });
    assert.equal(usual.status, 200);
  });
});
