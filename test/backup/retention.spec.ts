import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import sinon from 'sinon';
import { Catalogue } from '../../src/backup/catalogue';
import { FolderTurns } from '../../src/backup/folder-turns';
import type { BackupSubject } from '../../src/backup/record';
import { type BackupRequest, writeBackup } from '../../src/backup/write-backup';
import { scratchFolder } from '../support/bench-device';
import { english } from '../support/english';

const MAC = '02:00:00:ab:cd:ef';
const FULL: BackupSubject = { kind: 'full', chip: 'BK7231N', mac: MAC, offset: 0 };
const PART: BackupSubject = { ...FULL, kind: 'part' };
const at = (seconds: number) => new Date(2026, 0, 2, 3, 4, 5 + seconds);

describe('how many backups are kept', function () {
  const folder = scratchFolder(this);
  const turns = new FolderTurns();
  const write = (seconds: number, request: Partial<BackupRequest> = {}) =>
    writeBackup(turns, {
      folder: folder(),
      bytes: Buffer.from('flash'),
      subject: FULL,
      date: at(seconds),
      ...request,
    });
  const names = () => readdirSync(folder()).sort();

  it('never lets small reads push out the backup of the whole chip', async () => {
    const whole = await write(0);
    for (const seconds of [1, 2, 3]) await write(seconds, { subject: PART, keep: 1 });
    assert.ok(existsSync(whole.path) && existsSync(whole.sidecar));
    assert.equal(names().length, 4);
    // Nor reads of one stretch those of another, of the same place.
    const longer = await write(4, { subject: PART, keep: 1, bytes: Buffer.from('longer flash') });
    for (const seconds of [5, 6]) await write(seconds, { subject: PART, keep: 1 });
    assert.ok(existsSync(longer.path));
    const { removed } = await write(7, { keep: 1 });
    assert.deepEqual(removed, [whole.path]);
    assert.ok(existsSync(longer.path));
  });

  it('says which have gone, the oldest', async () => {
    const paths: string[] = [];
    for (const seconds of [3, 1, 2]) paths.push((await write(seconds)).path);
    const { removed } = await write(4, { keep: 2 });
    assert.deepEqual([...removed].sort(), [paths[1], paths[2]].sort());
    for (const path of removed) assert.ok(!existsSync(path) && !existsSync(`${path}.json`));
    assert.ok(existsSync(paths[0] as string));
    assert.deepEqual((await write(5, { keep: 100 })).removed, []);
  });

  it('takes none away where all are to be kept', async () => {
    for (const seconds of [0, 1, 2]) {
      assert.deepEqual((await write(seconds)).removed, []);
      assert.deepEqual((await write(seconds, { keep: 0 })).removed, []);
    }
    assert.equal(names().length, 12);
  });

  it('counts the new one, also where its clock is behind', async () => {
    const old = await write(10);
    const { path, removed } = await write(0, { keep: 1 });
    assert.deepEqual(removed, [old.path]);
    assert.ok(existsSync(path));
  });

  it('keeps all of what has no MAC: two chips of one model are not one', async () => {
    for (const [subject, left] of [
      [{ ...FULL, chip: null, mac: null }, 2],
      [{ ...FULL, chip: null }, 1],
      [{ ...FULL, mac: null }, 2],
    ] as const) {
      const first = await write(0, { subject, keep: 1 });
      const second = await write(1, { subject, keep: 1 });
      const there = [first, second].filter(({ path }) => existsSync(path));
      assert.equal(there.length, left);
    }
  });

  it('takes sidecars away whose bytes are gone, of this chip and stretch alone', async () => {
    const lone: string[] = [];
    const spared: string[] = [];
    const leave = async (request: Partial<BackupRequest>, list: string[]) => {
      const { path, sidecar } = await write(0, request);
      rmSync(path);
      list.push(sidecar);
    };
    await leave({}, lone);
    await leave({ subject: PART }, spared);
    await leave({ subject: { ...FULL, mac: '02:00:00:00:00:01' } }, spared);
    await leave({ subject: { ...FULL, chip: 'BK7231M' } }, spared);
    await leave({ filename: 'lamp.bin' }, spared);
    // The name of this package's making, and what stands in it of another file.
    const strange = join(folder(), 'BK7231N_020000abcdef_full_20200101-000000.bin.json');
    writeFileSync(strange, JSON.stringify({ file: 'lamp.bin' }));
    spared.push(strange);
    const text = join(folder(), 'BK7231N_020000abcdef_full_20200101-000000.bin.txt');
    writeFileSync(text, '{}');
    spared.push(text);
    await write(1, { keep: 1 });
    for (const path of lone) assert.ok(!existsSync(path), path);
    for (const path of spared) assert.ok(existsSync(path), path);
  });

  it('spares the sidecar of a backup that another process is giving its name', async () => {
    const { path, sidecar } = await write(0);
    const part = join(folder(), `.${basename(path)}.0123456789ab.part`);
    renameSync(path, part);
    await write(1, { keep: 1 });
    assert.ok(existsSync(sidecar));
    renameSync(part, path);
    assert.deepEqual((await write(2, { keep: 5 })).removed, []);
    assert.ok(existsSync(path) && existsSync(sidecar));
  });

  it('removes nothing whose sidecar tells of something else than its name', async () => {
    const { path, sidecar, record } = await write(0);
    for (const changes of [
      { file: 'lamp.bin' },
      { kind: 'part' },
      { mac: null },
      { chip: null },
      { chip: 'BK7231M' },
    ]) {
      writeFileSync(sidecar, JSON.stringify({ ...record, ...changes }));
      for (const subject of [FULL, PART, { ...FULL, mac: null }, { ...FULL, chip: null }])
        await write(1, { subject, keep: 1 });
      assert.ok(existsSync(path) && existsSync(sidecar), JSON.stringify(changes));
    }
  });

  it('keeps everything where a file got the name that a person gave it', async () => {
    await write(0);
    const { removed } = await write(1, { filename: 'lamp.bin', keep: 1 });
    assert.deepEqual(removed, []);
    assert.equal(names().length, 4);
  });

  describe('by their age', () => {
    const DAY = 24 * 60 * 60;
    const daily = async (days: number, more: Partial<BackupRequest> = {}) => {
      const written = [];
      for (let day = 0; day < days; day++) written.push(await write(day * DAY, more));
      return written.map(({ path }) => path);
    };

    it('keeps what the count or the age wants to keep', async () => {
      const paths = await daily(10);
      // Five are younger than five days, and three are wanted anyway.
      const { removed } = await write(10 * DAY, { keep: 3, keepDays: 5 });
      assert.deepEqual(removed.sort(), paths.slice(0, 5));
      const after = await write(30 * DAY, { keep: 3, keepDays: 5 });
      assert.deepEqual(after.removed.sort(), paths.slice(5, 9));
    });

    it('goes by the date in the sidecar, and not by that of the file', async () => {
      const [first = '', second = ''] = await daily(2);
      utimesSync(first, 1, at(20 * DAY));
      utimesSync(second, 1, 1);
      const { removed } = await write(3 * DAY, { keepDays: 2 });
      assert.deepEqual(removed, [first]);
    });

    it('keeps the oldest of the whole chip, and of a stretch none but the newest', async () => {
      const [, ...more] = await daily(3);
      const parts = await daily(2, { subject: PART });
      const whole = await write(9 * DAY, { keepDays: 1, keepFirst: true });
      assert.deepEqual(whole.removed.sort(), more);
      const part = await write(9 * DAY, { subject: PART, keepDays: 1, keepFirst: true });
      assert.deepEqual(part.removed.sort(), parts);
    });

    it('removes nothing by a clock that was never set, and says so', async () => {
      await daily(3);
      for (const date of [new Date(0), new Date(2020, 1, 1)]) {
        const { removed, doubts } = await write(0, { date, keep: 1, keepDays: 1 });
        assert.deepEqual(removed, []);
        assert.match(
          doubts.map((note) => english(note)).join(),
          /clock .* not set.*none was removed/,
        );
      }
    });

    it('removes nothing where a backup is of tomorrow, and names it', async () => {
      await daily(2);
      const { path } = await write(60 * DAY);
      const { removed, doubts } = await write(30 * DAY, { keep: 1, keepDays: 1 });
      assert.deepEqual(removed, []);
      const said = doubts.map((note) => english(note)).join();
      assert.ok(said.includes(path.slice(folder().length + 1)), said);
    });
  });

  it('does not count a damaged one, however new', async () => {
    const [oldest, older, old, newer] = [
      await write(0),
      await write(1),
      await write(2),
      await write(3),
    ];
    appendFileSync(newer.path, 'x');
    writeFileSync(old.path, 'other');
    const { removed } = await write(4, { keep: 2 });
    // The new one and the second: what lies between them is none.
    assert.deepEqual(removed, [oldest.path]);
    assert.ok(existsSync(older.path));
  });

  it('keeps the oldest one that is sound beside the oldest', async () => {
    const all = [await write(0), await write(1), await write(2)];
    writeFileSync(all[0]?.path as string, 'other');
    const { removed } = await write(4, { keep: 1, keepFirst: true });
    assert.deepEqual(removed, [all[2]?.path]);
  });

  it('asks the sidecar itself before it removes anything', async () => {
    const { path } = await write(0);
    const [listed] = (await Catalogue.open(folder())).backups;
    assert.ok(listed);
    const record = { ...listed.record, date: at(-10).toISOString() };
    sinon.stub(Catalogue.prototype, 'backups').get(() => [{ ...listed, record }]);
    assert.deepEqual((await write(1, { keep: 1 })).removed, []);
    sinon.restore();
    assert.deepEqual((await write(2, { keep: 2 })).removed, [path]);
  });

  it('removes none that a job reads, by whichever way', async () => {
    const { path } = await write(0);
    symlinkSync(path, `${path}.link`);
    const ends = [await turns.hold(`${path}.link`), await turns.hold(path)];
    assert.deepEqual((await write(1, { keep: 1 })).removed.includes(path), false);
    ends[0]?.();
    ends[0]?.();
    assert.ok(!(await write(2, { keep: 1 })).removed.includes(path));
    ends[1]?.();
    assert.ok((await write(3, { keep: 1 })).removed.includes(path));
  });

  it('removes none where the new one does not read back as it was written', async () => {
    const old = await write(0);
    const real = fs.rename;
    sinon.replace(fs, 'rename', async (from, to) => {
      await real(from, to);
      if (String(to).endsWith('.bin')) writeFileSync(to, 'torn');
    });
    const { removed, doubts } = await write(1, { keep: 1 });
    sinon.restore();
    assert.deepEqual(removed, []);
    assert.match(doubts.map((note) => english(note)).join(), /does not read back/);
    assert.equal(readFileSync(old.path, 'utf8'), 'flash');
  });

  it('says of one that cannot be removed that it is still there', async () => {
    const old = await write(0);
    const real = fs.rm;
    sinon.replace(fs, 'rm', (path, options) =>
      path === old.path
        ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }))
        : real(path, options),
    );
    const { removed, doubts } = await write(1, { keep: 1 });
    sinon.restore();
    assert.deepEqual(removed, []);
    assert.match(
      doubts.map((note) => english(note)).join(),
      /could not be removed: permission is denied/,
    );
    assert.ok(existsSync(old.sidecar));
  });
});
