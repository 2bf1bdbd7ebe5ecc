import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  lutimesSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import sinon from 'sinon';
import { Catalogue } from '../../src/backup/catalogue';
import { isAsListed, listBackups, loadListed, loadVerified } from '../../src/backup/find';
import { makeRecord } from '../../src/backup/record';
import { noise, scratchFolder } from '../support/bench-device';

const COUNT = 40;
const BYTES = 256;

describe('the catalogue of a folder of backups', function () {
  const folder = scratchFolder(this);
  afterEach(() => sinon.restore());

  const index = () => join(folder(), '.bk72xx-index');
  const macOf = (number: number) => `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
  const pathOf = (number: number) => join(folder(), `lamp${number}.bin`);

  function put(number: number): void {
    const bytes = noise(BYTES, number + 1);
    const mac = macOf(number);
    const date = new Date(Date.UTC(2026, 0, 1, 0, number));
    const subject = { kind: 'full', chip: 'BK7231N', mac, offset: 0 } as const;
    const record = makeRecord(subject, bytes, date, pathOf(number));
    const facts = { flash: { id: 'eb6015' }, encryptionKey: 'tuya', ...record };
    writeFileSync(pathOf(number), bytes);
    writeFileSync(`${pathOf(number)}.json`, JSON.stringify(facts));
  }

  beforeEach(() => {
    for (let number = 0; number < COUNT; number++) put(number);
  });

  /** Makes the index, and lets so much time pass that nothing can have changed in the same moment. */
  async function settled(): Promise<void> {
    await listBackups(folder());
    later();
  }

  function later(): void {
    const soon = Date.now() / 1000 + 60;
    utimesSync(index(), soon, soon);
  }

  /** Sidecars that are opened from now on. */
  function opened(): () => string[] {
    const spy = sinon.spy(fs, 'open');
    return () =>
      spy.args.map(([path]) => basename(String(path))).filter((name) => /json$/.test(name));
  }

  const macs = async () => (await listBackups(folder())).map(({ record }) => record.mac);
  const all = Array.from({ length: COUNT }, (_, number) => macOf(COUNT - 1 - number));

  it('lists the same with an index as without, and opens no sidecar for it', async () => {
    const without = await listBackups(folder());
    assert.deepEqual(
      without.map(({ record }) => record.mac),
      all,
    );
    assert.deepEqual(without[0]?.traits, {
      flashId: 'eb6015',
      encryptionKey: 'tuya',
      firmware: null,
    });
    later();
    const names = opened();
    assert.deepEqual(await listBackups(folder()), without);
    assert.deepEqual(names(), []);
  });

  it('can be read by its owner alone', async function () {
    // Windows has no modes.
    if (process.platform === 'win32') this.skip();
    await listBackups(folder());
    assert.equal(statSync(index()).mode & 0o777, 0o600);
  });

  it('is no file where there are few', async () => {
    for (let number = 0; number < 10; number++) rmSync(pathOf(number));
    assert.equal((await listBackups(folder())).length, 30);
    assert.ok(!existsSync(index()));
  });

  it('looks again at what may have changed in the moment in which the index was written', async () => {
    await listBackups(folder());
    const names = opened();
    await listBackups(folder());
    assert.equal(names().length, COUNT);
  });

  it('notices a sidecar that was changed in place, with its length and its time', async () => {
    const sidecar = `${pathOf(3)}.json`;
    const before = 1_700_000_000;
    utimesSync(sidecar, before, before);
    await settled();
    writeFileSync(sidecar, readFileSync(sidecar, 'utf8').replace(macOf(3), macOf(200)));
    utimesSync(sidecar, before, before);
    const names = opened();
    const found = await macs();
    assert.ok(found.includes(macOf(200)) && !found.includes(macOf(3)));
    assert.deepEqual(names(), [basename(sidecar)]);
  });

  it('notices what is new, gone, or no backup any more', async () => {
    await settled();
    put(COUNT);
    rmSync(pathOf(5));
    rmSync(`${pathOf(6)}.json`);
    writeFileSync(`${pathOf(7)}.json`, '{}');
    const gone = [5, 6, 7].map(macOf);
    const wanted = [macOf(COUNT), ...all.filter((mac) => !gone.includes(mac))];
    assert.deepEqual(await macs(), wanted);
    later();
    assert.deepEqual(await macs(), wanted);
  });

  it('lets go of what is gone, and of nothing else', async () => {
    await settled();
    rmSync(pathOf(5));
    assert.equal((await macs()).length, COUNT - 1);
    const text = readFileSync(index(), 'utf8');
    assert.ok(text.includes('"lamp6.bin"') && !text.includes('"lamp5.bin"'));
    // Nothing is new: it is not written again.
    later();
    const { ino } = statSync(index());
    await macs();
    assert.equal(statSync(index()).ino, ino);
  });

  it('does without an index that is cut short, wherever', async () => {
    await settled();
    const whole = readFileSync(index());
    for (const length of [0, 1, 20, 78, 79, 80, whole.length >> 1, whole.length - 1]) {
      writeFileSync(index(), whole.subarray(0, length));
      later();
      assert.deepEqual(await macs(), all, `${length} bytes`);
    }
  });

  it('believes no line of an index that is not one of its own making', async () => {
    await settled();
    const text = readFileSync(index(), 'utf8');
    const [first = ''] = text.split('\n').slice(1);
    const [name, sidecar, sound, hasSectors, traits, record] = JSON.parse(first);
    const signed = (lines: string[]) => {
      const body = lines.join('\n');
      const checksum = createHash('sha256').update(body).digest('hex');
      return `bk72xx-index 1 ${checksum}\n${body}`;
    };
    const line = (...parts: unknown[]) => JSON.stringify(parts);
    for (const bad of [
      '',
      '[',
      '{}',
      'null',
      '['.repeat(5_000_000),
      line(5, sidecar, sound, hasSectors, traits, record),
      line(name, [1], sound, hasSectors, traits, record),
      line(name, sidecar, [1, 2, 3, null], hasSectors, traits, record),
      line(name, sidecar, sound, 'yes', traits, record),
      line(name, sidecar, sound, hasSectors, null, record),
      line(name, sidecar, sound, hasSectors, { flashId: 5 }, record),
      line(name, sidecar, sound, hasSectors, traits, { ...record, sha256: 'no hash' }),
      line('../../elsewhere.bin', sidecar, sound, hasSectors, traits, record),
    ]) {
      writeFileSync(index(), signed([bad]));
      later();
      const parse = sinon.spy(JSON, 'parse');
      assert.deepEqual(await macs(), all, bad.slice(0, 60));
      assert.ok(parse.args.every(([given]) => given.length < 10_000));
      parse.restore();
    }
    writeFileSync(index(), text.replace(macOf(0), macOf(99)));
    later();
    assert.deepEqual(await macs(), all, 'changed, and not signed');
    // Who signs it can have it say anything: the sidecar is asked where it counts.
    const liar = line(name, sidecar, sound, hasSectors, traits, { ...record, mac: macOf(99) });
    writeFileSync(index(), signed([liar]));
    later();
    const [lied] = (await listBackups(folder())).filter(({ record }) => record.mac === macOf(99));
    assert.ok(lied);
    assert.equal(await isAsListed(lied), false);
    assert.equal(await loadListed(lied), null);
    assert.notEqual(await loadVerified(lied), null);
  });

  it('follows no link in the place of its index, and does not wait for a pipe', async () => {
    await settled();
    const elsewhere = join(folder(), 'elsewhere');
    writeFileSync(elsewhere, readFileSync(index()));
    rmSync(index());
    symlinkSync(elsewhere, index());
    const soon = Date.now() / 1000 + 60;
    for (const set of [utimesSync, lutimesSync]) set(index(), soon, soon);
    const names = opened();
    assert.deepEqual(await macs(), all);
    assert.equal(names().length, COUNT);
    assert.ok(!statSync(index(), { throwIfNoEntry: false })?.isSymbolicLink());
  });

  it('lists a folder that cannot be written', async () => {
    sinon.replace(fs, 'rename', () =>
      Promise.reject(Object.assign(new Error('no'), { code: 'EROFS' })),
    );
    assert.deepEqual(await macs(), all);
    assert.deepEqual(await macs(), all);
    assert.ok(!existsSync(index()));
    assert.deepEqual(
      readdirSync(folder()).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('is right where several write it at once, and while others add and remove', async () => {
    const lists = Array.from({ length: 8 }, async (_, number) => {
      if (number === 3) put(COUNT);
      if (number === 5) rmSync(pathOf(1));
      return macs();
    });
    await Promise.all(lists);
    const wanted = [macOf(COUNT), ...all.filter((mac) => mac !== macOf(1))];
    assert.deepEqual(await macs(), wanted);
    later();
    assert.deepEqual(await macs(), wanted);
  });

  describe('knows which are sound', () => {
    const yes = async () => true;

    /** @returns how many bytes it wanted to read */
    async function asked(
      number: number,
      mayRead = yes,
    ): Promise<[isSound: boolean, bytes: number]> {
      const catalogue = await Catalogue.open(folder());
      const backup = catalogue.backups.find(({ record }) => record.mac === macOf(number));
      assert.ok(backup);
      let bytes = 0;
      const isSound = await catalogue.isSound(backup, (more) => {
        bytes += more;
        return mayRead();
      });
      await catalogue.save();
      return [isSound, bytes];
    }

    it('having read each once', async () => {
      assert.deepEqual(await asked(0), [true, BYTES]);
      later();
      assert.deepEqual(await asked(0), [true, 0]);
      assert.deepEqual(await asked(1), [true, BYTES]);
    });

    it('and reads it again where it may have changed', async () => {
      await asked(0);
      later();
      writeFileSync(pathOf(0), noise(BYTES, 99));
      assert.deepEqual(await asked(0), [false, BYTES]);
      put(0);
      assert.deepEqual(await asked(0), [true, BYTES]);
      later();
      appendFileSync(pathOf(0), 'x');
      // Told by its length.
      assert.deepEqual(await asked(0), [false, 0]);
      rmSync(`${pathOf(0)}.json`);
    });

    it('and knows of none that it may not read', async () => {
      assert.deepEqual(await asked(0, async () => false), [false, BYTES]);
      later();
      assert.deepEqual(await asked(0), [true, BYTES]);
    });

    it('and forgets that where somebody finds it damaged', async () => {
      await asked(0);
      later();
      const catalogue = await Catalogue.open(folder());
      catalogue.noteUnsound(pathOf(0));
      await catalogue.save();
      later();
      assert.deepEqual(await asked(0), [true, BYTES]);
    });
  });
});
