import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LinuxPortBinding } from '@serialport/bindings-cpp';
import sinon from 'sinon';
import { openSerial } from '../../../src/transport/schemes/serial';
import { processesHolding } from '../../../src/transport/schemes/serial-errors';
import type { Transport } from '../../../src/transport/transport';
import { allEnglish } from '../../support/english';
import { openPty, type Pty } from '../../support/pty';
import { rejection } from '../../support/rejects';
import { until } from '../../support/until';

describe('a serial port', () => {
  let line: Pty;
  let port: Transport;

  before(function () {
    // The pseudo-terminals that stand for serial ports here are those of Linux.
    if (process.platform !== 'linux') this.skip();
  });

  beforeEach(async () => {
    line = await openPty();
    port = await openSerial(line.path, 115200);
  });

  afterEach(async () => {
    sinon.restore();
    await port.close();
    await line.close();
  });

  it('carries every byte both ways', async () => {
    const all = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) & 0xff));
    let sent = Buffer.alloc(0);
    let received = Buffer.alloc(0);
    line.onData((bytes) => {
      sent = Buffer.concat([sent, bytes]);
    });
    port.onData = (bytes) => {
      received = Buffer.concat([received, bytes]);
    };
    await port.write(all);
    await port.drain();
    line.write(all);
    await until(() => sent.length >= all.length && received.length >= all.length, 'all bytes');
    assert.deepEqual(sent, all);
    assert.deepEqual(received, all);
  });

  it('says how it is named and what it can do', () => {
    assert.equal(port.port, line.path);
    assert.equal(port.baudRate, 115200);
    assert.equal(port.canSetBaudRate, true);
  });

  it('changes its rate', async () => {
    for (const rate of [921600, 1234567, 2000000, 115200]) {
      await port.setBaudRate(rate);
      assert.equal(port.baudRate, rate);
    }
  });

  it('refuses a rate that is none, and stays as it is', async () => {
    for (const rate of [0, -1, 1.5, Number.NaN]) {
      const error = await rejection(port.setBaudRate(rate), 'BK_BAD_SETTING');
      assert.ok(error.message.includes(line.path));
    }
    assert.equal(port.baudRate, 115200);
  });

  it('refuses a rate that the operating system rounds away, and goes back', async () => {
    const asked: number[] = [];
    sinon.replace(LinuxPortBinding.prototype, 'getBaudRate', async () => ({ baudRate: 1500000 }));
    const real = LinuxPortBinding.prototype.update;
    sinon.replace(
      LinuxPortBinding.prototype,
      'update',
      async function (this: LinuxPortBinding, options) {
        asked.push(options.baudRate);
        await real.call(this, options);
      },
    );
    await port.setBaudRate(1480000);
    const error = await rejection(port.setBaudRate(2000000), 'BK_BAD_SETTING');
    assert.match(`${error.message} ${error.cause.reason}`, /2000000.*1500000/);
    assert.equal(port.baudRate, 1480000);
    assert.deepEqual(asked, [1480000, 2000000, 1480000]);
  });

  it('sets both lines at once, and low latency where the driver knows of it', async () => {
    const flags: object[] = [];
    sinon.replace(LinuxPortBinding.prototype, 'set', async (options) => {
      flags.push(options);
      if ('lowLatency' in options) throw new Error('Error: Invalid argument, cannot set');
    });
    assert.equal(await port.setLines({ rts: true, dtr: false }), true);
    assert.equal(await port.setLines({ rts: false, dtr: true }), true);
    const rest = { brk: false, cts: false };
    assert.deepEqual(flags, [
      { ...rest, rts: true, dtr: false, lowLatency: true },
      { ...rest, rts: true, dtr: false },
      { ...rest, rts: false, dtr: true },
    ]);
  });

  it('goes on without modem lines', async () => {
    assert.equal(await port.setLines({ rts: true, dtr: false }), false);
    await port.write(Buffer.from('on'));
  });

  it('is busy for a second opening, and free after it is closed', async () => {
    const error = await rejection(openSerial(line.path, 115200), 'BK_PORT_BUSY');
    assert.ok(error.message.includes(line.path));
    assert.ok(error.cause.advice.length > 0);
    await port.close();
    port = await openSerial(line.path, 115200);
  });

  it('closes twice without a word, and takes nothing afterwards', async () => {
    let lost = 0;
    port.onLost = () => lost++;
    await Promise.all([port.close(), port.close()]);
    await port.close();
    assert.equal(lost, 0);
    await rejection(port.write(Buffer.from('x')), 'BK_PORT_LOST');
    await rejection(port.drain(), 'BK_PORT_LOST');
    await rejection(port.setBaudRate(9600), 'BK_PORT_LOST');
    assert.equal(await port.setLines({ rts: false, dtr: false }), false);
  });

  it('tells once when its plug is pulled', async () => {
    const reasons: Error[] = [];
    port.onLost = (reason) => reasons.push(reason);
    await line.close();
    await until(() => reasons.length > 0, 'the loss is told');
    const error = await rejection(port.write(Buffer.from('x')), 'BK_PORT_LOST');
    assert.ok(error.message.includes(line.path));
    await port.close();
    assert.equal(reasons.length, 1);
  });
});

describe('opening a serial port', () => {
  let folder: string;

  before(async function () {
    // Ports of Windows are no files.
    if (process.platform === 'win32') this.skip();
    folder = await mkdtemp(join(tmpdir(), 'bk-serial-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('names a port that is not there, and what there is', async () => {
    const path = join(folder, 'ttyUSB9');
    const error = await rejection(openSerial(path, 115200), 'BK_PORT_NOT_FOUND');
    assert.ok(error.message.includes(path));
    assert.ok(error.cause.advice.length > 0);
  });

  it('says so when the path is no device', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'x');
    const cases = [
      [file, /a file/],
      [folder, /a folder/],
      ['/dev/null', /no serial port/],
    ] as const;
    for (const [path, what] of cases) {
      const error = await rejection(openSerial(path, 115200), 'BK_PORT_NOT_FOUND');
      assert.match(error.message, what);
      assert.ok(error.message.includes(path));
    }
  });

  it('says who may open a port that this user may not', async function () {
    // Only there is a pseudo-terminal to be closed to others.
    if (process.platform !== 'linux') this.skip();
    const line = await openPty();
    await chmod(line.path, 0);
    const root = process.geteuid?.() === 0;
    // Nothing is closed to root: for a moment this is somebody else.
    if (root) process.seteuid?.(65534);
    try {
      const error = await rejection(openSerial(line.path, 115200), 'BK_PORT_DENIED');
      assert.ok(error.message.includes(line.path));
      assert.match(error.cause.advice.join(' '), /dialout/);
    } finally {
      if (root) process.seteuid?.(0);
      await line.close();
    }
  });

  it('names the process that holds a device', async function () {
    // Who holds a file is told by Linux's /proc.
    if (process.platform !== 'linux') this.skip();
    const line = await openPty();
    const holder = spawn('sh', ['-c', `exec 3<>${line.path}; echo ready; read -r end`]);
    try {
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      const held = await processesHolding(line.path);
      assert.deepEqual(allEnglish(held), [`sh (process ${holder.pid})`]);
      assert.deepEqual(await processesHolding(line.path, join(folder, 'none')), []);
      const port = await openSerial(line.path, 115200);
      const error = await rejection(openSerial(line.path, 115200), 'BK_PORT_BUSY');
      assert.ok(error.message.includes(`sh (process ${holder.pid})`));
      await port.close();
    } finally {
      holder.kill();
      await line.close();
    }
  });
});
