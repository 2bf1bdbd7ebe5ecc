import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import type {
  DeviceState,
  EndedJob,
  HeldImage,
  LogEntry,
  SaidNote,
} from '../../nodes/flasher/messages';
import { LONGEST_IMAGE } from '../../src';
import { adminRoutes, publishedIn } from '../support/admin';
import { noise } from '../support/bench-device';
import { Flow, type FlowNode, useNodeRed, userDir } from '../support/flow';
import { openBekenRelease, ReleaseStandIn } from '../support/release-server';
import { nextSeed } from '../support/seed';
import { prepareSimulatedChip, simulatedChip } from '../support/simulated-chips';
import { settled, until } from '../support/until';
import type { VirtualClock } from '../support/virtual-clock';
import { useVirtualTime } from '../support/virtual-time';

describe("the sidebar's server", function () {
  this.timeout(60_000);
  useNodeRed();
  let clock: VirtualClock;
  let port = '';
  let device: FlowNode;
  beforeEach(() => {
    clock = useVirtualTime();
    port = `sim://bk7231n?seed=${nextSeed()}`;
    device = { id: 'lamp', type: 'bk-device', name: 'Lamp', port };
  });

  const get = async (url: string, status = 200) =>
    (await helper.request().get(`/bk72xx/${url}`).expect(status)).body;
  const post = async (url: string, body: object, status = 200) =>
    (await helper.request().post(`/bk72xx/${url}`).send(body).expect(status)).body;
  const upload = async (bytes: Buffer, name = 'a.bin', status = 200) =>
    (
      await helper
        .request()
        .post(`/bk72xx/images?name=${encodeURIComponent(name)}`)
        .set('Content-Type', 'application/octet-stream')
        .send(bytes)
        .expect(status)
    ).body;
  const state = async (id = 'lamp'): Promise<DeviceState | undefined> =>
    ((await get('devices')) as DeviceState[]).find((one) => one.id === id);

  /** Starts a job and waits for its end. */
  async function run(operation: string, options: object = {}, image?: string): Promise<EndedJob> {
    const { job } = await post('devices/lamp/jobs', { operation, options, image });
    let ended: EndedJob | null | undefined;
    for (let tries = 0; tries < 5000 && ended?.id !== job; tries++) {
      await settled();
      ended = (await state())?.last;
    }
    assert.equal(ended?.id, job, 'the job ends');
    return ended as EndedJob;
  }

  it('lists devices that nobody has used yet', async () => {
    await Flow.load([device, { id: 'other', type: 'bk-device', name: '', port: '' }]);
    const states: DeviceState[] = await get('devices');
    assert.deepEqual(states[0], {
      id: 'lamp',
      name: 'Lamp',
      port,
      chip: null,
      job: null,
      queued: 0,
      last: null,
      news: [],
    });
    assert.equal(states[1]?.name, 'other');
    assert.equal(await get('devices/lamp/map'), null);
    assert.deepEqual(await get('devices/lamp/log'), []);
    assert.deepEqual(await get('devices/lamp/backups'), []);
  });

  it('identifies, backs up, inspects, plans and writes as the nodes do', async () => {
    await Flow.load([device]);
    const connected = await run('connect');
    assert.equal((await state())?.chip?.chip, 'BK7231N');
    assert.equal(connected.by, 'sidebar');
    assert.equal((await get('devices/lamp/map')).size, 0x200000);

    const heard = await run('listen', { linkTimeout: '20' });
    assert.equal((heard.result as { line: { code: string } }).line.code, 'sound');
    const read = await run('read', { output: 'file' });
    const [backup, ...others] = await get('devices/lamp/backups');
    assert.deepEqual(others, []);
    assert.equal(read.result, path.join(userDir, 'bk-backups', backup.filename));
    assert.equal(backup.mac, (await state())?.chip?.mac);
    assert.ok(existsSync(path.join(userDir, 'bk-backups', `${backup.filename}.json`)));
    assert.ok(!(await get('devices/lamp/map')).sectors.includes('.'));

    const image: HeldImage = await upload(noise(0x2000), '../x/firmware.bin');
    assert.equal(image.name, 'firmware.bin');
    assert.equal(image.size, 0x2000);
    assert.equal((image.inspection as { kind: string }).kind, 'unknown');
    const options = { offset: '0x100000', dryRun: true };
    const plan = await run('write', options, image.id);
    const { verified, bytes } = plan.result as { verified: boolean; bytes: number };
    assert.deepEqual([verified, bytes], [false, 0x2000]);
    const flash = () => simulatedChip(port)?.flash.subarray(0x100000, 0x102000) as Buffer;
    assert.ok(!noise(0x2000).equals(flash()));
    const written = await run('write', { ...options, dryRun: false }, image.id);
    assert.equal(written.error, null);
    assert.ok(noise(0x2000).equals(flash()));
    const erased = await run('erase', { region: 'range', offset: 0x100000, length: '8K' });
    assert.equal((erased.result as { verified: boolean }).verified, true);
    assert.ok(flash().every((byte) => byte === 0xff));

    const log: LogEntry[] = await get('devices/lamp/log');
    const begun = log.map(({ text }) => text.code).filter((code) => code.endsWith('Begins'));
    assert.deepEqual(begun, [
      'flasher.connectBegins',
      'flasher.listenBegins',
      'flasher.readBegins',
      'flasher.writeBegins',
      'flasher.writeBegins',
      'flasher.eraseBegins',
    ]);
  });

  it('writes a backup back, by its name in the list and no other', async () => {
    await Flow.load([device]);
    await run('read');
    const [{ filename }] = await get('devices/lamp/backups');
    writeFileSync(path.join(userDir, 'plain.bin'), noise(0x1000));
    noise(0x1000).copy(simulatedChip(port)?.flash as Buffer, 0x100000);
    const back = await run('write', { filename });
    assert.equal(back.error, null);
    assert.ok(
      simulatedChip(port)
        ?.flash.subarray(0x100000, 0x101000)
        .every((one) => one === 0xff),
    );
    for (const other of ['../plain.bin', 'plain.bin', `../bk-backups/${filename}`, '/etc/passwd']) {
      const request = { operation: 'write', options: { filename: other } };
      const { code, message } = await post('devices/lamp/jobs', request, 400);
      assert.deepEqual([code, message.code], ['BK_BAD_SETTING', 'flasher.backupGone']);
    }
  });

  it('puts the own backup back by itself, and where nothing tells one of those that are listed', async () => {
    await Flow.load([device]);
    await run('read');
    const [{ filename }] = await get('devices/lamp/backups');
    const flash = simulatedChip(port)?.flash as Buffer;
    const before = Buffer.from(flash);
    flash.fill(0xff, 0x11000);
    const refused = await run('write', { source: 'backup', filename: '../plain.bin' });
    assert.equal(refused.error?.message.code, 'backup.noneNamed');
    const asked = await run('write', { source: 'backup', dryRun: true });
    assert.equal(asked.error?.message.code, 'backup.onlyOneFits');
    const candidates = asked.error?.message.params.candidates as SaidNote[];
    assert.deepEqual(
      candidates.map(({ params }) => params.file),
      [filename],
    );
    assert.ok(!flash.equals(before));
    const back = await run('write', { source: 'backup', filename });
    assert.equal((back.result as { restored: { told: string } }).restored.told, 'filename');
    assert.ok(flash.equals(before));
  });

  it('writes a release by its name, and sets OpenBeken up with it', async () => {
    const server = await ReleaseStandIn.start();
    server.publish(openBekenRelease());
    try {
      await Flow.load([device]);
      const openbeken = { ssid: 'home', password: 'secret-of-home' };
      const options = {
        source: 'release',
        release: 'openbeken',
        releaseServer: server.url,
        openbeken,
        backup: 'never',
      };
      const plan = await run('write', { ...options, dryRun: true });
      assert.equal(plan.error, null);
      const { release } = plan.result as { release: { version: string; file: string } };
      assert.deepEqual([release.version, release.file], ['1.18.2', 'OpenBK7231N_QIO_1.18.2.bin']);
      const config = () => simulatedChip(port)?.flash.subarray(0x1d1000, 0x1d2000) as Buffer;
      assert.ok(!config().includes('home'));
      const written = await run('write', { ...options, releaseVersion: '1.18.2' });
      assert.equal(written.error, null);
      assert.ok(config().includes('secret-of-home'));
      for (const told of [written, await get('devices'), await get('devices/lamp/log')])
        assert.doesNotMatch(JSON.stringify(told), /secret-of-home/);
    } finally {
      await server.close();
    }
  });

  it('takes from the browser no setting that names a file or a folder', async () => {
    await Flow.load([device]);
    const { id } = await upload(noise(0x1000));
    for (const [operation, options] of [
      ['read', { folder: '/tmp' }],
      ['read', { filename: '../../x.bin' }],
      ['read', { fileMode: 'all' }],
      ['read', { memory: 'efuse' }],
      ['erase', { filenameType: 'env' }],
      ['write', { offsetType: 'env', offset: 'HOME' }],
      ['connect', { port: '/dev/ttyS0' }],
    ] as const) {
      const { message } = await post('devices/lamp/jobs', { operation, options, image: id }, 400);
      assert.equal(message.code, 'flasher.notOffered', JSON.stringify(options));
    }
    for (const request of [
      { operation: 'read', options: { output: 'buffer' } },
      { operation: 'write', options: { source: 'file', filename: '/etc/passwd' } },
    ])
      assert.equal((await post('devices/lamp/jobs', request, 400)).message.code, 'node.wrongValue');
  });

  it('says why a job is not begun', async () => {
    await Flow.load([device, { id: 'portless', type: 'bk-device', name: '', port: '' }]);
    const refused = async (id: string, body: object, status: number) =>
      (await post(`devices/${id}/jobs`, body, status)).message.code;
    assert.equal(await refused('nobody', { operation: 'connect' }, 404), 'flasher.deviceGone');
    assert.equal(await refused('portless', { operation: 'connect' }, 400), 'node.noPort');
    assert.equal(await refused('lamp', {}, 400), 'flasher.noOperation');
    assert.equal(await refused('lamp', { operation: 'examine' }, 400), 'node.wrongValue');
    assert.equal(await refused('lamp', { operation: 'write' }, 400), 'flasher.noImage');
    const gone = { operation: 'write', image: 'gone' };
    assert.equal(await refused('lamp', gone, 400), 'flasher.imageGone');
    const wrong = { operation: 'erase', options: { region: 'everything' } };
    assert.equal(await refused('lamp', wrong, 400), 'node.wrongValue');
    assert.equal(
      await refused('lamp', { operation: 'connect', options: [] }, 400),
      'flasher.noObject',
    );
  });

  it('shows jobs of flows, and cancels them', async () => {
    port = `sim://bk7231n?speed=real&seed=${nextSeed()}`;
    const read: FlowNode = { id: 'read', type: 'bk-read', name: '', device: 'lamp' };
    const flow = await Flow.load([{ ...device, port }, read]);
    const published = publishedIn();
    flow.send('read');
    const jobs = () =>
      published.flatMap(({ topic, data }) =>
        topic === 'bk72xx/device/lamp' ? ((data as DeviceState).job ?? []) : [],
      );
    await until(() => jobs().some(({ phase }) => phase === 'read'), 'the read is told of');
    const job = jobs().at(-1);
    assert.deepEqual([job?.by, job?.operation], ['flow', 'read']);
    await helper.request().delete(`/bk72xx/devices/lamp/jobs/${job?.id}`).expect(204);
    await until(
      () => flow.texts('read').at(-1) === 'cancelled',
      'the node shows that it was cancelled',
    );
    assert.equal((await state())?.last?.error?.code, 'BK_CANCELLED');
  });

  it('tries out settings that are not deployed, as they will be', async () => {
    process.env.BK_TEST_PORT = `sim://bk7238?seed=${nextSeed()}`;
    await Flow.load([device]);
    const published = publishedIn();
    const settings = { port: '$(BK_TEST_PORT)', name: 'New', chip: 'auto', linkTimeout: '20' };
    const { device: id, job } = await post('try', { operation: 'connect', settings });
    const told = () => published.filter(({ topic }) => topic === `bk72xx/device/${id}`);
    for (let turn = 0; turn < 1000 && told().at(-1)?.data !== null; turn++) {
      await settled();
      await clock.advance(50);
    }
    const [end, gone] = told()
      .slice(-2)
      .map(({ data }) => data as DeviceState | null);
    assert.equal(gone, null);
    assert.equal(end?.name, 'New');
    assert.equal(end?.last?.id, job);
    assert.equal((end?.last?.result as { chip: string } | undefined)?.chip, 'BK7238');
    assert.equal(await state(id), undefined);
    delete process.env.BK_TEST_PORT;
  });

  it('does not try out what cannot be used', async () => {
    await Flow.load([device]);
    const refused = async (body: object) => (await post('try', body, 400)).message;
    const settings = { port: '$(BK_NO_SUCH_VARIABLE)' };
    assert.equal((await refused({ operation: 'connect', settings })).code, 'node.unsetVariable');
    assert.equal((await refused({ operation: 'erase', settings })).code, 'flasher.notTried');
    assert.equal((await refused({ operation: 'connect' })).code, 'flasher.noObject');
    const outside = { port: 'sim://bk7231n?flash=/etc/passwd' };
    const { code } = await refused({ operation: 'connect', settings: outside });
    assert.equal(code, 'node.portFileOutside');
    const wrong = { port, baud: 'fast' };
    assert.equal(
      (await refused({ operation: 'connect', settings: wrong })).code,
      'node.wrongValue',
    );
    assert.equal(((await get('devices')) as DeviceState[]).length, 1);
  });

  describe('takes images', () => {
    it('of up to 32 MiB, and says so of longer ones', async () => {
      await Flow.load([device]);
      const longest = await upload(Buffer.alloc(LONGEST_IMAGE, 0xff));
      assert.equal(longest.size, LONGEST_IMAGE);
      const { code, message } = await upload(Buffer.alloc(LONGEST_IMAGE + 1), 'b', 413);
      assert.deepEqual([code, message.code], ['BK_BAD_SETTING', 'flasher.imageTooLarge']);
      assert.equal(message.params.mib, 32);
    });

    it('that do not say how long they are, as long as they are not too long', async () => {
      await Flow.load([device]);
      const streamed = (bytes: number) => {
        const request = helper
          .request()
          .post('/bk72xx/images')
          .set('Content-Type', 'application/octet-stream')
          .set('Transfer-Encoding', 'chunked');
        for (let sent = 0; sent < bytes; sent += 0x100000) request.write(Buffer.alloc(0x100000));
        return request;
      };
      assert.equal((await streamed(0x200000)).body.size, 0x200000);
      assert.equal((await streamed(LONGEST_IMAGE + 0x100000)).status, 413);
    });

    it('and refuses an empty one', async () => {
      await Flow.load([device]);
      assert.equal((await upload(Buffer.alloc(0), 'a', 400)).code, 'BK_BAD_IMAGE');
    });
  });

  it('refuses on each route that changes something what a page of another site could send', async () => {
    await Flow.load([device]);
    const changing = adminRoutes().filter(({ method }) => method !== 'get');
    assert.deepEqual(changing.map(({ path: one }) => one).sort(), [
      '/bk72xx/devices/:device/jobs',
      '/bk72xx/devices/:device/jobs/:job',
      '/bk72xx/images',
      '/bk72xx/queues/:queue/jobs/:job',
      '/bk72xx/queues/:queue/jobs/:job/retry',
      '/bk72xx/try',
    ]);
    for (const { method, path: route } of changing) {
      const url = route.replace(/:\w+/g, 'lamp');
      for (const type of [
        'application/x-www-form-urlencoded',
        'text/plain',
        'multipart/form-data; boundary=x',
        ...(route === '/bk72xx/images' ? ['application/json'] : ['application/octet-stream']),
      ]) {
        const answer = await helper.request()[method](url).set('Content-Type', type).send('{}');
        assert.equal(answer.status, 415, `${method} ${url} as ${type}`);
      }
      if (method === 'post') {
        const answer = await helper.request().post(url).set('Content-Type', '').send();
        assert.equal(answer.status, 415, `${url} without a type`);
      }
      const right = route === '/bk72xx/images' ? 'application/octet-stream' : 'application/json';
      // Another port of the same computer is of the same site, and of another origin.
      for (const site of ['cross-site', 'same-site', 'same-origin']) {
        const answer = await helper
          .request()
          [method](url)
          .set('Content-Type', right)
          .set('Sec-Fetch-Site', site)
          .send('{}');
        assert.equal(answer.status === 403, site !== 'same-origin', `${method} ${url}: ${site}`);
      }
    }
    assert.equal((await state())?.queued, 0);
  });

  it('hands out texts of the languages that there are, and of nothing else', async () => {
    await Flow.load([device]);
    assert.deepEqual(await get('texts/en-US'), {});
    assert.deepEqual(await get('texts/xx'), {});
    for (const name of ['..%2F..%2Fpackage', '%2Fetc', 'codes.json', '..', '%00'])
      assert.ok([200, 404].includes((await helper.request().get(`/bk72xx/texts/${name}`)).status));
    assert.deepEqual(await get('texts/..%2Fen-US'), {});
    const language = path.join(__dirname, '..', '..', 'nodes', 'locales', 'de', 'codes.json');
    if (existsSync(language))
      assert.deepEqual(await get('texts/de-DE'), JSON.parse(readFileSync(language, 'utf8')));
  });

  describe('when flows are deployed', () => {
    it('tells of a device that has gone, and how its job ended', async () => {
      port = `sim://bk7231n?speed=real&seed=${nextSeed()}`;
      await Flow.load([{ ...device, port }]);
      const published = publishedIn();
      await post('devices/lamp/jobs', { operation: 'read', options: { output: 'file' } });
      const told = () =>
        published
          .filter(({ topic }) => topic === 'bk72xx/device/lamp')
          .map(({ data }) => data as DeviceState | null);
      await until(() => told().some((one) => one?.job?.phase === 'read'), 'it reads');
      await helper.setFlows([{ id: 'tab', type: 'tab', label: 'test' }] as never, 'full');
      const [end, gone] = told().slice(-2);
      assert.equal(gone, null);
      assert.equal(end?.last?.error?.code, 'BK_CANCELLED');
      assert.deepEqual(await get('devices'), []);
      await get('devices/lamp/log', 404);
    });

    it('goes on with a device that is changed', async () => {
      const flow = await Flow.load([device]);
      await run('connect');
      const changed = Flow.complete([{ ...device, name: 'Other' }]);
      await helper.setFlows(changed as never, 'nodes');
      flow.listen();
      assert.equal((await state())?.name, 'Other');
      assert.equal((await state())?.chip?.chip, 'BK7231N');
      assert.equal((await run('connect')).error, null);
    });
  });

  it('keeps the record of a job that failed, as of a job of a node', async () => {
    const dead = `${port}&deadSector=0x100000`;
    prepareSimulatedChip(dead, clock);
    mkdirSync(path.join(userDir, 'bk-records'), { recursive: true });
    await Flow.load([{ ...device, port: dead }]);
    const { id } = await upload(noise(0x2000));
    const failed = await run('write', { offset: 0x100000, backup: 'never' }, id);
    assert.equal(failed.error?.code, 'BK_BAD_SECTOR');
    assert.deepEqual(failed.error?.state?.uncertain, [{ offset: 0x100000, length: 0x1000 }]);
    const records = () => readdirSync(path.join(userDir, 'bk-records'));
    await until(() => records().length === 1, 'the record is there');
    assert.match(records()[0] ?? '', /write_failed/);
  });
});
