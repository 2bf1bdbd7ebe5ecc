import assert from 'node:assert/strict';
import fs, {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sinon from 'sinon';
import { findBackups } from '../../../src/backup/find';
import { FolderTurns } from '../../../src/backup/folder-turns';
import { settleLeftovers } from '../../../src/backup/unfinished/leftovers';
import {
  keepsPartialSectors,
  keptPartialSectors,
  PartialBackup,
  type PartialSubject,
  removeSuperseded,
} from '../../../src/backup/unfinished/partial';
import { writeBackup } from '../../../src/backup/write-backup';
import { SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder } from '../../support/bench-device';

const STRETCH = { offset: 0x10000, length: 8 * SECTOR };
const SUBJECT: PartialSubject = {
  chip: 'BK7231N',
  mac: '02:00:00:ab:cd:ef',
  kind: 'part',
  ...STRETCH,
};
const NAME = '.BK7231N_020000abcdef_10000-8000.partial';
const NOW = new Date(2026, 0, 20);
const DAY_MS = 24 * 60 * 60 * 1000;

describe('what an unfinished backup has read', function () {
  const folder = scratchFolder(this);
  const flash = noise(STRETCH.length, 5);
  const sector = (index: number) => flash.subarray(index * SECTOR, (index + 1) * SECTOR);
  const open = async (subject = SUBJECT) => {
    const partial = await PartialBackup.open(folder(), subject, STRETCH);
    assert.ok(partial);
    return partial;
  };
  const age = (name: string, days: number) => {
    const then = new Date(NOW.getTime() - days * DAY_MS);
    utimesSync(join(folder(), name), then, then);
  };

  /** Left behind with these sectors, in this order. */
  async function leave(...indices: number[]): Promise<void> {
    const partial = await open();
    for (const index of indices) await partial.keep(STRETCH.offset + index * SECTOR, sector(index));
    await partial.close();
  }

  it('is found again by chip, MAC and range, each sector in its place', async () => {
    await leave(1, 0, 5);
    assert.deepEqual(readdirSync(folder()), [NAME]);
    const again = await open();
    const bytes = Buffer.alloc(STRETCH.length);
    again.fill(bytes);
    for (let index = 0; index < 8; index++) {
      const there = [0, 1, 5].includes(index);
      assert.equal(again.has(STRETCH.offset + index * SECTOR), there);
      const place = bytes.subarray(index * SECTOR, (index + 1) * SECTOR);
      assert.ok(place.equals(there ? sector(index) : Buffer.alloc(SECTOR)));
    }
  });

  it('makes no file before there is something to keep, and none without a MAC', async () => {
    const partial = await open();
    assert.equal(partial.holdsAny, false);
    await partial.close();
    assert.equal(await PartialBackup.open(folder(), { ...SUBJECT, mac: null }, STRETCH), null);
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('can be read by its owner alone', async function () {
    // Windows has no modes.
    if (process.platform === 'win32') this.skip();
    await leave(0);
    assert.equal(statSync(join(folder(), NAME)).mode & 0o777, 0o600);
  });

  it('is kept for no chip without a MAC, and so none is superseded', async () => {
    writeFileSync(join(folder(), 'whole.bin'), flash);
    await removeSuperseded(folder(), { ...SUBJECT, mac: null }, join(folder(), 'whole.bin'));
    await removeSuperseded(folder(), SUBJECT, join(folder(), 'whole.bin'));
    assert.deepEqual(readdirSync(folder()), ['whole.bin']);
  });

  it('does not count what was spoilt, or renamed for another chip', async () => {
    await leave(0, 1, 2);
    const bytes = readFileSync(join(folder(), NAME));
    bytes[4100 + 99] = (bytes[4100 + 99] as number) ^ 1;
    writeFileSync(join(folder(), NAME), bytes.subarray(0, bytes.length - 1));
    const spoilt = await open();
    assert.deepEqual(
      [0, 1, 2].map((index) => spoilt.has(STRETCH.offset + index * SECTOR)),
      [true, false, false],
    );
    writeFileSync(join(folder(), NAME.replace('abcdef', 'abcdee')), bytes);
    const other = await open({ ...SUBJECT, mac: '02:00:00:ab:cd:ee' });
    assert.equal(other.holdsAny, false);
  });

  it('is no backup, and no backup pushes it out', async () => {
    await leave(0);
    assert.deepEqual(await findBackups(folder(), SUBJECT), []);
    const { chip, mac, kind, offset } = SUBJECT;
    for (const seconds of [1, 2]) {
      const date = new Date(NOW.getTime() + seconds * 1000);
      const subject = { chip, mac, kind, offset };
      await writeBackup(new FolderTurns(), {
        folder: folder(),
        bytes: flash,
        subject,
        date,
        keep: 1,
      });
    }
    assert.ok(existsSync(join(folder(), NAME)));
    assert.equal((await findBackups(folder(), SUBJECT)).length, 1);
  });

  it('goes after a week, and when a younger backup is whole', async () => {
    await leave(0);
    age(NAME, 6);
    await settleLeftovers(new FolderTurns(), folder(), SUBJECT, '', NOW.getTime());
    assert.ok(existsSync(join(folder(), NAME)));
    age(NAME, 8);
    await settleLeftovers(new FolderTurns(), folder(), SUBJECT, '', NOW.getTime());
    assert.equal(existsSync(join(folder(), NAME)), false);

    await leave(0);
    writeFileSync(join(folder(), 'whole.bin'), flash);
    age(NAME, 1);
    age('whole.bin', 2);
    await removeSuperseded(folder(), SUBJECT, join(folder(), 'whole.bin'));
    assert.ok(existsSync(join(folder(), NAME)));
    age('whole.bin', 0.5);
    await removeSuperseded(folder(), SUBJECT, join(folder(), 'whole.bin'));
    assert.equal(existsSync(join(folder(), NAME)), false);
  });
});

describe('what an unfinished write has kept', function () {
  const folder = scratchFolder(this);
  const sector = noise(SECTOR, 8);
  const at = { offset: 0x11000, length: SECTOR };
  const subject: PartialSubject = { ...SUBJECT, ...at };
  afterEach(() => sinon.restore());

  async function keepOne(which = subject): Promise<PartialBackup> {
    const { offset, length } = which;
    const edge = await PartialBackup.open(folder(), which, { offset, length }, 'edge');
    assert.ok(edge);
    await edge.keep(offset, sector);
    return edge;
  }

  it('is found by the chip, and told from what others have kept there', async () => {
    const others: PartialSubject[] = [
      { ...subject, offset: 0x3000 },
      { ...subject, mac: '02:00:00:00:00:01' },
      { ...subject, chip: 'BK7231M' },
    ];
    for (const which of [subject, ...others]) await (await keepOne(which)).close();
    const addresses = await keptPartialSectors(folder(), SUBJECT);
    assert.deepEqual(
      addresses.sort((a, b) => a - b),
      [0x3000, 0x11000],
    );
    assert.equal(await keepsPartialSectors(folder()), true);
  });

  it('is nothing that has another name or lies nowhere', async () => {
    for (const name of [
      NAME,
      '.BK7231N_020000abcdef_11000-2000.edge',
      'BK7231N_020000abcdef_11000-1000.edge',
      'x.BK7231N_020000abcdef_11000-1000.edge',
      '.BK7231N_020000abcdef_11000-1000.edge.txt',
      '.BK7231N_020000abcdef_full.edge',
      '.BK7231N_nomac_11000-1000.edge',
    ])
      writeFileSync(join(folder(), name), 'x');
    assert.equal(await keepsPartialSectors(folder()), false);
    assert.deepEqual(await keptPartialSectors(folder(), SUBJECT), []);
    assert.equal(await keepsPartialSectors(join(folder(), 'missing')), false);
  });

  it('is gone when there is no need for it any more, and nothing is kept after that', async () => {
    const edge = await keepOne();
    assert.equal(edge.holdsAny, true);
    await edge.remove();
    assert.equal(edge.holdsAny, false);
    await edge.keep(at.offset, sector);
    assert.equal(edge.holdsAny, false);
    assert.deepEqual(readdirSync(folder()), []);
    await edge.close();
  });

  it('is filled in once: what was read since is not overwritten', async () => {
    await (await keepOne()).close();
    const edge = await PartialBackup.open(folder(), subject, at, 'edge');
    assert.ok(edge);
    assert.ok(edge.has(at.offset));
    const bytes = Buffer.alloc(SECTOR);
    edge.fill(bytes);
    assert.ok(bytes.equals(sector));
    bytes.fill(7);
    edge.fill(bytes);
    assert.ok(bytes.every((byte) => byte === 7));
  });

  it('ends with a disk that takes no more, without another error, and is closed', async () => {
    for (const written of [0, 100, null]) {
      const open = fs.promises.open;
      let closed = 0;
      sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof open>) => {
        const file = await open(...args);
        const close = file.close.bind(file);
        sinon.replace(file, 'close', async () => {
          closed++;
          await close();
        });
        sinon.replace(file, 'write', (async () => {
          if (written === null) throw new Error('full');
          return { bytesWritten: written };
        }) as never);
        return file;
      });
      const edge = await keepOne({ ...subject, offset: 0x20000 });
      assert.equal(edge.holdsAny, false);
      assert.equal(closed, 1);
      sinon.restore();
      await edge.keep(0x20000, sector);
      assert.equal(edge.holdsAny, false, 'it is not tried again');
      await edge.remove();
    }
  });

  it('takes the place of a file that others may read or write, without what it loses by that', async () => {
    await (await keepOne()).close();
    const [name = ''] = readdirSync(folder());
    sinon.replace(fs.promises, 'rename', () => Promise.reject(new Error('denied')));
    const edge = await PartialBackup.open(folder(), subject, at, 'edge');
    assert.ok(edge);
    assert.ok(edge.has(at.offset));
    await edge.keep(at.offset, sector);
    await edge.close();
    assert.deepEqual(readdirSync(folder()), [name], 'nothing lies beside it');
  });
});

describe('a backup whose writing was killed', function () {
  const folder = scratchFolder(this);
  const bytes = noise(STRETCH.length, 6);
  const part = (target: string) => `.${target}.0123456789ab.part`;

  async function killedAtLast(): Promise<string> {
    const { chip, mac, kind, offset } = SUBJECT;
    const subject = { chip, mac, kind, offset };
    const { path, record } = await writeBackup(new FolderTurns(), {
      folder: folder(),
      bytes,
      subject,
      date: NOW,
    });
    rmSync(path);
    writeFileSync(join(folder(), part(record.file)), bytes);
    return record.file;
  }

  it('is completed where only its name was missing', async () => {
    const file = await killedAtLast();
    await settleLeftovers(new FolderTurns(), folder(), SUBJECT, '', NOW.getTime());
    assert.deepEqual(readdirSync(folder()).sort(), [file, `${file}.json`]);
    assert.ok(readFileSync(join(folder(), file)).equals(bytes));
  });

  it('is removed where its bytes are not whole, and what is not its own stays', async () => {
    const file = await killedAtLast();
    writeFileSync(join(folder(), part(file)), bytes.subarray(1));
    const others = [part('lamp.bin'), part(file.replace('abcdef', 'abcdee')), part(`x${file}`)];
    for (const name of others) writeFileSync(join(folder(), name), bytes);
    await settleLeftovers(new FolderTurns(), folder(), SUBJECT, '', 0);
    assert.deepEqual(readdirSync(folder()).sort(), [...others, `${file}.json`].sort());
  });
});
