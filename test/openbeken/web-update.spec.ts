import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { WriteOptions } from '../../src';
import { scratchFolder } from '../support/bench-device';
import {
  closeWebBenches,
  openBekenUpdate,
  type WebBench,
  webBench,
} from '../support/openbeken-bench';

describe('an update over the network', function () {
  const folder = scratchFolder(this);
  afterEach(closeWebBenches);

  const image = openBekenUpdate('1.18.200');
  const write = ({ device }: WebBench, more: Partial<WriteOptions> = {}) =>
    device.write({ image, backup: { mode: 'once', folder: folder() }, ...more });

  it('installs it, with files and configuration as before', async () => {
    const bench = await webBench();
    const { flash, files } = bench.server.device;
    const before = Buffer.from(flash);
    const { payload, facts } = await write(bench);
    assert.deepEqual(bench.server.device.installed, ['1.18.200']);
    assert.equal(payload.verified, true);
    assert.equal(payload.update?.after?.version, '1.18.200');
    assert.deepEqual(bench.server.device.readFiles(), { 'autoexec.bat': 'startDriver NTP' });
    const area = (bytes: Buffer) => bytes.subarray(files.offset, files.offset + files.length);
    assert.ok(area(flash).equals(area(before)));
    assert.ok(flash.subarray(0x1d0000).equals(before.subarray(0x1d0000)));
    assert.ok(readFileSync(payload.backup ?? '').equals(before));
    assert.deepEqual(facts.recoveries, []);
    assert.deepEqual(facts.warnings, []);
  });
});
