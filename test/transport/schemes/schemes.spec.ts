import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalPort, openTransport } from '../../../src/transport/schemes/schemes';
import { SimulatedChips } from '../../../src/transport/schemes/simulated-chips';
import { rejection } from '../../support/rejects';
import { VirtualClock } from '../../support/virtual-clock';

describe('openTransport', () => {
  const open = (port: string) =>
    openTransport(port, {
      baudRate: 115200,
      clock: new VirtualClock(),
      chips: new SimulatedChips(),
    });

  it('opens a simulated chip', async () => {
    const port = await open('sim://bk7231n?seed=4711&speed=fast');
    assert.equal(port.port, 'sim://bk7231n?seed=4711&speed=fast');
    await port.close();
  });

  for (const port of [
    '',
    '  ',
    'http://localhost:80',
    'tcp://',
    'tcp://host',
    'tcp://host:0',
    'tcp://host:70000',
    'tcp://host:7231/path',
    'rfc2217://host',
    'socket://host',
  ]) {
    it(`refuses "${port}" as a setting`, async () => {
      await rejection(open(port), 'BK_BAD_SETTING');
    });
  }
});

describe('canonicalPort', () => {
  it('knows a port by any of its links', async function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'bk-ports-'));
    const device = join(folder, 'ttyUSB0');
    const link = join(folder, 'usb-adapter');
    await writeFile(device, '');
    await symlink('ttyUSB0', link);
    assert.equal(await canonicalPort(link), await realpath(device));
    assert.equal(await canonicalPort(` ${folder}/./ttyUSB0 `), await realpath(device));
    await rm(folder, { recursive: true });
  });

  const same: [string, string][] = [
    ['/nowhere/../nowhere/ttyUSB0', '/nowhere/ttyUSB0'],
    ['com4', 'COM4'],
    ['\\\\.\\COM12', 'com12'],
    ['tcp://Gateway.LAN:7231', 'TCP://gateway.lan:7231/'],
    ['tcp://localhost:7231', 'tcp://127.0.0.1:07231'],
    ['tcp://[::1]:7231', 'tcp://localhost:7231'],
    ['sim://BK7231N?seed=2&speed=fast', 'SIM://bk7231n/?speed=fast&seed=2'],
    ['sim://bk7231n', 'sim://bk7231n?'],
  ];
  for (const [one, other] of same) {
    it(`takes ${one} and ${other} for one port`, async () => {
      assert.equal(await canonicalPort(one), await canonicalPort(other));
    });
  }

  const different: [string, string][] = [
    ['COM1', 'COM10'],
    ['tcp://host:1', 'tcp://host:2'],
    ['sim://bk7231n', 'sim://bk7231t'],
    ['sim://bk7231n?seed=1', 'sim://bk7231n?seed=2'],
    ['/nowhere/ttyUSB0', '/nowhere/ttyUSB1'],
  ];
  for (const [one, other] of different) {
    it(`keeps ${one} and ${other} apart`, async () => {
      assert.notEqual(await canonicalPort(one), await canonicalPort(other));
    });
  }

  it('refuses what names no port', async () => {
    await rejection(canonicalPort(''), 'BK_BAD_SETTING');
    await rejection(canonicalPort('ftp://host'), 'BK_BAD_SETTING');
    await rejection(canonicalPort('sim://bk7231n/twice'), 'BK_BAD_SETTING');
  });
});
