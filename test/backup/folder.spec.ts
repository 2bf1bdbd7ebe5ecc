import assert from 'node:assert/strict';
import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sinon from 'sinon';
import { createFile } from '../../src/backup/atomic';
import { checkFolder, makeFolder } from '../../src/backup/folder';
import { scratchFolder } from '../support/bench-device';
import { rejection } from '../support/rejects';

const MODES = [
  ['owner', 0o600, 0o700],
  ['group', 0o640, 0o750],
  ['all', 0o644, 0o755],
] as const;

const bitsOf = (path: string) => statSync(path).mode & 0o7777;
const denied = (code: string) => Object.assign(new Error(`${code}: no`), { code });

describe('a folder of backups', function () {
  const root = scratchFolder(this);
  const folder = () => join(root(), 'made', 'anew');
  let umask = 0;

  beforeEach(() => {
    umask = process.umask();
  });

  afterEach(() => {
    process.umask(umask);
    sinon.restore();
  });

  for (const [mode, file, dir] of MODES) {
    for (const held of [0o000, 0o022, 0o077]) {
      it(`is open to ${mode}, and its files are, with a umask of ${held.toString(8)}`, async function () {
        // Windows has no modes.
        if (process.platform === 'win32') this.skip();
        process.umask(held);
        await checkFolder(folder(), mode);
        assert.equal(bitsOf(folder()), dir);
        assert.equal(bitsOf(join(root(), 'made')), dir);
        const path = join(folder(), 'lamp.bin');
        await (await createFile(path, mode)).close();
        assert.equal(bitsOf(path), file);
      });
    }
  }

  it('is made for its owner alone where nothing is said', async function () {
    // Windows has no modes.
    if (process.platform === 'win32') this.skip();
    process.umask(0);
    await checkFolder(folder());
    assert.equal(bitsOf(folder()), 0o700);
    await makeFolder(join(root(), 'other'));
    assert.equal(bitsOf(join(root(), 'other')), 0o700);
  });

  it('keeps the mode that it has, and what it was given by the one above it', async function () {
    // Windows has no modes.
    if (process.platform === 'win32') this.skip();
    mkdirSync(join(root(), 'made'));
    chmodSync(join(root(), 'made'), 0o2711);
    process.umask(0o077);
    await checkFolder(folder(), 'group');
    assert.equal(bitsOf(join(root(), 'made')), 0o2711);
    // Linux hands the group on.
    assert.equal(bitsOf(folder()) & 0o777, 0o750);
    assert.equal(bitsOf(folder()) & 0o2000, process.platform === 'linux' ? 0o2000 : 0);
  });

  it('is used as it is where its mode cannot be changed', async () => {
    process.umask(0o077);
    sinon.replace(fs.promises, 'chmod', () => Promise.reject(denied('EPERM')));
    await checkFolder(folder(), 'all');
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('loses what earlier looks have left in it, and nothing else', async () => {
    mkdirSync(folder(), { recursive: true });
    const others = ['.notes.check', '.0123456789ab.check.txt', 'x.0123456789ab.check', 'lamp.bin'];
    for (const name of ['.0123456789ab.check', ...others]) writeFileSync(join(folder(), name), 'x');
    await checkFolder(folder());
    assert.deepEqual(readdirSync(folder()).sort(), [...others].sort());
  });

  it('is used, too, where nobody may look through it', async () => {
    sinon.replace(fs.promises, 'readdir', (() => Promise.reject(denied('EACCES'))) as never);
    await checkFolder(folder());
    assert.ok(existsSync(folder()));
  });

  it('is looked at as a backup would be: by writing', async () => {
    mkdirSync(folder(), { recursive: true });
    const tried: string[] = [];
    sinon.replace(fs.promises, 'open', (path) => {
      tried.push(String(path));
      return Promise.reject(denied('EROFS'));
    });
    const error = await rejection(checkFolder(folder()), 'BK_STORAGE');
    assert.equal(tried.length, 1);
    assert.ok(tried[0]?.startsWith(folder()));
    assert.ok(error.message.includes(folder()), error.message);
    assert.match(error.message, /read-only/);
  });

  it('may be made by somebody else at the same moment', async () => {
    const mkdir = fs.promises.mkdir;
    let others = 0;
    sinon.replace(fs.promises, 'mkdir', (async (path: string, bits: number) => {
      if (path === folder() && existsSync(join(root(), 'made')) && others++ === 0) {
        mkdirSync(path);
      }
      return mkdir(path, bits);
    }) as never);
    await checkFolder(folder());
    assert.equal(others, 1);
    others = 0;
    const again = join(folder(), 'a', 'b');
    mkdirSync(join(folder(), 'a'));
    sinon.restore();
    sinon.replace(fs.promises, 'mkdir', (async (path: string, bits: number) => {
      mkdirSync(path);
      return mkdir(path, bits);
    }) as never);
    await makeFolder(again);
    assert.ok(existsSync(again));
  });

  for (const code of ['EACCES', 'ENOENT']) {
    it(`cannot be used where making it fails: ${code}`, async () => {
      sinon.replace(fs.promises, 'mkdir', (() => Promise.reject(denied(code))) as never);
      const error = await rejection(makeFolder(folder()), 'BK_STORAGE');
      assert.ok(error.message.includes(folder()), error.message);
      assert.ok(error.cause.advice.length > 0);
    });
  }

  it('is named where it is no absolute path, without what nobody can print', async () => {
    const error = await rejection(makeFolder('/tmp/a\0b\0c'), 'BK_BAD_SETTING');
    assert.match(error.message, /\/tmp\/a\?b\?c/);
    assert.ok(error.cause.advice.length > 0);
    assert.match((await rejection(makeFolder('backups'), 'BK_BAD_SETTING')).message, /backups/);
  });
});
