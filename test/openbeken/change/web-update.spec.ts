import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { WriteOptions } from '../../../src';
import { scratchFolder } from '../../support/bench-device';
import {
  closeWebBenches,
  openBekenUpdate,
  type WebBench,
  webBench,
} from '../../support/openbeken-bench';
import { rejection } from '../../support/rejects';

describe('an update over the network', function () {
  const folder = scratchFolder(this);
  afterEach(closeWebBenches);

  const image = openBekenUpdate('1.18.200');
  const write = ({ device }: WebBench, more: Partial<WriteOptions> = {}) =>
    device.write({ image, ...more });
  const changes = ({ server }: WebBench) =>
    server.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);

  it('installs it, with files and configuration as before', async () => {
    const bench = await webBench();
    const { flash, files } = bench.server.device;
    const before = Buffer.from(flash);
    const backup = { mode: 'once', folder: folder() } as const;
    const { payload, facts } = await write(bench, { backup });
    assert.deepEqual(bench.server.device.installed, ['1.18.200']);
    assert.equal(payload.verified, true);
    assert.equal(payload.update?.before.version, '1.18.100');
    assert.equal(payload.update?.after?.version, '1.18.200');
    assert.deepEqual(bench.server.device.readFiles(), { 'autoexec.bat': 'startDriver NTP' });
    const area = (bytes: Buffer) => bytes.subarray(files.offset, files.offset + files.length);
    assert.ok(area(flash).equals(area(before)));
    assert.ok(flash.subarray(0x1d0000).equals(before.subarray(0x1d0000)));
    assert.ok(readFileSync(payload.backup ?? '').equals(before));
    assert.deepEqual(facts.recoveries, []);
    assert.deepEqual(facts.warnings, []);
  });

  it('writes nothing where the device runs that very build', async () => {
    const bench = await webBench({ version: '1.18.200' });
    const { payload, facts } = await write(bench);
    assert.equal(payload.bytesWritten, 0);
    assert.equal(facts.warningCodes[0]?.code, 'openbeken.runsAlready');
    assert.deepEqual(changes(bench), []);
    await write(bench, { unchanged: 'rewrite' });
    assert.deepEqual(bench.server.device.installed, ['1.18.200']);
  });

  it('plans only, where it is a dry run', async () => {
    const bench = await webBench();
    const { payload } = await write(bench, { dryRun: true });
    assert.deepEqual(payload.regions, [{ offset: 0x12a000, length: payload.bytes }]);
    assert.equal(payload.verified, false);
    assert.equal(payload.update?.after, null);
    assert.ok((payload.seconds ?? 0) > 60);
    assert.deepEqual(changes(bench), []);
  });

  it('changes nothing without its backup', async () => {
    const bench = await webBench();
    const backup = { mode: 'always', folder: '/dev/null/none' } as const;
    await rejection(write(bench, { backup }), 'BK_BACKUP_FAILED');
    assert.deepEqual(changes(bench), []);
  });

  it('keeps the files of today beside an older backup', async () => {
    const bench = await webBench();
    const backup = { mode: 'once', folder: folder() } as const;
    await bench.device.read({ file: { folder: folder() } });
    bench.server.device.putFiles({ 'new.txt': 'of today' });
    const { payload } = await write(bench, { backup });
    assert.match(payload.backup ?? '', /_full_/);
    const { offset, length } = bench.server.device.files;
    const [saved] = (await import('node:fs'))
      .readdirSync(folder())
      .filter((name) => name.includes(`_${offset.toString(16)}-${length.toString(16)}_`))
      .filter((name) => name.endsWith('.bin'));
    assert.ok(readFileSync(`${folder()}/${saved}`).includes('of today'));
  });

  it('leaves a device that takes nothing whole with its old firmware, at any start', async () => {
    const bench = await webBench({ faults: { bitErrors: 0.5, takesAnyImage: true } });
    const { server } = bench;
    const before = Buffer.from(server.device.flash);
    const error = await rejection(write(bench), 'BK_CRC_MISMATCH');
    assert.match(error.message, /was not restarted with it and runs the firmware that it had/);
    assert.equal(changes(bench).includes('/api/reboot'), false);
    assert.deepEqual(error.cause.state?.uncertain.length, 1);
    await server.powerCycle();
    assert.deepEqual(server.device.installed, []);
    const { offset } = server.device.slot;
    assert.ok(server.device.flash.subarray(0, offset).equals(before.subarray(0, offset)));
  });

  it('says what to do where a device hangs in the middle of it', async () => {
    const bench = await webBench({ faults: { resetsUpload: { bytes: 5000, times: 99 } } });
    const error = await rejection(write(bench), 'BK_CRC_MISMATCH');
    assert.ok(error.cause.advice.some((one) => /switch the device off and on/i.test(one)));
    assert.equal(changes(bench).includes('/api/reboot'), false);
    await bench.server.powerCycle();
    assert.deepEqual(bench.server.device.installed, []);
  });

  it('says so where the device does not come back', async () => {
    const bench = await webBench({ faults: { staysAway: true } });
    const backup = { mode: 'once', folder: folder() } as const;
    const error = await rejection(write(bench, { backup }), 'BK_PORT_LOST');
    assert.equal(error.cause.phase, 'reboot');
    assert.match(error.cause.advice.join(' '), /write the backup .*_full_/);
  });

  it('claims nothing written where the device does not come back from a restart that was to have it take uploads', async () => {
    const bench = await webBench({ faults: { staysAway: true } });
    const { device } = bench.server;
    device.takeUpload = () => undefined;
    device.endUpload = () => undefined;
    const error = await rejection(write(bench), 'BK_PORT_LOST');
    assert.match(error.message, /wrote nothing of what was sent last/);
    assert.deepEqual(error.cause.state?.fresh ?? [], []);
  });

  it('says so where the bootloader does not take it, with the files as before', async () => {
    const bench = await webBench();
    const { device } = bench.server;
    let isWiped = false;
    device.reboot = () => {
      if (!isWiped) device.flash.fill(0xff, device.files.offset, device.files.offset + 0x1000);
      isWiped = true;
      device.start();
    };
    const error = await rejection(write(bench), 'BK_WRONG_IMAGE');
    assert.match(error.message, /came back with another build/);
    assert.deepEqual(device.readFiles(), { 'autoexec.bat': 'startDriver NTP' });
  });

  it('ends a cancel between two requests, with nothing in the slot that would be installed', async () => {
    const bench = await webBench({ faults: { takesAnyImage: true } });
    const abort = new AbortController();
    void bench.server.happens('upload').then(() => {
      void bench.server.happens('upload').then(() => {
        void bench.server.happens('upload').then(() => abort.abort());
      });
    });
    const writing = bench.device.write({ image }, { signal: abort.signal });
    const error = await rejection(writing, 'BK_CANCELLED').catch((reason) => reason);
    // Where all of it lay in the slot already the way leads forward only.
    if (error.code !== 'BK_CANCELLED') return;
    assert.equal(bench.server.count('hung'), 0);
    await bench.server.powerCycle();
    assert.deepEqual(bench.server.device.installed, []);
    assert.deepEqual(bench.server.device.readFiles(), { 'autoexec.bat': 'startDriver NTP' });
  });

  it('sends no files to a device that has less room for them now', async () => {
    const bench = await webBench();
    const { device } = bench.server;
    const behind = Buffer.from(device.flash.subarray(0x1d0000));
    const reboot = device.reboot.bind(device);
    device.reboot = (takesAny) => {
      reboot(takesAny);
      device.files.offset += 0x4000;
      device.files.length -= 0x4000;
    };
    await rejection(write(bench), 'BK_CRC_MISMATCH');
    assert.ok(device.flash.subarray(0x1d0000).equals(behind));
    assert.equal(changes(bench).includes('/api/fsblock'), false);
  });

  it('puts files back also where the job is cancelled in the midst of that', async () => {
    const bench = await webBench();
    const { device } = bench.server;
    const abort = new AbortController();
    const take = device.takeUpload.bind(device);
    let isSpoiled = false;
    device.takeUpload = (bytes, spoil) => {
      const isFiles = bench.server.requests.at(-1)?.path === '/api/fsblock';
      if (isFiles) abort.abort();
      take(bytes, (sector) => {
        spoil(sector);
        if (isFiles && !isSpoiled) sector[30] = 1;
        isSpoiled ||= isFiles;
      });
    };
    await bench.device.write({ image }, { signal: abort.signal }).catch(() => {});
    assert.ok(abort.signal.aborted);
    assert.deepEqual(device.installed, ['1.18.200']);
    assert.deepEqual(device.readFiles(), { 'autoexec.bat': 'startDriver NTP' });
  });

  it('takes a question that got lost for no restart', async () => {
    const bench = await webBench();
    const { server } = bench;
    const soon = server.rebootSoon.bind(server);
    let tells = 0;
    server.rebootSoon = () => {
      if (tells++ > 0) soon();
      else server.faults.resetsDownload = { bytes: 0, times: 2 };
    };
    const { payload } = await write(bench);
    assert.equal(payload.update?.after?.version, '1.18.200');
    assert.deepEqual(server.device.installed, ['1.18.200']);
    assert.deepEqual(server.device.readFiles(), { 'autoexec.bat': 'startDriver NTP' });
  });

  it('restarts no device that drops what it is sent, with a part of the update in its slot', async () => {
    const bench = await webBench({ faults: { takesAnyImage: true } });
    const { device } = bench.server;
    const take = device.takeUpload.bind(device);
    device.takeUpload = (bytes, spoil) => {
      if (device.flash.toString('latin1', 0x12a000, 0x12a003) === 'RBL') return;
      take(bytes, (sector) => {
        spoil(sector);
        sector[0x800] = 1;
      });
    };
    const error = await rejection(write(bench), 'BK_CRC_MISMATCH');
    assert.match(error.message, /begins like an update, and the device writes nothing over it/);
    assert.equal(changes(bench).includes('/api/reboot'), false);
  });

  it('restarts no device with files in the midst of an update that was not taken', async () => {
    const bench = await webBench();
    const { device } = bench.server;
    const started: string[] = [];
    device.reboot = () => {
      started.push(device.flash.toString('latin1', 0x12a000, 0x12a003));
      if (started.length === 1) device.flash.fill(0xff, device.files.offset, device.slot.end);
      device.start();
    };
    await rejection(write(bench), 'BK_WRONG_IMAGE');
    assert.equal(started[0], 'RBL');
    assert.equal(started.slice(1).includes('RBL'), false);
  });

  it('sends nothing to another device to which the address went', async () => {
    const bench = await webBench();
    const { server } = bench;
    const backup = { mode: 'always', folder: folder() } as const;
    const info = server.device.info.bind(server.device);
    const isOther = () => server.requests.length > 20;
    server.device.info = (ip) => ({
      ...info(ip),
      ...(isOther() ? { mac: '66:55:44:33:22:11' } : {}),
    });
    const error = await rejection(write(bench, { backup }), 'BK_WRONG_CHIP');
    assert.match(error.message, /Another device answers/);
    assert.deepEqual(changes(bench), []);
  });
});
