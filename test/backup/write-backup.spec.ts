import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sinon from 'sinon';
import { findBackups, loadVerified } from '../../src/backup/find';
import { checkFolder } from '../../src/backup/folder';
import { FolderTurns } from '../../src/backup/folder-turns';
import type { BackupSubject } from '../../src/backup/record';
import { type BackupRequest, writeBackup } from '../../src/backup/write-backup';
import { rejection } from '../support/rejects';

const MAC = '02:00:00:ab:cd:ef';
const FULL: BackupSubject = { kind: 'full', chip: 'BK7231N', mac: MAC, offset: 0 };
const BYTES = Buffer.from('These stand for a whole flash.');

/** The local time that names tell, `seconds` after the first. */
function at(seconds: number): Date {
  return new Date(2026, 0, 2, 3, 4, 5 + seconds);
}

describe('backups', () => {
  let root: string;
  let folder: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'bk-backup-'));
    folder = join(root, 'made', 'anew');
  });

  afterEach(async () => {
    sinon.restore();
    await rm(root, { recursive: true, force: true });
  });

  const turns = new FolderTurns();
  const write = (request: Partial<BackupRequest> = {}) =>
    writeBackup(turns, { folder, bytes: BYTES, subject: FULL, date: at(0), ...request });
  const names = async (where = folder) => (await readdir(where)).sort();

  describe('writing', () => {
    it('makes the folder, the file and its sidecar', async () => {
      const { path, sidecar, record } = await write({ facts: { port: 'COM4', chip: 'other' } });
      assert.equal(path, join(folder, 'BK7231N_020000abcdef_full_20260102-030405.bin'));
      assert.equal(sidecar, `${path}.json`);
      assert.deepEqual(await readFile(path), BYTES);
      const expected = {
        file: 'BK7231N_020000abcdef_full_20260102-030405.bin',
        kind: 'full',
        chip: 'BK7231N',
        mac: MAC,
        offset: 0,
        length: BYTES.length,
        sha256: createHash('sha256').update(BYTES).digest('hex'),
        crc32: crc32(BYTES).toString(16).padStart(8, '0'),
        date: at(0).toISOString(),
      };
      assert.deepEqual(record, expected);
      assert.deepEqual(JSON.parse(await readFile(sidecar, 'utf8')), { port: 'COM4', ...expected });
      assert.equal((await names()).length, 2);
    });

    it('can be read by its owner alone, as what it lies in', async function () {
      // Windows has no modes.
      if (process.platform === 'win32') this.skip();
      const { path, sidecar } = await write();
      for (const [file, bits] of [
        [path, 0o600],
        [sidecar, 0o600],
        [folder, 0o700],
      ] as const)
        assert.equal((await stat(file)).mode & 0o777, bits);
    });

    it('names a part of flash by its range, and a chip without a name or a MAC as such', async () => {
      const subject: BackupSubject = { kind: 'part', chip: null, mac: null, offset: 0x11000 };
      const { record } = await write({ subject });
      assert.equal(record.file, 'unknown_nomac_11000-1e_20260102-030405.bin');
    });

    it('gives every file a name of its own, also to those written at once', async () => {
      const written = await Promise.all([write(), write(), write()]);
      assert.deepEqual(
        written.map(({ record }) => record.file.slice(26)),
        ['20260102-030405.bin', '20260102-030405-2.bin', '20260102-030405-3.bin'],
      );
      assert.equal((await names()).length, 6);
    });

    it('replaces a file of a name that was given', async () => {
      await write({ filename: 'lamp.bin' });
      const { path } = await write({ filename: 'lamp.bin', bytes: Buffer.from('new') });
      assert.equal(path, join(folder, 'lamp.bin'));
      assert.equal(await readFile(path, 'utf8'), 'new');
      assert.deepEqual(await names(), ['lamp.bin', 'lamp.bin.json']);
    });

    it('makes folders that a given name goes through', async () => {
      const { path } = await write({ filename: 'kitchen/lamp.bin' });
      assert.equal(path, join(folder, 'kitchen', 'lamp.bin'));
      assert.deepEqual(await readFile(path), BYTES);
    });

    for (const filename of [
      '../lamp.bin',
      'kitchen/../../lamp.bin',
      '/tmp/lamp.bin',
      '..',
      '.',
      'kitchen/',
      'kitchen//lamp.bin',
      'lamp\0.bin',
      'C:\\lamp.bin',
      '..\\lamp.bin',
    ]) {
      it(`does not leave the folder by ${JSON.stringify(filename)}`, async () => {
        const error = await rejection(write({ filename }), 'BK_BAD_SETTING');
        assert.ok(!error.message.includes('\0'));
        assert.deepEqual(await names(), []);
      });
    }

    it('does not leave the folder by a link', async function () {
      // Windows lets only administrators make links.
      if (process.platform === 'win32') this.skip();
      const outside = join(root, 'outside');
      await mkdir(outside);
      await mkdir(folder, { recursive: true });
      await symlink(outside, join(folder, 'way'));
      await rejection(write({ filename: 'way/lamp.bin' }), 'BK_BAD_SETTING');
      await rejection(write({ filename: 'way/new/lamp.bin' }), 'BK_BAD_SETTING');
      const target = join(outside, 'target.bin');
      await writeFile(target, 'theirs');
      await symlink(target, join(folder, 'lamp.bin'));
      await write({ filename: 'lamp.bin' });
      assert.equal(await readFile(target, 'utf8'), 'theirs');
      assert.deepEqual(await names(outside), ['target.bin']);
    });

    it('does not take the place of a folder', async () => {
      await mkdir(join(folder, 'lamp.bin'), { recursive: true });
      await rejection(write({ filename: 'lamp.bin' }), 'BK_STORAGE');
      assert.deepEqual(await names(), ['lamp.bin']);
    });

    it('leaves nothing when the disk is full, and what was there as it was', async () => {
      await write({ filename: 'lamp.bin' });
      const before = await Promise.all((await names()).map((name) => readFile(join(folder, name))));
      const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      const real = fs.promises.open;
      for (const nth of [1, 2]) {
        let opened = 0;
        sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof real>) => {
          const file = await real(...args);
          if (String(args[0]).endsWith('.part') && ++opened === nth) {
            sinon.replace(file, 'sync', () => Promise.reject(full));
          }
          return file;
        });
        const error = await rejection(
          write({ filename: 'lamp.bin', bytes: Buffer.from('new') }),
          'BK_STORAGE',
        );
        assert.match(error.message, /lamp\.bin.*full/);
        sinon.restore();
        assert.deepEqual(await names(), ['lamp.bin', 'lamp.bin.json']);
        const after = await Promise.all(
          (await names()).map((name) => readFile(join(folder, name))),
        );
        assert.deepEqual(after, before);
      }
    });

    it('makes room once where the disk is full, and then tries again', async () => {
      for (const [code, asked, written] of [
        ['ENOSPC', 1, true],
        ['EDQUOT', 1, true],
        ['EACCES', 0, false],
      ] as const) {
        const real = fs.promises.open;
        let left = 1;
        sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof real>) => {
          if (String(args[0]).endsWith('.part') && left-- > 0)
            throw Object.assign(new Error(`${code}: no`), { code });
          return real(...args);
        });
        let count = 0;
        const makeRoom = async () => {
          count++;
        };
        const outcome = await write({ filename: `${code}.bin`, makeRoom }).then(
          () => true,
          () => false,
        );
        sinon.restore();
        assert.deepEqual([count, outcome], [asked, written], code);
      }
      const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      sinon.replace(fs.promises, 'open', () => Promise.reject(full));
      let count = 0;
      const makeRoom = async () => {
        count++;
      };
      await rejection(write({ makeRoom }), 'BK_STORAGE');
      assert.equal(count, 1);
    });

    it('takes no name again that a newer one may have had', async () => {
      const [first, second] = [await write(), await write()];
      for (const path of [first.path, first.sidecar, second.path]) await rm(path);
      // The sidecar of the second one is still there.
      assert.match((await write()).path, /030405-3\.bin$/);
      await writeFile(join(folder, 'BK7231N_020000abcdef_full_20260102-030405-x.bin'), 'theirs');
      assert.match((await write()).path, /030405-4\.bin$/);
      assert.match((await write({ date: at(1) })).path, /030406\.bin$/);
    });

    it('says that the folder cannot be looked through', async () => {
      await mkdir(folder, { recursive: true });
      const denied = Object.assign(new Error('EACCES'), { code: 'EACCES' });
      sinon.replace(fs.promises, 'readdir', (() => Promise.reject(denied)) as never);
      const error = await rejection(write(), 'BK_STORAGE');
      assert.ok(error.message.includes(folder));
    });

    it('has its folder outlive a power failure', async function () {
      // Windows opens no folders.
      if (process.platform === 'win32') this.skip();
      const opened: string[] = [];
      const real = fs.promises.open;
      sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof real>) => {
        opened.push(String(args[0]));
        return real(...args);
      });
      await write({ filename: 'kitchen/lamp.bin' });
      assert.equal(opened.at(-1), join(folder, 'kitchen'));
    });

    it('leaves no bytes behind where their sidecar cannot be written, and no sidecar either', async () => {
      const real = fs.promises.rename;
      sinon.replace(fs.promises, 'rename', async (from, to) => {
        if (String(to).endsWith('.json')) throw Object.assign(new Error('no'), { code: 'EACCES' });
        await real(from, to);
      });
      const error = await rejection(write(), 'BK_STORAGE');
      assert.match(error.message, /20260102-030405\.bin/);
      assert.deepEqual(await names(), []);
      sinon.restore();
      sinon.replace(fs.promises, 'rename', async (from, to) => {
        if (String(to).endsWith('.bin')) throw Object.assign(new Error('no'), { code: 'EACCES' });
        await real(from, to);
      });
      await rejection(write(), 'BK_STORAGE');
      assert.deepEqual(await names(), []);
    });

    it('keeps the old file with its own sidecar when the new one cannot take its place', async () => {
      const { path, sidecar } = await write({ filename: 'lamp.bin' });
      const before = await readFile(sidecar, 'utf8');
      const real = fs.promises.rename;
      sinon.replace(fs.promises, 'rename', async (from, to) => {
        if (to === path) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
        await real(from, to);
      });
      const bytes = Buffer.from('new');
      await rejection(write({ filename: 'lamp.bin', bytes }), 'BK_STORAGE');
      assert.deepEqual(await names(), ['lamp.bin', 'lamp.bin.json']);
      assert.deepEqual(await readFile(path), BYTES);
      assert.equal(await readFile(sidecar, 'utf8'), before);
    });

    it('gives the sidecar its name before the bytes have theirs', async () => {
      const order: string[] = [];
      const real = fs.promises.rename;
      sinon.replace(fs.promises, 'rename', async (from, to) => {
        order.push(String(to));
        await real(from, to);
      });
      const { path, sidecar } = await write();
      assert.deepEqual(order, [sidecar, path]);
    });

    it('clears away what a crash left behind, but not what is under way or not ours', async () => {
      await mkdir(folder, { recursive: true });
      const old = ['.lamp.bin.0123456789ab.part', '.notes.part'];
      for (const name of [...old, '.now.bin.0123456789ab.part']) {
        await writeFile(join(folder, name), 'x');
      }
      for (const name of old) await utimes(join(folder, name), at(-90_000), at(-90_000));
      await utimes(join(folder, '.now.bin.0123456789ab.part'), at(-60), at(-60));
      await write({ filename: 'lamp.bin' });
      assert.deepEqual(await names(), [
        '.notes.part',
        '.now.bin.0123456789ab.part',
        'lamp.bin',
        'lamp.bin.json',
      ]);
    });
  });

  describe('keeping', () => {
    it('removes the oldest of the same chip with their sidecars', async () => {
      for (const seconds of [1, 2, 3]) await write({ date: at(seconds) });
      const { removed } = await write({ date: at(4), keep: 2 });
      assert.equal(removed.length, 2);
      assert.deepEqual(await names(), [
        'BK7231N_020000abcdef_full_20260102-030408.bin',
        'BK7231N_020000abcdef_full_20260102-030408.bin.json',
        'BK7231N_020000abcdef_full_20260102-030409.bin',
        'BK7231N_020000abcdef_full_20260102-030409.bin.json',
      ]);
    });

    it('keeps all by default', async () => {
      for (const seconds of [1, 2, 3]) await write({ date: at(seconds), keep: 0 });
      assert.equal((await names()).length, 6);
    });

    it('tells those of one second apart by their numbers', async () => {
      for (let count = 0; count < 12; count++) await write({ keep: 2 });
      assert.deepEqual(
        (await names()).filter((name) => name.endsWith('.bin')).map((name) => name.slice(26)),
        ['20260102-030405-11.bin', '20260102-030405-12.bin'],
      );
    });

    it("touches no other chip's, no other range's and nobody's own files", async () => {
      const others: Partial<BackupRequest>[] = [
        { subject: { ...FULL, mac: '02:00:00:00:00:01' } },
        { subject: { ...FULL, mac: null } },
        { subject: { ...FULL, chip: 'BK7231M' } },
        { subject: { ...FULL, kind: 'part', offset: 0x1000 } },
        { filename: 'mine.bin' },
      ];
      for (const other of others) await write({ ...other, date: at(-10) });
      const strangers = [
        'BK7231N_020000abcdef_full_20200101-000000.bin',
        'BK7231N_020000abcdef_full_20200101-000000.txt',
        'x_BK7231N_020000abcdef_full_20200101-000000.bin',
      ];
      for (const name of strangers) await writeFile(join(folder, name), 'theirs');
      const before = await names();
      await write({ date: at(1), keep: 1 });
      await write({ date: at(2), keep: 1 });
      const after = new Set(await names());
      assert.deepEqual(
        before.filter((name) => !after.has(name)),
        [],
      );
      assert.equal(after.size, before.length + 2);
    });

    it('removes none of a chip without a MAC, also where its model is known', async () => {
      const subject: BackupSubject = { ...FULL, chip: null, mac: null };
      for (const seconds of [1, 2, 3]) await write({ subject, date: at(seconds), keep: 1 });
      assert.equal((await names()).length, 6);
      const noMac: BackupSubject = { ...FULL, mac: null };
      for (const seconds of [1, 2, 3]) await write({ subject: noMac, date: at(seconds), keep: 1 });
      assert.equal((await names()).length, 12);
    });

    it('does not count files that a person named', async () => {
      await write({ date: at(1) });
      await write({ date: at(2), filename: 'lamp.bin', keep: 1 });
      assert.equal((await names()).length, 4);
    });
  });

  describe('finding', () => {
    it('gives those of a chip, newest first', async () => {
      for (const seconds of [2, 3, 1]) await write({ date: at(seconds) });
      await write({ filename: 'lamp.bin', date: at(9) });
      await write({ subject: { ...FULL, mac: null }, date: at(10) });
      const found = await findBackups(folder, { chip: 'BK7231N', mac: MAC.toUpperCase() });
      assert.deepEqual(
        found.map(({ record }) => Date.parse(record.date)),
        [9, 3, 2, 1].map((seconds) => at(seconds).getTime()),
      );
      const nameless = await findBackups(folder, { chip: 'BK7231N', mac: null });
      assert.equal(nameless.length, 1);
    });

    it('gives bytes only when they are those of the sidecar', async () => {
      const { path } = await write();
      const [backup] = await findBackups(folder, FULL);
      assert.ok(backup);
      assert.deepEqual(await loadVerified(backup), BYTES);
      const damaged = Buffer.from(BYTES);
      damaged[3] = 0;
      for (const bytes of [damaged, BYTES.subarray(1), Buffer.alloc(0)]) {
        await writeFile(path, bytes);
        assert.equal(await loadVerified(backup), null);
      }
      await rm(path);
      assert.equal(await loadVerified(backup), null);
      assert.deepEqual(await findBackups(folder, FULL), []);
    });

    it('does not stumble over sidecars that are none', async () => {
      await mkdir(folder, { recursive: true });
      const texts = ['', '{', 'null', '[]', '{"kind":"full"}', '{"kind":"full","chip":"BK7231N"}'];
      for (const [index, text] of texts.entries()) {
        await writeFile(join(folder, `${index}.bin`), 'x');
        await writeFile(join(folder, `${index}.bin.json`), text);
      }
      await mkdir(join(folder, 'folder.bin.json'));
      await writeFile(join(folder, 'folder.bin'), 'x');
      assert.deepEqual(await findBackups(folder, FULL), []);
    });

    it('finds nothing in a folder that is not there', async () => {
      assert.deepEqual(await findBackups(join(root, 'none'), FULL), []);
    });
  });

  describe('the folder', () => {
    it('is made, and nothing stays in it', async () => {
      await checkFolder(folder);
      assert.deepEqual(await names(), []);
      await checkFolder(folder);
    });

    it('cannot be a file, nor lie below one', async () => {
      const file = join(root, 'file');
      await writeFile(file, 'x');
      for (const bad of [file, join(file, 'below')]) {
        const error = await rejection(checkFolder(bad), 'BK_STORAGE');
        assert.ok(error.message.includes(bad));
        assert.ok(error.cause.advice.length > 0);
        await rejection(write({ folder: bad }), 'BK_STORAGE');
      }
      assert.equal(await readFile(file, 'utf8'), 'x');
    });

    it('has to be writable', async function () {
      // Nobody can write to /proc, not even root; other systems have no such folder.
      if (process.platform !== 'linux') this.skip();
      for (const bad of ['/proc', '/proc/bk-backups']) {
        const error = await rejection(checkFolder(bad), 'BK_STORAGE');
        assert.ok(error.message.includes(bad));
      }
    });

    it('is an absolute path', async () => {
      for (const bad of ['', 'bk-backups', '/tmp/\0']) {
        await rejection(checkFolder(bad), 'BK_BAD_SETTING');
        await rejection(write({ folder: bad }), 'BK_BAD_SETTING');
      }
    });
  });
});
