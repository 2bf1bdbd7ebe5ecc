import assert from 'node:assert/strict';
import fs, {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sinon from 'sinon';
import type { Device, FileMode } from '../../src';
import { sha256 } from '../../src/backup/record';
import { SECTOR } from '../../src/chip/geometry';
import { keepFile } from '../../src/releases/kept-files';
import { noise, scratchFolder } from '../support/bench-device';
import { pipe } from '../support/command';
import { LastingChip } from '../support/mortal-job';
import { nextSeed } from '../support/seed';

const RANGE = { offset: 0x3d000, length: 0x8000 };
/** The rate is proved at one sector, and another looked at for the MAC; then in the middle of the sectors. */
const HALF = { read: 2 + 4, delivered: true };
const IMAGE = noise(SECTOR + 0x321, 8);
const MODES: readonly [FileMode | undefined, file: number, folder: number][] = [
  [undefined, 0o600, 0o700],
  ['owner', 0o600, 0o700],
  ['group', 0o640, 0o750],
  ['all', 0o644, 0o755],
];

describe('files that hold passwords', function () {
  this.timeout(60_000);
  const root = scratchFolder(this);
  const folder = () => join(root(), 'made', 'anew');
  let usual: number;

  before(function () {
    // Windows has no modes.
    if (process.platform === 'win32') this.skip();
  });

  beforeEach(() => {
    usual = process.umask(0o022);
  });

  afterEach(() => {
    process.umask(usual);
    sinon.restore();
  });

  const bitsOf = (path: string) => statSync(path).mode & 0o7777;
  const files = (ending: RegExp) => readdirSync(folder()).filter((name) => ending.test(name));
  const one = (ending: RegExp): string => {
    const [name = '', ...more] = files(ending);
    assert.match(name, ending);
    assert.deepEqual(more, []);
    return join(folder(), name);
  };
  const reading =
    (output: object = {}) =>
    (device: Device) =>
      device.read({ ...RANGE, file: { folder: folder(), ...output } });
  const writing = (backup: object) => (device: Device) =>
    device.write({
      image: IMAGE,
      offset: 0x40123,
      backup: { mode: 'once', folder: folder(), ...backup },
    });

  /** A chip whose flash is full around the image. */
  function fullChip(seed: number): LastingChip {
    const chip = new LastingChip(`bk7231n?seed=${seed}`);
    noise(8 * SECTOR, 33).copy(chip.flash, 0x3e000);
    return chip;
  }

  /** Of every file that is made, once it is there and still empty. */
  function modesAtBirth(): Set<number> {
    const seen = new Set<number>();
    const real = fs.promises.open;
    sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof real>) => {
      const file = await real(...args);
      if (args[1] === 'wx') seen.add((await file.stat()).mode & 0o777);
      return file;
    });
    return seen;
  }

  for (const [fileMode, file, made] of MODES) {
    const set = fileMode === undefined ? {} : { fileMode };
    const who = fileMode ?? 'nobody said whom';

    for (const umask of [0, 0o022, 0o077]) {
      it(`are readable by ${who}, whatever the process gives (umask 0${umask.toString(8)})`, async () => {
        const chip = fullChip(951);
        process.umask(umask);
        const dead = await chip.live(reading(set), HALF);
        assert.equal(dead.died, true);
        assert.equal(bitsOf(one(/\.partial$/)), file);
        for (const path of [folder(), join(root(), 'made')]) assert.equal(bitsOf(path), made);

        const life = await chip.live(reading({ ...set, filename: 'kitchen/lamp.bin' }));
        assert.equal(life.error, null);
        assert.equal(bitsOf(join(folder(), 'kitchen')), made);
        for (const name of ['lamp.bin', 'lamp.bin.json'])
          assert.equal(bitsOf(join(folder(), 'kitchen', name)), file);
      });
    }

    it(`are so for ${who} where a write or an erase makes the backup, or keeps what is beside it`, async () => {
      const chip = fullChip(952);
      const dead = await chip.live(writing(set), { change: 1, delivered: true });
      assert.equal(dead.died, true);
      assert.equal(files(/\.edge$/).length, 2);
      assert.equal(files(/\.bin(\.json)?$/).length, 2);
      for (const name of readdirSync(folder()))
        assert.equal(bitsOf(join(folder(), name)), file, name);
      assert.equal(bitsOf(folder()), made);

      rmSync(join(root(), 'made'), { recursive: true });
      const backup = { mode: 'always' as const, folder: folder(), ...set };
      const life = await chip.live((device) =>
        device.erase({ region: 'range', offset: 0x40000, length: SECTOR, backup }),
      );
      assert.equal(life.error, null);
      for (const name of readdirSync(folder()))
        assert.equal(bitsOf(join(folder(), name)), file, name);
      assert.equal(bitsOf(folder()), made);
    });
  }

  it('are so from their first moment on', async () => {
    process.umask(0);
    const chip = fullChip(953);
    const seen = modesAtBirth();
    assert.equal((await chip.live(writing({}))).error, null);
    assert.equal((await chip.live(reading())).error, null);
    assert.deepEqual([...seen], [0o600]);
  });

  it('do not change a folder that was there, nor what other versions have put into it', async () => {
    mkdirSync(folder(), { recursive: true });
    chmodSync(folder(), 0o775);
    const old = join(folder(), 'BK7231N_020000abcdef_full_20250101-000000.bin');
    writeFileSync(old, 'old', { mode: 0o644 });
    assert.equal((await fullChip(954).live(reading({ keep: 3 }))).error, null);
    assert.equal(bitsOf(folder()), 0o775);
    assert.equal(bitsOf(old), 0o644);
    assert.equal(bitsOf(one(/0-8000_\S+\.bin$/)), 0o600);
  });

  it('leave to a folder what it has from the one above it', async () => {
    mkdirSync(join(root(), 'made'));
    chmodSync(join(root(), 'made'), 0o2770);
    assert.equal((await fullChip(955).live(reading({ fileMode: 'group' }))).error, null);
    // Linux hands the group on; others do so without saying it.
    const handedOn = bitsOf(folder()) & 0o2000;
    assert.equal(bitsOf(folder()), handedOn | 0o750);
    process.umask(0o077);
    const deeper = join(folder(), 'deeper');
    const life = await fullChip(955).live((device) =>
      device.read({ ...RANGE, file: { folder: deeper, fileMode: 'group' } }),
    );
    assert.equal(life.error, null);
    assert.equal(bitsOf(deeper), handedOn | 0o750);
  });

  it('get the mode when they take the place of one that all may read', async () => {
    const chip = fullChip(956);
    mkdirSync(folder(), { recursive: true });
    for (const name of ['lamp.bin', 'lamp.bin.json'])
      writeFileSync(join(folder(), name), 'old', { mode: 0o644 });
    assert.equal((await chip.live(reading({ filename: 'lamp.bin' }))).error, null);
    for (const name of ['lamp.bin', 'lamp.bin.json'])
      assert.equal(bitsOf(join(folder(), name)), 0o600);
  });

  it('take up what an earlier version has kept, and write no more into a file that all may read', async () => {
    const chip = fullChip(957);
    const first = await chip.live(reading(), HALF);
    const partial = one(/\.partial$/);
    chmodSync(partial, 0o644);
    // As a copy of the folder that shares its files has it.
    linkSync(partial, join(root(), 'copy'));
    const copied = readFileSync(join(root(), 'copy'));
    const second = await chip.live(reading(), { read: 2 + 2, delivered: true });
    assert.equal(bitsOf(one(/\.partial$/)), 0o600);
    assert.deepEqual(readFileSync(join(root(), 'copy')), copied);
    assert.equal(bitsOf(join(root(), 'copy')), 0o644);
    const third = await chip.live(reading());
    assert.equal(third.error, null);
    const reads = [first, second, third].map((life) => life.reads.length - 2);
    // The sector that each death came in is read once more.
    assert.ok(reads.reduce((sum, count) => sum + count) <= RANGE.length / SECTOR + 2, `${reads}`);
    assert.deepEqual(files(/\.part/), []);
  });

  it('are made by the command in the same way', async () => {
    for (const [words, file] of [
      [[], 0o600],
      [['--file-mode', 'group'], 0o640],
    ] as const) {
      const port = `sim://bk7231n?speed=fast&seed=${nextSeed()}`;
      const run = (...more: string[]) =>
        pipe([more[0] ?? '', '--port', port, ...words, ...more.slice(1)], root()).ended;
      const flash = await run('read', '--length', '8K', 'flash.bin');
      assert.equal(flash.status, 0, flash.stderr);
      const efuse = await run('read', '--memory', 'efuse', 'efuse.bin');
      assert.equal(efuse.status, 0, efuse.stderr);
      for (const name of ['flash.bin', 'flash.bin.json', 'efuse.bin'])
        assert.equal(bitsOf(join(root(), name)), file, name);
      const erased = await run('erase', '--backup-folder', `kept-${words.length}`);
      assert.equal(erased.status, 0, erased.stderr);
      const kept = join(root(), `kept-${words.length}`);
      assert.equal(bitsOf(kept), file | ((file >> 2) & 0o110) | 0o100);
      const names = readdirSync(kept);
      assert.equal(names.length, 2);
      for (const name of names) assert.equal(bitsOf(join(kept, name)), file, name);
    }
  });

  it('are so where they are records; what holds no secret is for all: reports, and published firmware', async () => {
    const port = `sim://bk7231n?speed=fast&seed=${nextSeed()}`;
    const run = (...words: string[]) => pipe(words, root()).ended;
    const doctor = await run('doctor', '--port', port, 'report.json');
    assert.equal(doctor.status, 0, doctor.stderr);
    const connected = await run('connect', '--port', port, '--record', 'record.jsonl');
    assert.equal(connected.status, 0, connected.stderr);
    assert.equal(bitsOf(join(root(), 'record.jsonl')), 0o600);
    assert.equal(bitsOf(join(root(), 'report.json')), 0o644);
    const bytes = Buffer.from('firmware');
    const path = await keepFile(
      join(root(), 'bk-firmware'),
      {
        release: 'openbeken',
        version: '1.0',
        file: 'x.bin',
        size: bytes.length,
        sha256: sha256(bytes),
        published: true,
        date: new Date(0).toISOString(),
      },
      bytes,
    );
    assert.deepEqual([path, `${path}.json`].map(bitsOf), [0o644, 0o644]);
  });
});
