import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import sinon from 'sinon';
import { type CheckedBackup, checkBackups, type Progress } from '../../src';
import { Catalogue } from '../../src/backup/catalogue';
import { signatureOf } from '../../src/backup/catalogue-file';
import { FolderTurns } from '../../src/backup/folder-turns';
import type { BackupSubject } from '../../src/backup/record';
import { type BackupRequest, writeBackup } from '../../src/backup/write-backup';
import { SECTOR } from '../../src/chip/geometry';
import { noise, scratchFolder } from '../support/bench-device';
import { calibrationSector } from '../support/images';
import { rejection } from '../support/rejects';

const MAC = '02:00:00:ab:cd:ef';
const FULL: BackupSubject = { kind: 'full', chip: 'BK7231N', mac: MAC, offset: 0 };
const CALIBRATION = 0x1d0000;

describe('the check of a folder of backups', function () {
  const folder = scratchFolder(this);
  const turns = new FolderTurns();
  let count = 0;

  /** A whole flash with its MAC in its place. */
  function flash(seed: number, mac = [0x02, 0, 0, 0xab, 0xcd, 0xef]): Buffer {
    const bytes = noise(0x200000, seed);
    calibrationSector(mac).copy(bytes, CALIBRATION);
    return bytes;
  }

  async function backup(request: Partial<BackupRequest> = {}): Promise<string> {
    const date = new Date(2026, 1, 1, 0, 0, count++);
    const bytes = flash(count);
    const { path } = await writeBackup(turns, {
      ...{ folder: folder(), bytes, subject: FULL, date },
      ...request,
    });
    return path;
  }

  const states = async () =>
    Object.fromEntries(
      (await checkBackups(folder())).backups.map(({ file, state }) => [file, state]),
    );
  const flip = (path: string) => {
    const bytes = readFileSync(path);
    bytes[7] = (bytes[7] as number) ^ 1;
    writeFileSync(path, bytes);
  };

  it('tells of each in which state it is, and why', async () => {
    const sound = await backup({
      facts: { inspection: { app: { project: 'oq', version: '1.2' } } },
    });
    const bent = await backup();
    const short = await backup();
    const deaf = await backup();
    const gone = await backup();
    flip(bent);
    writeFileSync(short, 'x');
    writeFileSync(`${deaf}.json`, JSON.stringify({ sha256: 'no SHA-256' }));
    rmSync(gone);
    const put = (name: string) => writeFileSync(join(folder(), name), '{}');
    put('alone.bin');
    put('.BK7231N_020000abcdef_full.partial');
    put(`.${basename(sound)}.0123456789ab.part`);
    // What is nobody's backup.
    for (const name of ['notes.txt', 'notes.txt.json', 'package.json', '.hidden', '.bk72xx-index'])
      put(name);
    const { backups, counts, chips, bytes, folder: path } = await checkBackups(folder());
    assert.equal(path, folder());
    const of = (file: string) => backups.find((one) => one.file === basename(file));
    const { sha256, date, ...found } = of(sound) as CheckedBackup;
    assert.ok(date);
    assert.equal(sha256, createHash('sha256').update(readFileSync(sound)).digest('hex'));
    assert.deepEqual(found, {
      file: basename(sound),
      state: 'sound',
      reason: null,
      reasonCode: null,
      ...FULL,
      length: 0x200000,
      firmware: 'oq 1.2',
    });
    for (const [file, state, reason] of [
      [bent, 'damaged', /SHA-256/],
      [short, 'damaged', /has 1 bytes, and its \.json says 2097152/],
      [deaf, 'damaged', /\.json cannot be read/],
      [`${gone}.json`, 'no-file', /the backup itself is gone/],
      ['alone.bin', 'no-sidecar', /no \.json/],
      ['.BK7231N_020000abcdef_full.partial', 'unfinished', /next try/],
      [`.${basename(sound)}.0123456789ab.part`, 'unfinished', /next try/],
    ] as const) {
      assert.equal(of(file)?.state, state, file);
      assert.match(of(file)?.reason ?? '', reason);
    }
    assert.equal(backups.length, 8);
    assert.deepEqual(counts, {
      sound: 1,
      damaged: 3,
      'no-sidecar': 1,
      'no-file': 1,
      unfinished: 2,
      unreadable: 0,
    });
    const name = basename(sound);
    const chip = { chip: 'BK7231N', mac: MAC, sound: 1, damaged: 2, newest: name, oldest: name };
    assert.deepEqual(chips, [chip]);
    assert.equal(bytes, 2 * 0x200000);
  });

  it('names the newest and the oldest sound one of each chip', async () => {
    const other = { ...FULL, mac: null };
    const [first = '', second = '', third = '', fourth = ''] = [
      await backup(),
      await backup(),
      await backup(),
      await backup(),
    ];
    const nameless = await backup({ subject: other });
    await backup({ subject: { ...FULL, kind: 'part' } });
    flip(first);
    flip(fourth);
    const { chips } = await checkBackups(folder());
    const own = chips.find(({ mac }) => mac === MAC);
    assert.equal(own?.oldest, basename(second));
    assert.equal(own?.newest, basename(third));
    assert.deepEqual([own?.sound, own?.damaged], [3, 2]);
    assert.equal(chips.find(({ mac }) => mac === null)?.newest, basename(nameless));
  });

  it('counts one as damaged whose bytes are of another chip than its sidecar says', async () => {
    const right = await backup();
    const elsewhere = flash(77);
    elsewhere.fill(0xff, CALIBRATION, CALIBRATION + SECTOR);
    calibrationSector([0x02, 0, 0, 0xab, 0xcd, 0xef]).copy(elsewhere, 0x1f0000);
    const moved = await backup({ bytes: elsewhere });
    const wrong = await backup({ bytes: flash(78, [0x02, 0, 0, 0, 0, 9]) });
    assert.deepEqual(await states(), {
      [basename(right)]: 'sound',
      [basename(moved)]: 'sound',
      [basename(wrong)]: 'damaged',
    });
  });

  it('believes no index: what was sound may be rotten though nothing tells of it', async () => {
    const paths = [];
    for (let number = 0; number < 40; number++)
      paths.push(await backup({ bytes: noise(SECTOR, number), subject: { ...FULL, mac: null } }));
    const [path = ''] = paths;
    const old = new Date(2026, 0, 1);
    for (const one of paths) {
      utimesSync(one, old, old);
      utimesSync(`${one}.json`, old, old);
    }
    assert.equal((await checkBackups(folder())).counts.sound, 40);
    assert.ok(statSync(join(folder(), '.bk72xx-index')).isFile());
    flip(path);
    utimesSync(path, old, old);
    // As where a disk has forgotten a bit, which no time tells of.
    const mistaken = await Catalogue.open(folder());
    mistaken.noteSound(path, signatureOf(statSync(path)));
    await mistaken.save();
    const soon = Date.now() / 1000 + 60;
    utimesSync(join(folder(), '.bk72xx-index'), soon, soon);
    const { counts } = await checkBackups(folder());
    assert.deepEqual([counts.sound, counts.damaged], [39, 1]);
    utimesSync(join(folder(), '.bk72xx-index'), soon, soon);
    const after = await Catalogue.open(folder());
    const [rotten] = after.backups.filter((one) => one.path === path);
    assert.ok(rotten);
    assert.equal(await after.isSound(rotten, async () => false), false);
  });

  it('is not misled by a job that replaces or removes one meanwhile', async () => {
    const replaced = await backup({ filename: 'lamp.bin' });
    const removed = await backup();
    const newer = await backup({
      folder: join(folder(), '..', `${basename(folder())}-new`),
      filename: 'lamp.bin',
    });
    let done = false;
    const { backups } = await checkBackups(folder(), {
      onProgress: () => {
        if (done) return;
        done = true;
        for (const ending of ['', '.json']) {
          rmSync(removed + ending);
          renameSync(newer + ending, replaced + ending);
        }
      },
    });
    assert.deepEqual(
      backups.map(({ file, state }) => [file, state]),
      [['lamp.bin', 'sound']],
    );
    rmSync(join(newer, '..'), { recursive: true });
  });

  it('says so where the operating system does not give one', async () => {
    const [bytes, sidecar] = [await backup(), await backup()];
    const real = fs.open;
    sinon.replace(fs, 'open', (path, ...more) =>
      path === bytes || path === `${sidecar}.json`
        ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }))
        : real(path, ...more),
    );
    const { backups, counts } = await checkBackups(folder());
    sinon.restore();
    assert.equal(counts.unreadable, 2);
    assert.deepEqual(backups.map(({ reason }) => reason).sort(), [
      'Its .json cannot be read as what describes a backup.',
      'permission is denied',
    ]);
    for (const [path, what] of [
      [bytes, 'folder'],
      [sidecar, 'flash'],
    ] as const) {
      rmSync(path);
      if (what === 'folder') mkdirSync(path);
      else truncate(path, `${path}.json`);
    }
    const odd = await checkBackups(folder());
    assert.deepEqual(
      odd.backups.map(({ state }) => state),
      ['unreadable', 'unreadable'],
    );
    assert.match(
      odd.backups.map(({ reason }) => reason).join(),
      /no plain file[\s\S]*|more than any flash/,
    );
  });

  /** More bytes than any flash has, as its sidecar says as well. */
  function truncate(path: string, sidecar: string): void {
    const length = 33 * 1024 * 1024;
    writeFileSync(path, '');
    truncateSync(path, length);
    const record = JSON.parse(readFileSync(sidecar, 'utf8'));
    writeFileSync(sidecar, JSON.stringify({ ...record, length, sectors: undefined }));
  }

  it('tells how far it is, piece by piece, and never falls back', async () => {
    await backup();
    writeFileSync(await backup(), 'short');
    const told: Progress[] = [];
    await checkBackups(folder(), { onProgress: (progress) => told.push(progress) });
    const [first, last] = [told[0], told.at(-1)];
    assert.ok(told.length > 8);
    assert.deepEqual([first?.done, first?.total], [0, 0x400000]);
    assert.deepEqual([last?.done, last?.percent, last?.overallPercent], [0x400000, 100, 100]);
    const dones = told.map(({ done }) => done);
    assert.deepEqual(
      [...dones].sort((a, b) => a - b),
      dones,
    );
    assert.match(told[3]?.message ?? '', /^Checking BK7231N_/);
    assert.equal(told[3]?.operation, 'inspect');
  });

  it('ends in the midst of a backup when it is cancelled', async () => {
    await backup();
    const abort = new AbortController();
    let told = 0;
    const check = checkBackups(folder(), {
      signal: abort.signal,
      onProgress: () => {
        if (++told === 3) abort.abort();
      },
    });
    const { message } = await rejection(check, 'BK_CANCELLED');
    assert.match(message, /was cancelled; nothing was changed/);
    assert.equal(told, 3);
  });

  it('is an error where no backup is to be seen: the disk may be gone', async () => {
    const nowhere = await rejection(checkBackups(join(folder(), 'none')), 'BK_STORAGE');
    assert.match(nowhere.message, /cannot be read/);
    mkdirSync(join(folder(), 'empty'), { recursive: true });
    writeFileSync(join(folder(), 'empty', 'notes.txt'), 'x');
    const empty = await rejection(checkBackups(join(folder(), 'empty')), 'BK_STORAGE');
    assert.match(empty.message, /There is no backup in the folder/);
    assert.match(empty.cause.advice.join(), /disk/);
  });

  it('takes nothing but what it knows', async () => {
    await rejection(checkBackups(folder(), { deep: true } as object), 'BK_BAD_SETTING');
  });
});
