import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs, {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import sinon from 'sinon';
import type { Device } from '../../src';
import { findBackups, loadVerified } from '../../src/backup/find';
import { FolderTurns } from '../../src/backup/folder-turns';
import { LARGEST_IMAGE, readImageFile } from '../../src/backup/image-file';
import { settleLeftovers } from '../../src/backup/unfinished/leftovers';
import { PartialBackup, type PartialSubject } from '../../src/backup/unfinished/partial';
import { type BackupRequest, writeBackup } from '../../src/backup/write-backup';
import { SECTOR } from '../../src/chip/geometry';
import { noise, scratchFolder, testDevice } from '../support/bench-device';
import { LastingChip } from '../support/mortal-job';
import { rejection } from '../support/rejects';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const CHIP = { chip: 'BK7231N', mac: '02:00:00:ab:cd:ef' } as const;
const RANGE = { offset: 0x20000, length: 4 * SECTOR };
const SUBJECT: PartialSubject = { ...CHIP, kind: 'part', ...RANGE };
const BYTES = noise(RANGE.length, 4);
const NOW = new Date(2026, 0, 20, 3, 4, 5);
const NAME = 'BK7231N_020000abcdef_20000-4000_20260120-030405.bin';
const PARTIAL = '.BK7231N_020000abcdef_20000-4000.partial';

describe('a folder of backups that anything may lie in', function () {
  this.timeout(60_000);
  const pipes: string[] = [];
  afterEach(() => {
    sinon.restore();
    // While the folder is there: whoever waits for somebody at the other end would do so beyond the end of the tests.
    for (const path of pipes.splice(0)) {
      if (!existsSync(path)) continue;
      closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    }
  });
  const folder = scratchFolder(this);
  const turns = new FolderTurns();
  const at = (name: string) => join(folder(), name);
  const write = (request: Partial<BackupRequest> = {}) => {
    const { chip, mac, kind, offset } = SUBJECT;
    const subject = { chip, mac, kind, offset };
    return writeBackup(turns, { folder: folder(), bytes: BYTES, subject, date: NOW, ...request });
  };
  const found = () => findBackups(folder(), CHIP);
  const openPartial = async (ending: 'partial' | 'edge' = 'partial') => {
    const partial = await PartialBackup.open(folder(), SUBJECT, RANGE, ending);
    assert.ok(partial);
    return partial;
  };

  before(function () {
    // Windows has no such files in its folders, and only administrators make links there.
    if (process.platform === 'win32') this.skip();
  });

  /** Puts a named pipe there, in place of what is there. */
  function pipeAt(path: string): void {
    rmSync(path, { force: true });
    execFileSync('mkfifo', [path]);
    pipes.push(path);
  }

  /** All that a folder can hold and that is no plain file. */
  const THINGS: Readonly<Record<string, (path: string) => unknown>> = {
    'a named pipe': pipeAt,
    'a link to a named pipe': (path) => {
      pipeAt(at('elsewhere'));
      rmSync(path, { force: true });
      symlinkSync(at('elsewhere'), path);
    },
    'a socket': async (path) => {
      rmSync(path, { force: true });
      const server = createServer();
      // Its file goes when it is closed: so it gets its name here later.
      await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
      renameSync(at('socket'), path);
      await new Promise((resolve) => server.close(resolve));
    },
    'a device': (path) => {
      rmSync(path, { force: true });
      symlinkSync('/dev/tty', path);
    },
    'a folder': (path) => {
      rmSync(path, { force: true });
      mkdirSync(path);
    },
    'a link to itself': (path) => {
      rmSync(path, { force: true });
      symlinkSync(path, path);
    },
  };

  for (const [what, put] of Object.entries(THINGS)) {
    describe(`${what} in it`, () => {
      it('is no backup', async () => {
        const { path } = await write();
        const [backup] = await found();
        assert.ok(backup);
        await put(path);
        assert.equal(await loadVerified(backup), null);
      });

      it('is no sidecar, and a backup takes its place where it can', async () => {
        await write({ filename: 'lamp.bin' });
        await put(at('lamp.bin.json'));
        assert.deepEqual(await found(), []);
        const again = write({ filename: 'lamp.bin' });
        if (what === 'a folder') await rejection(again, 'BK_STORAGE');
        else assert.equal((await again.then(found)).length, 1);
      });

      it('does not keep old backups from going', async () => {
        await put(at(`${NAME}.json`));
        const next = await write({ date: new Date(NOW.getTime() + 1000), keep: 1 });
        const last = await write({ date: new Date(NOW.getTime() + 2000), keep: 1 });
        assert.deepEqual(last.removed, [next.path]);
      });

      it('is nothing that an unfinished backup has read, and nothing is written to it', async () => {
        await put(at(PARTIAL));
        const partial = await openPartial();
        assert.equal(partial.holdsAny, false);
        await partial.keep(RANGE.offset, BYTES.subarray(0, SECTOR));
        assert.equal(partial.holdsAny, false);
        await partial.remove();
      });

      it('is nothing that an unfinished write has kept', async () => {
        await put(at(PARTIAL.replace('partial', 'edge')));
        assert.equal((await openPartial('edge')).holdsAny, false);
      });

      it('is no backup that lacks its name only', async () => {
        const { path } = await write();
        rmSync(path);
        await put(at(`.${NAME}.0123456789ab.part`));
        await settleLeftovers(turns, folder(), SUBJECT, '', NOW.getTime());
        assert.equal(existsSync(path), false);
      });

      it('is no image, which is said in words', async () => {
        await put(at('image.bin'));
        const error = await rejection(readImageFile(at('image.bin')), 'BK_STORAGE');
        assert.ok(error.message.includes(`${at('image.bin')} cannot be read: `), error.message);
        assert.ok(error.cause.advice.length > 0);
      });
    });
  }

  it('is read from and written beside in spite of pipes of every name', async () => {
    const chip = new LastingChip('bk7231n?seed=961');
    const image = noise(SECTOR + 0x321, 8);
    const jobs: Record<string, (device: Device) => Promise<unknown>> = {
      read: (device) => device.read({ ...RANGE, file: { folder: folder() } }),
      write: (device) =>
        device.write({ image, offset: 0x40123, backup: { mode: 'once', folder: folder() } }),
      erase: (device) => device.erase({ backup: { mode: 'once', folder: folder() } }),
    };
    for (const [name, job] of Object.entries(jobs)) {
      // What a job that died has left tells the names.
      assert.equal((await chip.live(job)).error, null, name);
      await chip.live(job, { read: 6, delivered: true });
      await chip.live(job, { change: 1, delivered: true });
      for (const file of readdirSync(folder())) pipeAt(at(file));
      const life = await chip.live(job);
      assert.equal(life.error, null, name);
      assert.equal(life.died, false, name);
    }
  });

  it('may have its backups elsewhere, with links in their places', async () => {
    const { path, sidecar } = await write();
    mkdirSync(at('elsewhere'));
    for (const file of [path, sidecar]) {
      const moved = join(at('elsewhere'), file.slice(folder().length + 1));
      renameSync(file, moved);
      symlinkSync(moved, file);
    }
    const [backup] = await found();
    assert.ok(backup);
    assert.deepEqual(await loadVerified(backup), BYTES);
  });

  it('keeps nothing through a link, though the bytes at its end be right', async () => {
    const partial = await openPartial();
    await partial.keep(RANGE.offset, BYTES.subarray(0, SECTOR));
    await partial.close();
    renameSync(at(PARTIAL), at('theirs'));
    symlinkSync(at('theirs'), at(PARTIAL));
    const before = readFileSync(at('theirs'));
    const again = await openPartial();
    assert.equal(again.holdsAny, false);
    await again.keep(RANGE.offset + SECTOR, BYTES.subarray(SECTOR, 2 * SECTOR));
    await again.close();
    assert.deepEqual(readFileSync(at('theirs')), before);
  });

  describe('in which one thing takes the place of another just when it was looked at', () => {
    /** After the system was asked about it once. */
    function afterTheLook(path: string, swap: () => void): void {
      let left = 1;
      for (const name of ['stat', 'lstat'] as const) {
        const real = fs.promises[name] as (...args: unknown[]) => Promise<unknown>;
        sinon.replace(fs.promises, name, (async (...args: unknown[]) => {
          const stats = await real(...args);
          if (args[0] === path && left-- > 0) swap();
          return stats;
        }) as never);
      }
    }

    it('waits for no pipe', async () => {
      const { path, sidecar } = await write();
      const [backup] = await found();
      assert.ok(backup);
      afterTheLook(path, () => pipeAt(path));
      assert.equal(await loadVerified(backup), null);
      sinon.restore();
      afterTheLook(sidecar, () => pipeAt(sidecar));
      assert.deepEqual(await found(), []);
      sinon.restore();
      writeFileSync(at('image.bin'), BYTES);
      afterTheLook(at('image.bin'), () => pipeAt(at('image.bin')));
      const error = await rejection(readImageFile(at('image.bin')), 'BK_STORAGE');
      assert.match(error.message, /image\.bin cannot be read: it is no plain file/);
    });

    it('waits for no pipe in the place of what was kept, and follows no link', async () => {
      for (const swap of [
        () => pipeAt(at(PARTIAL)),
        () => {
          renameSync(at(PARTIAL), at('theirs'));
          symlinkSync(at('theirs'), at(PARTIAL));
        },
      ]) {
        const partial = await openPartial();
        await partial.keep(RANGE.offset, BYTES.subarray(0, SECTOR));
        await partial.close();
        afterTheLook(at(PARTIAL), swap);
        const again = await openPartial();
        assert.equal(again.holdsAny, false);
        await again.remove();
        sinon.restore();
      }
    });

    it('reads nothing that has grown beyond its limit', async () => {
      const { path } = await write();
      const [backup] = await found();
      assert.ok(backup);
      const read = mostRead();
      afterTheLook(path, () => truncateSync(path, 10 * GIB));
      assert.equal(await loadVerified(backup), null);
      assert.equal(read(), 0);
    });
  });

  /** The longest Buffer that was asked for from now on, bytes. */
  function mostRead(): () => number {
    const spies = [sinon.spy(Buffer, 'alloc'), sinon.spy(Buffer, 'allocUnsafeSlow')];
    return () => Math.max(0, ...spies.flatMap((spy) => spy.args.map(([size]) => size)));
  }

  describe('whose files have any length', () => {
    it('reads no sidecar of more than 1 MiB', async () => {
      const { sidecar } = await write();
      const text = readFileSync(sidecar, 'utf8');
      writeFileSync(sidecar, text.padEnd(MIB));
      assert.equal((await found()).length, 1);
      writeFileSync(sidecar, text.padEnd(MIB + 1));
      assert.deepEqual(await found(), []);
      truncateSync(sidecar, 10 * GIB);
      const read = mostRead();
      assert.deepEqual(await found(), []);
      await write({ filename: NAME });
      assert.ok(read() <= RANGE.length, `${read()} bytes at once`);
    });

    it('reads no backup that is longer than any flash, or than its sidecar says', async () => {
      const { path, sidecar } = await write();
      const [backup] = await found();
      assert.ok(backup);
      truncateSync(path, 10 * GIB);
      const read = mostRead();
      assert.equal(await loadVerified(backup), null);
      assert.equal(read(), 0);
      sinon.restore();
      const long = Buffer.alloc(LARGEST_IMAGE + 1);
      const sha256 = createHash('sha256').update(long).digest('hex');
      const record = { ...JSON.parse(readFileSync(sidecar, 'utf8')), length: long.length, sha256 };
      writeFileSync(sidecar, JSON.stringify(record));
      writeFileSync(path, long);
      const [longer] = await found();
      assert.ok(longer);
      // No comparison that would show 32 MiB of it.
      assert.ok((await loadVerified(longer)) === null);
    });

    it('takes no more of what was kept than belongs there', async () => {
      const partial = await openPartial();
      await partial.keep(RANGE.offset, BYTES.subarray(0, SECTOR));
      await partial.close();
      truncateSync(at(PARTIAL), 10 * GIB);
      const read = mostRead();
      const again = await openPartial();
      assert.equal(again.has(RANGE.offset), true);
      await again.keep(RANGE.offset + SECTOR, BYTES.subarray(SECTOR, 2 * SECTOR));
      await again.close();
      assert.ok(read() < 2 * RANGE.length, `${read()} bytes at once`);
      assert.equal(readFileSync(at(PARTIAL)).length, 4 * (SECTOR + 4));
    });

    it('remembers of a sidecar what it needs, and nothing else', async () => {
      const { sidecar, record } = await write({ facts: { padding: 'x'.repeat(100_000) } });
      const [backup] = await found();
      const { sectors, ...needed } = record;
      assert.ok(sectors);
      assert.deepEqual(backup?.record, needed);
      const text = JSON.parse(readFileSync(sidecar, 'utf8'));
      for (const more of [
        { file: 'x'.repeat(256) },
        { date: `${record.date} (${'x'.repeat(256)})` },
      ]) {
        writeFileSync(sidecar, JSON.stringify({ ...text, ...more }));
        assert.deepEqual(await found(), [], Object.keys(more).join());
      }
    });
  });

  it('does not get a backup over another because of a number that nobody can count to', async () => {
    const theirs = at(NAME.replace('.bin', '-9007199254740992.bin'));
    writeFileSync(theirs, 'theirs');
    const { path } = await write();
    assert.equal(path, at(NAME));
    assert.equal(readFileSync(theirs, 'utf8'), 'theirs');
  });

  it('is no place for an image either: a job refuses a pipe before the port is opened', async () => {
    pipeAt(at('image.bin'));
    const { device } = testDevice('bk7231n');
    const error = await rejection(device.write({ image: { path: at('image.bin') } }), 'BK_STORAGE');
    assert.match(error.message, /image\.bin cannot be read: it is no plain file/);
  });
});
