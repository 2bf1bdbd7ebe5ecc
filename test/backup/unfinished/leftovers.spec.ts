import assert from 'node:assert/strict';
import fs, {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sinon from 'sinon';
import { FolderTurns } from '../../../src/backup/folder-turns';
import { settleLeftovers } from '../../../src/backup/unfinished/leftovers';
import type { PartialSubject } from '../../../src/backup/unfinished/partial';
import { writeBackup } from '../../../src/backup/write-backup';
import { noise, scratchFolder } from '../../support/bench-device';

const BYTES = noise(0x2000, 6);
const NOW = new Date(2026, 0, 20);
const SUBJECT: PartialSubject = {
  chip: 'BK7231N',
  mac: '02:00:00:ab:cd:ef',
  kind: 'part',
  offset: 0x10000,
  length: BYTES.length,
};

const part = (target: string) => `.${target}.0123456789ab.part`;

describe('what a killed backup has left', function () {
  const folder = scratchFolder(this);
  const turns = new FolderTurns();
  afterEach(() => sinon.restore());

  const settle = (filename = '', subject = SUBJECT, now = NOW.getTime()) =>
    settleLeftovers(turns, folder(), subject, filename, now);
  const names = (where = '') => readdirSync(join(folder(), where)).sort();

  /** A backup that was killed when its bytes were whole, and had not yet their name. */
  async function killedAtLast(filename = '', subject: PartialSubject = SUBJECT): Promise<string> {
    const { length: _, ...what } = subject;
    const { path } = await writeBackup(turns, {
      folder: folder(),
      filename,
      bytes: BYTES,
      subject: what,
      date: NOW,
    });
    rmSync(path);
    const name = path.slice(folder().length + 1);
    const file = name.slice(name.lastIndexOf('/') + 1);
    writeFileSync(join(folder(), name.slice(0, -file.length), part(file)), BYTES);
    return name;
  }

  for (const filename of ['lamp.bin', 'kitchen/lamp.bin']) {
    it(`is completed under the name that a person gave: ${filename}`, async () => {
      await killedAtLast(filename);
      await settle();
      const where = filename.includes('/') ? 'kitchen' : '';
      assert.ok(names(where).includes(part('lamp.bin')), 'it is not that of another name');
      await settle(filename);
      assert.deepEqual(names(where), ['lamp.bin', 'lamp.bin.json']);
      assert.deepEqual(readFileSync(join(folder(), filename)), BYTES);
    });
  }

  it('stays under another name that a person gave', async () => {
    await killedAtLast('lamp.bin');
    const before = names();
    await settle('other.bin');
    assert.deepEqual(names(), before);
  });

  it('is not completed through a link, which may lead anywhere', async function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    const file = await killedAtLast();
    renameSync(join(folder(), part(file)), join(folder(), 'theirs'));
    symlinkSync('theirs', join(folder(), part(file)));
    await settle();
    assert.deepEqual(names(), [`${file}.json`, 'theirs'].sort());
  });

  it('has its folder made for its owner alone', async function () {
    // Windows has no modes.
    if (process.platform === 'win32') this.skip();
    await settle('kitchen/lamp.bin');
    assert.equal(statSync(join(folder(), 'kitchen')).mode & 0o777, 0o700);
  });

  it('is looked for in its folder where the next one gets a name from a person', async () => {
    const file = await killedAtLast();
    await settle('lamp.bin');
    assert.deepEqual(names(), [file, `${file}.json`]);
  });

  for (const [what, subject] of [
    ['without a MAC', { ...SUBJECT, mac: null }],
    ['with another MAC', { ...SUBJECT, mac: '02:00:00:ab:cd:ee' }],
    ['of another model', { ...SUBJECT, chip: 'BK7231M' }],
    ['of the whole chip', { ...SUBJECT, kind: 'full', offset: 0 }],
    ['of another stretch', { ...SUBJECT, offset: 0x20000 }],
  ] as [string, PartialSubject][]) {
    it(`stays where the next one is ${what}: somebody may be at work on it`, async () => {
      await killedAtLast();
      const before = names();
      await settle('', subject);
      assert.deepEqual(names(), before);
    });
  }

  it('of a chip without a MAC stays, since it may be anybody’s', async () => {
    const subject = { ...SUBJECT, mac: null };
    await killedAtLast('', subject);
    const before = names();
    await settle('', subject);
    assert.deepEqual(names(), before);
  });

  it('goes with its sidecar under way, which alone is nothing', async () => {
    const file = await killedAtLast();
    rmSync(join(folder(), `${file}.json`));
    writeFileSync(join(folder(), part(`${file}.json`)), '{}');
    writeFileSync(join(folder(), part(`x${file}.json`)), '{}');
    writeFileSync(join(folder(), part(`${file}.txt`)), '{}');
    await settle();
    assert.deepEqual(names(), [part(`${file}.txt`), part(`x${file}.json`)].sort());
  });

  it('goes where the sidecar that lies there is of another file', async () => {
    const file = await killedAtLast();
    const sidecar = join(folder(), `${file}.json`);
    const record = JSON.parse(readFileSync(sidecar, 'utf8'));
    writeFileSync(sidecar, JSON.stringify({ ...record, file: 'lamp.bin' }));
    await settle();
    assert.deepEqual(names(), [`${file}.json`]);
  });

  it('goes where it cannot get its name', async () => {
    const file = await killedAtLast();
    sinon.replace(fs.promises, 'rename', () => Promise.reject(new Error('denied')));
    await settle();
    assert.deepEqual(names(), [`${file}.json`]);
  });

  it('goes once it is old, whosever it was', async () => {
    const name = part('lamp.bin');
    writeFileSync(join(folder(), name), 'x');
    const then = new Date(NOW.getTime() - 25 * 60 * 60 * 1000);
    utimesSync(join(folder(), name), then, then);
    await settle();
    assert.deepEqual(names(), []);
  });

  it('is nothing in a folder that is not there', async () => {
    await settleLeftovers(turns, join(folder(), 'missing'), SUBJECT, '', NOW.getTime());
    assert.deepEqual(names(), []);
  });

  it('waits for its turn', async () => {
    mkdirSync(join(folder(), 'kitchen'));
    const file = await killedAtLast();
    let end: () => void = () => {};
    const busy = turns.take(
      folder(),
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const settled = settle();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(names().includes(part(file)));
    end();
    await Promise.all([busy, settled]);
    assert.ok(names().includes(file));
  });
});
