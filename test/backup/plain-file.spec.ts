import assert from 'node:assert/strict';
import fs, { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sinon from 'sinon';
import { readIfPlain, readPlain } from '../../src/backup/plain-file';
import { noise, scratchFolder } from '../support/bench-device';

const BYTES = noise(1000, 3);

describe('a file that somebody else can have put there', function () {
  const folder = scratchFolder(this);
  const path = () => join(folder(), 'file');
  afterEach(() => sinon.restore());

  /** A disk that gives so many bytes at once, and no more than there are. */
  function slowDisk(atOnce: number, there = BYTES.length): { closed: number } {
    const seen = { closed: 0 };
    const open = fs.promises.open;
    sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof open>) => {
      const file = await open(...args);
      const read = file.read.bind(file) as (...words: unknown[]) => Promise<unknown>;
      sinon.replace(file, 'read', (async (
        bytes: Buffer,
        at: number,
        length: number,
        position: number,
      ) => {
        if (position >= there) return { bytesRead: 0, buffer: bytes };
        return read(bytes, at, Math.min(atOnce, length, there - position), position);
      }) as never);
      const close = file.close.bind(file);
      sinon.replace(file, 'close', async () => {
        seen.closed++;
        await close();
      });
      return file;
    });
    return seen;
  }

  it('is read whole where the disk gives it in pieces, and closed', async () => {
    writeFileSync(path(), BYTES);
    const seen = slowDisk(7);
    assert.deepEqual(await readPlain(path(), { most: 1000 }), BYTES);
    assert.equal(seen.closed, 1);
  });

  it('is read as far as it goes where it became shorter meanwhile', async () => {
    writeFileSync(path(), BYTES);
    slowDisk(100, 250);
    assert.deepEqual(await readPlain(path(), { most: 1000 }), BYTES.subarray(0, 250));
  });

  it('is refused, or cut, where it is longer than it may be', async () => {
    writeFileSync(path(), BYTES);
    assert.ok(!Buffer.isBuffer(await readPlain(path(), { most: 999 })));
    assert.equal(await readIfPlain(path(), { most: 999 }), null);
    const beginning = await readIfPlain(path(), { most: 999, longer: 'cut' });
    assert.deepEqual(beginning, BYTES.subarray(0, 999));
  });

  it('is refused where it is none', async () => {
    mkdirSync(path());
    const read = await readPlain(path(), { most: 1000, longer: 'cut' });
    assert.ok(!Buffer.isBuffer(read) && read.isDirectory());
    assert.equal(await readIfPlain(join(folder(), 'missing'), { most: 1000 }), null);
    await assert.rejects(readPlain(join(folder(), 'missing'), { most: 1000 }), /ENOENT/);
  });

  it('is one behind a link, unless links are refused', async function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    writeFileSync(path(), BYTES);
    const link = join(folder(), 'link');
    symlinkSync('file', link);
    assert.deepEqual(await readIfPlain(link, { most: 1000 }), BYTES);
    assert.deepEqual(await readIfPlain(link, { most: 1000, links: 'follow' }), BYTES);
    const refused = await readPlain(link, { most: 1000, links: 'refuse' });
    assert.ok(!Buffer.isBuffer(refused) && refused.isSymbolicLink());
  });
});
