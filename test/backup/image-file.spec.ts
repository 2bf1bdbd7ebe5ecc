import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImageFile } from '../../src/backup/image-file';
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
  });
});
