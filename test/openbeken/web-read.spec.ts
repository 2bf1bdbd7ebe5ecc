import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Device } from '../../src';
import { scratchFolder } from '../support/bench-device';
import { flashImage } from '../support/images';
import { closeWebBenches, webBench } from '../support/openbeken-bench';
import { rejection } from '../support/rejects';
import { environmentOn, prepareSimulatedChip } from '../support/simulated-chips';

describe('reading over the network', function () {
  const folder = scratchFolder(this);
  afterEach(closeWebBenches);

  it('gives flash, or a range of it', async () => {
    const { server, device } = await webBench();
    const { flash } = server.device;
    assert.ok((await device.read()).payload as Buffer);
    const { payload, facts } = await device.read({ offset: 0x12345, length: 0x1234 });
    assert.ok((payload as Buffer).equals(flash.subarray(0x12345, 0x12345 + 0x1234)));
    assert.equal(facts.bytesRead, 0x1234);
    assert.equal(facts.sha256?.length, 64);
    await rejection(device.read({ offset: 0x1ff000, length: 0x2000 }), 'BK_OUT_OF_RANGE');
  });

  it('gives configuration and file system as they lie in flash', async () => {
    const { server, device } = await webBench();
    const { flash, files } = server.device;
    const config = (await device.read({ memory: 'openbeken' })).payload as Buffer;
    assert.ok(config.equals(flash.subarray(0x1d1000, 0x1d2000)));
    const { payload, facts } = await device.read({
      memory: 'littlefs',
      file: { folder: folder() },
    });
    assert.match(String(payload), /BK7231N_c8478c123456_1c8000-8000_/);
    assert.equal(facts.offset, 0x1c8000);
    const wanted = flash.subarray(files.offset, files.offset + files.length);
    assert.ok(readFileSync(String(payload)).equals(wanted));
  });

  it('takes nothing that was read wrong or cut off', async () => {
    const faults = { readErrors: 0.002, cutsAnswer: { bytes: 4096, times: 4 } };
    const { server, device } = await webBench({ seed: 7, faults });
    const { payload, facts } = await device.read();
    assert.ok((payload as Buffer).equals(server.device.flash));
    assert.ok(facts.recoveries.length > 0);
    Object.assign(server.faults, { readErrors: 0, cutsAnswer: { bytes: 4096, times: 2 } });
    const files = (await device.read({ memory: 'littlefs' })).payload as Buffer;
    assert.equal(files.length, 0x8000);
    server.faults.readErrors = 1;
    await rejection(device.read({ length: 0x8000 }), 'BK_CRC_MISMATCH');
  });

  it('refuses memories that only a cable leads to, and its own by cable', async () => {
    const { server, device } = await webBench();
    await rejection(device.read({ memory: 'efuse' }), 'BK_BAD_SETTING');
    assert.deepEqual(server.requests, []);
    const wired = new Device({ port: 'sim://bk7231n' });
    await rejection(wired.read({ memory: 'littlefs' }), 'BK_BAD_SETTING');
  });

  it('makes a backup that jobs by cable take for this chip’s', async () => {
    const flash = flashImage();
    const { server, device, clock } = await webBench({ flash });
    const { payload } = await device.read({ file: { folder: folder() } });
    assert.match(String(payload), /BK7231N_c8478c123456_full_\d{8}-\d{6}\.bin$/);
    const sidecar = JSON.parse(readFileSync(`${payload}.json`, 'utf8'));
    assert.equal(sidecar.kind, 'full');
    assert.equal(sidecar.encryptionKey, 'tuya');
    assert.equal(sidecar.inspection.mac, 'c8:47:8c:12:34:56');
    const file = join(folder(), 'same-chip.flash');
    writeFileSync(file, server.device.flash);
    const url = `sim://bk7231n?flash=${file}`;
    prepareSimulatedChip(url, clock);
    const wired = new Device({ port: url, reset: 'rts' }, environmentOn(clock));
    const image = Buffer.from(server.device.flash.subarray(0x1f0000, 0x1f1000));
    const written = await wired.write({
      image,
      offset: 0x1f0000,
      backup: { mode: 'once', folder: folder() },
    });
    assert.equal(written.payload.backup, payload);
  });

  it('is cancelled between two questions', async () => {
    const { server, device } = await webBench();
    const abort = new AbortController();
    void server.happens('request').then(() => abort.abort());
    await rejection(device.read({}, { signal: abort.signal }), 'BK_CANCELLED');
  });

  it('ends in an error that says what is wrong with what answers', async () => {
    for (const [answer, code] of [
      [{ status: 200, body: '<html>a router</html>' }, 'BK_BAD_RESPONSE'],
      [{ status: 404, body: '' }, 'BK_BAD_RESPONSE'],
      [{ status: -1, body: '{"error":-1}' }, 'BK_BAD_RESPONSE'],
      [{ status: 200, body: '{"chipset":"BL602","build":"x version 1.0"}' }, 'BK_UNKNOWN_CHIP'],
    ] as const) {
      const { device } = await webBench({ faults: { answers: answer } });
      await rejection(device.connect(), code);
    }
  });

  it('tells which chip was expected', async () => {
    const { device } = await webBench({}, { chip: 'BK7231T' });
    const error = await rejection(device.connect(), 'BK_WRONG_CHIP');
    assert.match(error.message, /BK7231N.*BK7231T/);
  });
});
