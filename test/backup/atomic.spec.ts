import assert from 'node:assert/strict';
import fs, { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sinon from 'sinon';
import { partPath, removeStale, replaceFile, syncFolder, targetOf } from '../../src/backup/atomic';
import { scratchFolder } from '../support/bench-device';

const BYTES = Buffer.from('These stand for a whole flash.');
const DAY_MS = 24 * 60 * 60 * 1000;

describe('a file that is complete or absent', function () {
  const folder = scratchFolder(this);
  const path = () => join(folder(), 'lamp.bin');

  afterEach(() => sinon.restore());

  /** Every file and folder that is opened, with what becomes of it, in order. */
  function watched(): string[] {
    const log: string[] = [];
    const open = fs.promises.open;
    sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof open>) => {
      const file = await open(...args);
      const what = String(args[0]) === folder() ? 'folder' : 'file';
      for (const step of ['writeFile', 'sync', 'close'] as const) {
        const real = file[step].bind(file) as (...words: unknown[]) => Promise<void>;
        sinon.replace(file, step, (async (...words: unknown[]) => {
          await real(...words);
          log.push(`${what} ${step}`);
        }) as never);
      }
      log.push(`${what} open`);
      return file;
    });
    const rename = fs.promises.rename;
    sinon.replace(fs.promises, 'rename', async (from, to) => {
      await rename(from, to);
      log.push('rename');
    });
    return log;
  }

  it('is on the disk, and closed, before it has its name', async () => {
    const log = watched();
    await replaceFile(path(), BYTES, 'owner');
    assert.deepEqual(log, ['file open', 'file writeFile', 'file sync', 'file close', 'rename']);
    assert.deepEqual(readFileSync(path()), BYTES);
    assert.deepEqual(readdirSync(folder()), ['lamp.bin']);
  });

  for (const step of ['writeFile', 'sync'] as const) {
    it(`is closed and gone where its ${step} fails, and the old one is there`, async () => {
      writeFileSync(path(), 'old');
      const log: string[] = [];
      const open = fs.promises.open;
      sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof open>) => {
        const file = await open(...args);
        sinon.replace(file, step, () => Promise.reject(new Error('full')));
        const close = file.close.bind(file);
        sinon.replace(file, 'close', async () => {
          await close();
          log.push('close');
        });
        return file;
      });
      await assert.rejects(replaceFile(path(), BYTES, 'owner'), /full/);
      assert.deepEqual(log, ['close']);
      assert.deepEqual(readdirSync(folder()), ['lamp.bin']);
      assert.equal(readFileSync(path(), 'utf8'), 'old');
    });
  }

  it('leaves nothing where it cannot get its name', async () => {
    sinon.replace(fs.promises, 'rename', () => Promise.reject(new Error('denied')));
    await assert.rejects(replaceFile(path(), BYTES, 'owner'), /denied/);
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('never takes the place of one under way', async () => {
    const names = new Set(Array.from({ length: 20 }, () => partPath(path())));
    assert.equal(names.size, 20);
    for (const name of names) assert.equal(targetOf(name.slice(folder().length + 1)), 'lamp.bin');
    assert.equal(targetOf('lamp.bin'), null);
    assert.equal(targetOf('x.lamp.bin.0123456789ab.part'), null);
    assert.equal(targetOf('.lamp.bin.0123456789ab.part.bin'), null);
  });

  it('keeps its name through a power failure: its folder is synced, and closed', async function () {
    // Windows opens no folders.
    if (process.platform === 'win32') this.skip();
    const log = watched();
    await syncFolder(folder());
    assert.deepEqual(log, ['folder open', 'folder sync', 'folder close']);
    await syncFolder(join(folder(), 'missing'));
  });

  it('closes a folder that cannot be synced, and takes no harm by it', async function () {
    // Windows opens no folders.
    if (process.platform === 'win32') this.skip();
    const close = sinon.spy();
    const open = fs.promises.open;
    sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof open>) => {
      const file = await open(...args);
      const real = file.close.bind(file);
      sinon.replace(file, 'sync', () => Promise.reject(new Error('EINVAL')));
      sinon.replace(file, 'close', async () => {
        close();
        await real();
      });
      return file;
    });
    await syncFolder(folder());
    assert.equal(close.callCount, 1);
  });
});

describe('what was left behind in a folder of backups', function () {
  const folder = scratchFolder(this);
  const now = new Date(2026, 0, 20).getTime();

  /** Whether it is still there after so many days. */
  async function stays(name: string, days: number): Promise<boolean> {
    const path = join(folder(), name);
    writeFileSync(path, 'x');
    const then = new Date(now - days * DAY_MS);
    utimesSync(path, then, then);
    await removeStale(folder(), now);
    return existsSync(path);
  }

  for (const name of ['.lamp.bin.0123456789ab.part', '.lamp.bin.json.0123456789ab.part']) {
    it(`goes after a day: ${name}`, async () => {
      assert.equal(await stays(name, 0.99), true);
      assert.equal(await stays(name, 1.01), false);
    });
  }

  for (const name of [
    '.BK7231N_020000abcdef_full.partial',
    '.BK7231N_020000abcdef_11000-1e000.partial',
    '.unknown_020000abcdef_11000-1000.edge',
  ]) {
    it(`goes after a week: ${name}`, async () => {
      assert.equal(await stays(name, 6.99), true);
      assert.equal(await stays(name, 7.01), false);
    });
  }

  for (const name of [
    'lamp.bin',
    '.lamp.bin.0123456789.part',
    '.0123456789ab.part',
    'lamp.bin.0123456789ab.part',
    'x.lamp.bin.0123456789ab.part',
    '.lamp.bin.0123456789ab.part.txt',
    'BK7231N_020000abcdef_full.partial',
    'my.BK7231N_020000abcdef_full.partial',
    '.BK7231N_020000abcdef_full.partial.txt',
    '.BK7231N_020000abcdef_11000.partial',
    '._020000abcdef_full.partial',
  ]) {
    it(`is not everything of a like name: ${name}`, async () => {
      assert.equal(await stays(name, 400), true);
    });
  }
});
