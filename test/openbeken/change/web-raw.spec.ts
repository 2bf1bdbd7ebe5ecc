import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { noise, scratchFolder } from '../../support/bench-device';
import { calibrationSector } from '../../support/images';
import { closeWebBenches, MAC, webBench } from '../../support/openbeken-bench';
import { rejection } from '../../support/rejects';

describe('data that is written over the network', function () {
  const folder = scratchFolder(this);
  afterEach(closeWebBenches);

  const bytes = noise(77);

  it('is written, read back, and in effect after a restart', async () => {
    const { server, device } = await webBench();
    const before = Buffer.from(server.device.flash);
    const backup = { mode: 'once', folder: folder() } as const;
    const { payload } = await device.write({ image: bytes, offset: 0x1f0100, backup });
    const wanted = Buffer.from(before);
    bytes.copy(wanted, 0x1f0100);
    assert.ok(server.device.flash.equals(wanted));
    assert.ok(readFileSync(payload.backup ?? '').equals(before));
    assert.equal(payload.sectorsErased, 1);
    assert.ok(server.count('back') > 0);
  });

  it('is left alone where it lies there already', async () => {
    const { server, device } = await webBench();
    const image = Buffer.from(server.device.flash.subarray(0x1f0000, 0x1f4000));
    const { payload } = await device.write({ image, offset: 0x1f0000 });
    assert.equal(payload.bytesUnchanged, 0x4000);
    assert.ok(server.requests.every(({ method }) => method === 'GET'));
  });

  it('puts the calibration of this very device back', async () => {
    const { server, device } = await webBench();
    const image = calibrationSector(MAC);
    image[0x800] = 0x12;
    server.device.flash[0x1d0900] = 0x34;
    await device.write({ image, part: 'rf', unchanged: 'rewrite' });
    assert.equal(server.device.flash[0x1d0900], 0xff);
    assert.deepEqual(server.device.installed, []);
  });

  it('is tried again where it was stored wrong, and told where it never is right', async () => {
    const { server, device } = await webBench({ seed: 3, faults: { bitErrors: 0.3 } });
    const image = noise(0x3000, 2);
    await device.write({ image, offset: 0x1f0000 });
    assert.ok(server.device.flash.subarray(0x1f0000, 0x1f3000).equals(image));
    server.faults.bitErrors = 1;
    const failing = device.write({ image: noise(0x3000, 3), offset: 0x1f0000 });
    const error = await rejection(failing, 'BK_CRC_MISMATCH');
    assert.deepEqual(error.cause.state?.uncertain, [{ offset: 0x1f0000, length: 0x3000 }]);
  });

  it('is taken again by a device that drops what it is sent', async () => {
    const { server, device } = await webBench({ faults: { dropsAfterRefusal: true } });
    const body = Buffer.alloc(0x600, 1);
    await fetch(`${server.url}/api/flash/1ffe00`, { method: 'POST', body }).catch(() => {});
    assert.equal(server.count('refused'), 1);
    await device.write({ image: bytes, offset: 0x1f0000 });
    assert.ok(server.device.flash.subarray(0x1f0000).indexOf(bytes) === 0);
  });

  it('is no configuration that a restart would undo', async () => {
    const { server, device } = await webBench();
    const { facts } = await device.write({ image: bytes, offset: 0x1d1000 });
    assert.equal(server.count('back'), 0);
    assert.deepEqual(
      facts.warningCodes.map(({ code }) => code),
      ['openbeken.powerCycleForConfig'],
    );
  });
});
