import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import { Flow, type FlowNode, useNodeRed, userDir } from '../../support/flow';
import { nextSeed } from '../../support/seed';
import { simulatedChip } from '../../support/simulated-chips';
import { settled } from '../../support/until';
import type { VirtualClock } from '../../support/virtual-clock';
import { useVirtualTime } from '../../support/virtual-time';

const MIB = 1024 * 1024;
let port = '';
const device = (settings: object = {}): FlowNode => ({
  id: 'device',
  type: 'bk-device',
  name: 'bench',
  port,
  ...settings,
});
const node = (id: string, type: string, settings: object = {}): FlowNode => ({
  id,
  type,
  name: '',
  device: 'device',
  ...settings,
});
const CATCH: FlowNode[] = [
  { id: 'on-error', type: 'catch', name: '', uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
];
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('the nodes with a simulated chip', function () {
  this.timeout(60_000);
  useNodeRed();
  let clock: VirtualClock;

  beforeEach(() => {
    port = `sim://bk7231n?speed=real&seed=${nextSeed()}`;
    clock = useVirtualTime();
  });

  it('tell what chip it is', async () => {
    const flow = await Flow.load([device(), node('connect', 'bk-connect'), ...CATCH]);
    flow.send('connect', { topic: 'hello' });
    const { payload, bk, topic } = await flow.message('connect/result');
    assert.equal(topic, 'hello');
    assert.equal(payload.chip, 'BK7231N');
    assert.equal(payload.family, 'full');
    assert.equal(payload.flash.size, 2 * MIB);
    assert.match(payload.mac, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    assert.equal(bk.operation, 'connect');
    assert.equal(bk.device, 'bench');
    assert.equal(bk.port, port);
    assert.equal(flow.texts('connect').at(-1), 'connected: BK7231N');
  });

  it('back up, erase, write back and read the same again', async () => {
    const flow = await Flow.load([
      device({ baud: 921_600 }),
      node('backup', 'bk-read', { output: 'file' }),
      node('erase', 'bk-erase'),
      node('write', 'bk-write', { source: 'file' }),
      node('read', 'bk-read'),
      ...CATCH,
    ]);
    flow.send('backup');
    const backup = await flow.message('backup/result');
    assert.equal(path.dirname(backup.payload), path.join(userDir, 'bk-backups'));
    const bytes = readFileSync(backup.payload);
    assert.equal(bytes.length, 2 * MIB);
    assert.equal(backup.bk.sha256, sha256(bytes));
    assert.ok(existsSync(`${backup.payload}.json`));

    flow.send('erase');
    const erase = await flow.message('erase/result');
    assert.equal(erase.payload.verified, true);
    assert.ok(erase.payload.bytes > 0);

    flow.send('write', { filename: path.join('bk-backups', path.basename(backup.payload)) });
    const write = await flow.message('write/result');
    assert.equal(write.payload.verified, true);
    assert.ok(write.payload.bytesWritten > 0);

    flow.send('read');
    const read = await flow.message('read/result');
    assert.ok(Buffer.isBuffer(read.payload));
    assert.equal(sha256(read.payload), backup.bk.sha256);
    assert.deepEqual(flow.received('caught'), []);

    for (const id of ['backup', 'erase', 'write', 'read']) {
      const reports = flow.received(`${id}/progress`).map(({ payload }) => payload);
      assert.ok(reports.length > 2, id);
      let before: { phase: string; done: number } | null = null;
      for (const report of reports) {
        assert.equal(report.operation, id === 'backup' ? 'read' : id);
        if (before?.phase === report.phase) assert.ok(report.done >= (before?.done ?? 0), id);
        before = report;
      }
    }
  });

  it('read the other memories of a chip', async () => {
    port = `sim://bk7258?seed=${nextSeed()}`;
    const flow = await Flow.load([
      device(),
      ...['otp', 'efuse'].map((memory) => node(memory, 'bk-read', { memory })),
      node('rom', 'bk-read', { memory: 'rom', offset: '60K' }),
      ...CATCH,
    ]);
    for (const memory of ['otp', 'efuse', 'rom'] as const) {
      flow.send(memory);
      const { payload, bk } = await flow.message(`${memory}/result`);
      const held = simulatedChip(port)?.others[memory].subarray(bk.offset);
      assert.ok(Buffer.isBuffer(payload) && held !== undefined && payload.equals(held), memory);
      assert.equal(bk.chip, 'BK7258');
      assert.equal(bk.sha256, sha256(held));
    }
    flow.send('otp', { offset: '0x3F0', length: 32 });
    const { payload } = await flow.message('otp/result', 1);
    assert.deepEqual(payload, simulatedChip(port)?.others.otp.subarray(0x3f0, 0x410));
    assert.equal(simulatedChip(port)?.counters.burns, 0);
    assert.deepEqual(flow.received('caught'), []);
  });

  it('refuse the memories that a chip does not give', async () => {
    const flow = await Flow.load([device(), node('read', 'bk-read', { memory: 'otp' }), ...CATCH]);
    flow.send('read');
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_BAD_SETTING');
    assert.match(error.message, /BK7231N; how its OTP is read is not known; that of BK7258/);
    assert.deepEqual(flow.received('read/result'), []);
  });

  it('take turns on one port, whoever asks', async () => {
    const flow = await Flow.load([
      device(),
      { ...device(), id: 'twin', name: 'the same' },
      node('one', 'bk-read', { length: '64K' }),
      node('two', 'bk-read', { length: '64K' }),
      node('three', 'bk-read', { length: '64K', device: 'twin' }),
      ...CATCH,
    ]);
    const order: string[] = [];
    for (const id of ['one', 'two', 'three'])
      for (const output of ['progress', 'result'])
        helper.getNode(`${id}/${output}`).on('input', () => order.push(id));
    for (const id of ['one', 'two', 'three']) flow.send(id);
    for (const id of ['one', 'two', 'three'])
      assert.equal((await flow.message(`${id}/result`)).payload.length, 65_536);
    const turns = order.filter((id, index) => id !== order[index - 1]);
    assert.deepEqual(turns, ['one', 'two', 'three']);
    assert.ok(flow.texts('two').includes('waiting for the port'));
    assert.deepEqual(flow.received('caught'), []);
  });

  it('use the port of the message', async () => {
    const flow = await Flow.load([device(), node('connect', 'bk-connect'), ...CATCH]);
    flow.send('connect', { port: 'sim://bk7238?speed=real' });
    const { payload, bk } = await flow.message('connect/result');
    assert.equal(payload.chip, 'BK7238');
    assert.equal(bk.port, 'sim://bk7238?speed=real');
  });

  it('tell a person what to do, and give up with reasons', async () => {
    port += '&window=0';
    const flow = await Flow.load([device(), node('connect', 'bk-connect'), ...CATCH]);
    flow.send('connect');
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_NO_LINK');
    assert.equal(error.cause.code, 'BK_NO_LINK');
    assert.equal(error.cause.phase, 'link');
    assert.ok(error.cause.likely.length > 0 && error.cause.advice.length > 0);
    for (const { cause, confidence, evidence } of error.cause.likely)
      assert.ok(cause && evidence && confidence > 0 && confidence <= 1);
    const texts = flow.texts('connect');
    assert.ok(texts.includes('reset the chip now'), texts.join());
    assert.equal(texts.at(-1), 'no link');
    assert.ok(clock.now() >= 60_000);
  });

  it('end a write at a sector boundary when it is cancelled, and write again', async () => {
    const image = Buffer.alloc(256 * 1024, 0x5a);
    const settings = { offset: '0x20000', backup: 'never', anyImage: true };
    const flow = await Flow.load([
      device(),
      node('write', 'bk-write', settings),
      node('read', 'bk-read', { offset: '0x20000', length: '256K' }),
      ...CATCH,
    ]);
    helper.getNode('write/progress').on('input', ({ payload }) => {
      const report = payload as { phase: string; done: number };
      if (report.phase === 'write' && report.done > 0) flow.send('write', { cancel: true });
    });
    flow.send('write', { payload: image });
    assert.equal((await flow.message('caught')).error.code, 'BK_CANCELLED');
    assert.equal(flow.texts('write').at(-1), 'cancelled');
    flow.send('read');
    const half = (await flow.message('read/result')).payload as Buffer;
    for (let at = 0; at < half.length; at += 4096) {
      const sector = half.subarray(at, at + 4096);
      const written = sector.filter((byte) => byte === 0x5a).length;
      assert.ok(written === 4096 || written < 100, `half a sector at ${at}`);
    }
    helper.getNode('write/progress').removeAllListeners('input');
    flow.send('write', { payload: image });
    assert.equal((await flow.message('write/result')).payload.verified, true);
  });

  it('give the port back when they are deployed anew in the middle of a write', async () => {
    const settings = { offset: '0x20000', backup: 'never', anyImage: true };
    const nodes = (name: string) => [
      device({ name }),
      node('write', 'bk-write', settings),
      node('read', 'bk-read', { length: '4K' }),
    ];
    const flow = await Flow.load(nodes('before'));
    const writing = new Promise<void>((resolve) => {
      helper.getNode('write/progress').on('input', ({ payload }) => {
        if ((payload as { phase: string }).phase === 'write') resolve();
      });
    });
    flow.send('write', { payload: Buffer.alloc(256 * 1024, 0x5a) });
    await writing;
    await helper.setFlows(Flow.complete(nodes('after')) as never, 'nodes');
    flow.listen();
    flow.send('read');
    const { bk, payload } = await flow.message('read/result');
    assert.equal(bk.device, 'after');
    assert.equal(payload.length, 4096);
    assert.deepEqual(flow.received('write/result'), []);
  });

  it('leave nothing behind when they go', async () => {
    const flow = await Flow.load([
      device(),
      node('read', 'bk-read', { output: 'file' }),
      node('other', 'bk-read'),
    ]);
    const reading = new Promise<void>((resolve) => {
      helper.getNode('read/progress').on('input', ({ payload }) => {
        if ((payload as { phase: string }).phase === 'read') resolve();
      });
    });
    flow.send('read');
    flow.send('other');
    await reading;
    const nodes = ['read', 'other', 'device'].map((id) => flow.node(id));
    await helper.unload();
    await settled();
    assert.equal(clock.pending, 0);
    // What was read waits for the next try; nothing else stays.
    const left = readdirSync(path.join(userDir, 'bk-backups'));
    assert.deepEqual(
      left.filter((name) => !/^\.BK7231N_[0-9a-f]{12}_full\.partial$/.test(name)),
      [],
    );
    for (const gone of nodes) assert.equal(gone.listenerCount('input'), 0);
  });
});
