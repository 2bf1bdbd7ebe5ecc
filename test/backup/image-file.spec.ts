import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImageFile, writeImageFile } from '../../src/backup/image-file';
import { rejection } from '../support/rejects';

describe('readImageFile', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bk-image-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('gives the bytes', async () => {
    const path = join(folder, 'image.bin');
    await writeFile(path, 'bytes');
    assert.equal((await readImageFile(path)).toString(), 'bytes');
  });

  it('names a file that is missing', async () => {
    const path = join(folder, 'missing.bin');
    const error = await rejection(readImageFile(path), 'BK_STORAGE');
    assert.equal(error.message, `There is no file ${path}`);
    await rejection(readImageFile('a\0b'), 'BK_STORAGE');
  });

  it('does not read folders', async () => {
    const error = await rejection(readImageFile(folder), 'BK_STORAGE');
    assert.match(error.message, /a folder/);
  });

  it('does not read devices', async function () {
    // Windows has no such device.
    if (process.platform === 'win32') this.skip();
    await rejection(readImageFile('/dev/zero'), 'BK_STORAGE');
    await rejection(readImageFile(join(folder, 'image.bin', 'below')), 'BK_STORAGE');
  });

  it('refuses an empty file and one that no flash could hold', async () => {
    const path = join(folder, 'odd.bin');
    await writeFile(path, '');
    await rejection(readImageFile(path), 'BK_BAD_IMAGE');
    await truncate(path, 32 * 1024 * 1024);
    assert.equal((await readImageFile(path)).length, 32 * 1024 * 1024);
    await truncate(path, 32 * 1024 * 1024 + 1);
    const error = await rejection(readImageFile(path), 'BK_BAD_IMAGE');
    assert.ok(error.message.includes(path));
    assert.ok(error.message.includes('33554433'), error.message);
    assert.equal(error.cause.phase, 'open');
    assert.ok(error.cause.advice.length > 0);
  });

  it('says what is no name, and that it can be corrected', async () => {
    for (const bad of ['', 'a\0b', 7, null]) {
      const error = await rejection(readImageFile(bad as string), 'BK_STORAGE');
      assert.equal(error.cause.phase, 'open');
      assert.ok(error.cause.advice.length > 0);
      assert.ok(!error.message.includes('\0'));
    }
    const { cause, message } = await rejection(readImageFile('a\0b'), 'BK_STORAGE');
    assert.match(message, /a.*b/);
    assert.equal(cause.reason, null);
  });

  it('says what each failure is, in which phase, with what to do', async () => {
    const empty = join(folder, 'empty.bin');
    await writeFile(empty, '');
    for (const [path, code, what] of [
      [join(folder, 'missing.bin'), 'BK_STORAGE', /no file/],
      [folder, 'BK_STORAGE', /folder/],
      [empty, 'BK_BAD_IMAGE', /empty/],
    ] as const) {
      const error = await rejection(readImageFile(path), code);
      assert.match(error.message, what);
      assert.ok(error.message.includes(path));
      assert.equal(error.cause.phase, 'open');
      assert.ok(error.cause.advice.length > 0);
    }
    const missing = await rejection(readImageFile(join(folder, 'missing.bin')), 'BK_STORAGE');
    assert.match(missing.cause.reason ?? '', /ENOENT/);
  });
});

describe('writeImageFile', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bk-image-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('puts a file there, readable by whom it was said, in place of another', async () => {
    const path = join(folder, 'lamp.bin');
    for (const [mode, bits] of [
      [undefined, 0o600],
      ['group', 0o640],
      ['owner', 0o600],
    ] as const) {
      await writeImageFile(path, Buffer.from(`bytes for ${mode}`), mode);
      assert.equal(await readFile(path, 'utf8'), `bytes for ${mode}`);
      if (process.platform !== 'win32') assert.equal((await stat(path)).mode & 0o777, bits);
    }
    assert.deepEqual(await readdir(folder), ['lamp.bin']);
  });

  it('names the file that cannot be written', async () => {
    const path = join(folder, 'missing', 'lamp.bin');
    const error = await rejection(writeImageFile(path, Buffer.from('x')), 'BK_STORAGE');
    assert.ok(error.message.includes(path));
  });
});
