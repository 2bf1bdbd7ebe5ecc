import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Example, RunningExample } from '../../support/example';
import { calibrationSector } from '../../support/images';
import { MAC, openBekenUpdate } from '../../support/openbeken-bench';
import { type OpenBekenOptions, OpenBekenServer } from '../../support/openbeken-server';
import { ReleaseStandIn } from '../../support/release-server';

const EXAMPLE = '10 OpenBeken devices at night';

describe('the example for a night of OpenBeken devices', function () {
  this.timeout(60_000);
  let example: RunningExample | undefined;
  const servers: OpenBekenServer[] = [];
  let releases: ReleaseStandIn;

  beforeEach(async () => {
    releases = await ReleaseStandIn.start();
    releases.publish({
      repository: 'openshwprojects/OpenBK7231T_App',
      tag: '1.18.200',
      files: [{ name: 'OpenBK7231N_1.18.200.rbl', bytes: openBekenUpdate('1.18.200') }],
    });
  });
  afterEach(async () => {
    await example?.stop();
    await releases.close();
    for (const server of servers.splice(0)) await server.close();
  });

  /** @param last byte of its MAC */
  async function device(last: number, options: OpenBekenOptions = {}): Promise<OpenBekenServer> {
    const server = new OpenBekenServer({ bootMs: 1, ...options });
    servers.push(server);
    calibrationSector([...MAC.slice(0, 5), last]).copy(server.device.flash, 0x1d0000);
    server.device.putFiles({ 'autoexec.bat': `setChannel 1 ${last}` });
    return server.listen();
  }

  async function night(isPlan: boolean, ...devices: OpenBekenServer[]): Promise<RunningExample> {
    const list = `const devices = ${JSON.stringify(devices.map(({ url }) => url))};`;
    const flow = new Example(EXAMPLE)
      .logged()
      .set('Who is there?', { hosts: '127.0.0.1' })
      .set('Update', { releaseServer: releases.url, dryRun: isPlan });
    const { func } = flow.named('the devices');
    flow.set('the devices', { func: String(func).replace(/const devices = \[[^\]]*\];/, list) });
    example = await RunningExample.start(flow);
    await example.press('tonight');
    return example;
  }

  it('looks for devices, and updates none as it was imported', async () => {
    assert.equal(new Example(EXAMPLE).named('Update').dryRun, true);
    await (await night(true)).logs(/No OpenBeken devices were found/);
    await example?.stop();
    const behind = await device(1);
    await (await night(true, behind)).logs(/would be updated, before 1\.18\.100/);
    assert.ok(behind.requests.every(({ method }) => method === 'GET'));
  });

  it('backs up all, updates those that are behind, and stops at the first that fails', async () => {
    const behind = await device(1);
    const current = await device(2, { version: '1.18.200' });
    const locked = await device(3, { faults: { password: 'secret' } });
    const last = await device(4);
    const running = await night(false, behind, current, locked, last);
    await running.logs(/BK_PORT_DENIED.*The others were left alone/);
    assert.match(running.output, /runs 1\.18\.200, before 1\.18\.100/);
    assert.match(running.output, /runs 1\.18\.200, already/);
    assert.deepEqual(behind.device.installed, ['1.18.200']);
    assert.deepEqual(behind.device.readFiles(), { 'autoexec.bat': 'setChannel 1 1' });
    assert.deepEqual(current.device.installed, []);
    assert.deepEqual(last.requests, []);
    const backups = readdirSync(path.join(running.userDir, 'bk-backups'));
    for (const mac of ['c8478c123401', 'c8478c123402'])
      assert.ok(backups.some((name) => name.startsWith(`BK7231N_${mac}_full_`)));
  });
});
