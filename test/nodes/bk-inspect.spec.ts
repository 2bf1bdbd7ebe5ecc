import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import helper from 'node-red-node-test-helper';
import { FolderTurns } from '../../src/backup/folder-turns';
import { writeBackup } from '../../src/backup/write-backup';
import { Flow, type FlowNode, type Message, useNodeRed, userDir } from '../support/flow';
import { madeUpDump } from '../support/images';
import { tuyaStorage } from '../support/tuya-storage';
import { until } from '../support/until';

const CATCH = [
  { id: 'on-error', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
  { id: 'complete', type: 'complete', scope: ['node'], uncaught: false, wires: [['over']] },
  { id: 'over', type: 'helper' },
] as never as FlowNode[];

function dump(): Buffer {
  const bytes = madeUpDump();
  tuyaStorage().copy(bytes, 0x1ee000);
  return bytes;
}

describe('bk-inspect', () => {
  useNodeRed();

  const load = (settings: object = {}) =>
    Flow.load([{ id: 'node', type: 'bk-inspect', name: '', ...settings }, ...CATCH]);

  /** The error with which a message ends. */
  async function refused(msg: Message, settings: object = {}) {
    const flow = await load(settings);
    flow.send('node', msg);
    const { error } = await flow.message('caught');
    assert.deepEqual(flow.received('node/result'), []);
    assert.deepEqual(flow.received('over'), []);
    return { error, badge: flow.badges('node').at(-1) };
  }

  it('sends what the bytes tell, in the message that brought them', async () => {
    const flow = await load();
    flow.send('node', { _msgid: 'abc', topic: 'x', bk: { chip: 'y' }, payload: dump() });
    const { payload, ...msg } = await flow.message('node/result');
    assert.deepEqual(msg, { _msgid: 'abc', topic: 'x', bk: { chip: 'y' } });
    assert.equal(payload.kind, 'dump');
    assert.equal(payload.chip, 'BK7231N');
    assert.equal(payload.tuya.module, 'CB2S');
    assert.doesNotMatch(JSON.stringify(payload), /secret-/);
    await until(() => flow.received('over').length === 1, 'the node completes');
    assert.deepEqual(flow.texts('node'), ['inspecting', 'dump: BK7231N']);
  });

  it('shows secrets when it is set to', async () => {
    const flow = await load({ secrets: 'show' });
    flow.send('node', { payload: dump() });
    const { payload } = await flow.message('node/result');
    assert.match(JSON.stringify(payload), /secret-passwd-0006/);
  });

  it('names the kind on its badge where the chip is not known', async () => {
    const flow = await load();
    flow.send('node', { payload: Buffer.from('hello') });
    await flow.message('node/result');
    assert.equal(flow.texts('node').at(-1), 'text');
  });

  it('takes a copy, which other branches of the flow may change', async () => {
    const flow = await load();
    const payload = tuyaStorage();
    flow.send('node', { payload: dump() });
    flow.send('node', { payload });
    await flow.message('node/result');
    payload.fill(0);
    assert.equal((await flow.message('node/result', 1)).payload.kind, 'tuya-storage');
  });

  it('reads a file in the user folder', async () => {
    const flow = await load();
    mkdirSync(path.join(userDir, 'bk-backups'));
    writeFileSync(path.join(userDir, 'bk-backups', 'x.bin'), tuyaStorage());
    flow.send('node', { payload: 'bk-backups/x.bin', filename: 'bk-backups/x.bin' });
    assert.equal((await flow.message('node/result')).payload.kind, 'tuya-storage');
  });

  it('prefers bytes to the name that came with them', async () => {
    const flow = await load();
    flow.send('node', { payload: tuyaStorage(), filename: '/elsewhere/x.bin' });
    assert.equal((await flow.message('node/result')).payload.kind, 'tuya-storage');
  });

  it('answers in the order of the messages', async () => {
    const flow = await load();
    for (const [index, payload] of [dump(), Buffer.from('x'), tuyaStorage()].entries())
      flow.send('node', { topic: index, payload });
    await flow.message('node/result', 2);
    assert.deepEqual(
      flow.received('node/result').map(({ topic }) => topic),
      [0, 1, 2],
    );
  });

  for (const payload of [undefined, null, 'text', 5, [1], Buffer.alloc(0)]) {
    it(`refuses ${JSON.stringify(payload)}`, async () => {
      const { error, badge } = await refused({ payload });
      assert.equal(error.code, 'BK_BAD_IMAGE');
      assert.deepEqual(badge, { fill: 'red', shape: 'ring', text: 'bad image' });
    });
  }

  it('says when the file is not there', async () => {
    const { error } = await refused({ payload: '', filename: 'missing.bin' });
    assert.equal(error.code, 'BK_STORAGE');
    assert.ok(error.message.endsWith(`There is no file ${path.join(userDir, 'missing.bin')}`));
    assert.match(error.cause.advice.join(), /file name.*user folder/);
  });

  it('says in words what is wrong with a name', async () => {
    writeFileSync(path.join(userDir, 'empty.bin'), '');
    execFileSync('mkfifo', [path.join(userDir, 'pipe')]);
    for (const [filename, code, text] of [
      ['a\0b', 'BK_BAD_SETTING', /"a\\u0000b".*cannot be printed/],
      ['a\nb', 'BK_BAD_SETTING', /"a\\nb".*cannot be printed/],
      ['x'.repeat(300), 'BK_STORAGE', /xxx cannot be read: the name is too long/],
      ['empty.bin/x', 'BK_STORAGE', /a part of the path is a file/],
      ['empty.bin', 'BK_BAD_IMAGE', /empty\.bin is empty/],
      ['pipe', 'BK_STORAGE', /no plain file/],
      ['../x', 'BK_BAD_SETTING', /"\.\.\/x", which lies outside of \S+; the job was not begun/],
      ['.', 'BK_BAD_SETTING', /is a folder/],
    ] as const) {
      const { error } = await refused({ filename });
      assert.equal(error.code, code, error.message);
      assert.match(error.message, text);
      assert.doesNotMatch(error.message, /E[A-Z]{4,}|\n|\0/);
      assert.ok(error.cause.advice.length > 0);
      await helper.unload();
    }
  });

  it('takes bytes that a function node made', async () => {
    const flow = await load();
    const made = vm.runInNewContext('new Uint8Array([104, 101, 108, 108, 111])');
    flow.send('node', { payload: made, filename: 5 });
    assert.equal((await flow.message('node/result')).payload.kind, 'text');
  });

  describe('of a folder', () => {
    const turns = new FolderTurns();

    async function backUp(folder: string, seconds = 0): Promise<string> {
      const subject = { kind: 'full', chip: 'BK7231N', mac: null, offset: 0 } as const;
      const date = new Date(2026, 0, 1, 0, 0, seconds);
      const { path } = await writeBackup(turns, { folder, subject, date, bytes: tuyaStorage() });
      return path;
    }

    it('checks the backups that a message names, and tells how far it is', async () => {
      const file = await backUp(path.join(userDir, 'bk-backups'));
      const flow = await load();
      flow.send('node', { _msgid: 'abc', topic: 'x', filename: 'bk-backups' });
      const { payload, ...msg } = await flow.message('node/result');
      assert.deepEqual(msg, { _msgid: 'abc', topic: 'x', filename: 'bk-backups' });
      assert.equal(payload.folder, path.join(userDir, 'bk-backups'));
      assert.deepEqual(
        payload.backups.map((one: Message) => [one.file, one.state]),
        [[path.basename(file), 'sound']],
      );
      await until(() => flow.received('over').length === 1, 'the node completes');
      assert.deepEqual(flow.badges('node').at(-1), {
        fill: 'green',
        shape: 'dot',
        text: '1 sound',
      });
      const progress = flow.received('node/progress');
      assert.deepEqual(
        [progress[0].topic, progress[0]._msgid, progress.at(-1).payload.percent],
        ['progress', 'abc', 100],
      );
      assert.match(progress[0].payload.message, /^Checking /);
    });

    it('warns of one that is damaged, and sends the result all the same', async () => {
      const folder = path.join(userDir, 'bk-backups');
      writeFileSync(await backUp(folder), 'rotten');
      await backUp(folder, 1);
      const flow = await load();
      flow.send('node', { filename: 'bk-backups/' });
      const { payload } = await flow.message('node/result');
      assert.equal(payload.counts.damaged, 1);
      const badge = { fill: 'yellow', shape: 'dot', text: '1 damaged, 1 sound' };
      assert.deepEqual(flow.badges('node').at(-1), badge);
    });

    it('takes the folder of its setting, wherever it is, and names in there', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'bk72xx-elsewhere-'));
      try {
        await backUp(folder);
        await backUp(path.join(folder, 'attic'), 1);
        const flow = await load({ folder });
        const found = async (msg: Message, index: number) => {
          flow.send('node', msg);
          return (await flow.message('node/result', index)).payload;
        };
        assert.equal((await found({ payload: 1 }, 0)).folder, folder);
        assert.equal((await found({ filename: folder }, 1)).folder, folder);
        assert.equal((await found({ filename: 'attic' }, 2)).folder, path.join(folder, 'attic'));
        const file = (await found({ filename: 'attic' }, 3)).backups[0].file;
        assert.equal((await found({ filename: `attic/${file}` }, 4)).kind, 'tuya-storage');
        assert.equal((await found({ payload: tuyaStorage() }, 5)).kind, 'tuya-storage');
        flow.send('node', { filename: '../elsewhere' });
        assert.equal((await flow.message('caught')).error.code, 'BK_BAD_SETTING');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('does not leave the user folder by a message', async () => {
      const { error } = await refused({ filename: path.dirname(userDir) });
      assert.equal(error.code, 'BK_BAD_SETTING');
    });
  });

  it('reads no folder', async () => {
    mkdirSync(path.join(userDir, 'folder'));
    assert.equal((await refused({ filename: 'folder' })).error.code, 'BK_STORAGE');
  });

  for (const filename of ['../x.bin', '/etc/passwd', '.', 5]) {
    it(`refuses the name ${filename}`, async () => {
      const { error } = await refused({ filename });
      assert.equal(error.code, 'BK_BAD_SETTING');
      assert.ok(error.cause.advice.length > 0);
    });
  }

  it('refuses a setting that it does not know', async () => {
    const { error } = await refused({ payload: dump() }, { secrets: 'some' });
    assert.equal(error.code, 'BK_BAD_SETTING');
    assert.ok(error.message.includes('"secrets"'));
  });

  it('can be cancelled, and goes on afterwards', async () => {
    const flow = await load();
    flow.send('node', { topic: 1, payload: dump() });
    flow.send('node', { topic: 2, payload: dump() });
    flow.send('node', { cancel: true });
    await flow.message('caught', 1);
    for (const { error } of flow.received('caught')) assert.equal(error.code, 'BK_CANCELLED');
    flow.send('node', { topic: 3, payload: dump() });
    assert.equal((await flow.message('node/result')).topic, 3);
  });
});
