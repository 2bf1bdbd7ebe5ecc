import assert from 'node:assert/strict';
import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sinon from 'sinon';
import type { BkError, Device } from '../../../src';
import { SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder } from '../../support/bench-device';
import { LastingChip, type Life, readAgain } from '../../support/mortal-job';

/** Not at block boundaries: the end of one block, a whole one, and the beginning of another. */
const RANGE = { offset: 0x3d000, length: 0x16000 };
const SECTORS = RANGE.length / SECTOR;
/** Each job proves the rate at the one, and looks for the MAC in the other. */
const LOOKS = [0x11000, 0x1d0000];
/** Dies in the middle of the sectors. */
const HALF = LOOKS.length + 13;
const PARTIAL = /^\.BK7231N_[0-9a-f]{12}_3d000-16000\.partial$/;

describe('a backup that is interrupted', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  afterEach(() => sinon.restore());

  const chipWithFlash = () => new LastingChip('bk7231n?seed=901');
  const read =
    (file: object = {}) =>
    (device: Device) =>
      device.read({ ...RANGE, file: { folder: folder(), ...file } });
  const names = () => readdirSync(folder()).sort();
  const partials = () => names().filter((name) => name.endsWith('.partial'));
  const fresh = () => {
    rmSync(folder(), { recursive: true });
    mkdirSync(folder());
  };

  /** The number of the request for the first sector of the range. */
  function startOf({ reads, readAt }: Life): number {
    return readAt[reads.indexOf(RANGE.offset)] as number;
  }

  /** One complete backup, its sidecar, and nothing else. */
  function assertOne(chip: LastingChip, why: string): void {
    const [bytes = '', sidecar = '', ...more] = names();
    assert.deepEqual(more, [], why);
    assert.equal(sidecar, `${bytes}.json`, why);
    const wanted = chip.flash.subarray(RANGE.offset, RANGE.offset + RANGE.length);
    assert.ok(readFileSync(join(folder(), bytes)).equals(wanted), why);
  }

  for (const incremental of [true, false]) {
    it(`goes on where it died, at any request (incremental ${incremental})`, async () => {
      const chip = chipWithFlash();
      const whole = await chip.live(read({ incremental }));
      assertOne(chip, 'without a death');
      assert.equal(whole.reads.length, SECTORS + LOOKS.length);
      // The last request starts the firmware: the backup is complete then.
      for (let request = startOf(whole) - 2; request < whole.requests; request++) {
        // Each request once lost and once heard, in the two tests.
        const delivered = (request % 2 === 0) === incremental;
        const why = `died at request ${request} of ${whole.requests}, delivered ${delivered}`;
        fresh();
        const first = await chip.live(read({ incremental }), { request, delivered });
        assert.equal(first.died, true, why);
        for (const name of names()) assert.match(name, PARTIAL, why);
        const second = await chip.live(read({ incremental }));
        assert.equal(second.error, null, why);
        assertOne(chip, why);
        const again = readAgain([first, second], LOOKS);
        assert.ok(again <= (delivered ? 1 : 0), `${why}: ${again} sectors were read again`);
      }
    });
  }

  it('goes on after two deaths and more', async () => {
    const chip = chipWithFlash();
    for (const step of [2, 3, 9]) {
      fresh();
      const lives = [];
      do {
        lives.push(await chip.live(read(), { read: LOOKS.length + step, delivered: true }));
        assert.ok(lives.length < 30, 'it gets on');
      } while (names().every((name) => PARTIAL.test(name)));
      assertOne(chip, `step ${step}`);
      assert.ok(lives.length > 2);
      assert.ok(readAgain(lives, LOOKS) <= lives.length - 1);
    }
  });

  /** A job that died in the middle of its sectors. */
  async function half(chip: LastingChip): Promise<string> {
    const first = await chip.live(read(), { read: HALF, delivered: true });
    assert.equal(first.died, true);
    assert.ok(first.reads.length > 10 && first.reads.length < SECTORS);
    const [name = ''] = partials();
    assert.match(name, PARTIAL);
    return join(folder(), name);
  }

  it('believes the chip, not what was left', async () => {
    const chip = chipWithFlash();
    const path = await half(chip);
    const left = readFileSync(path);
    const swapped = Buffer.concat([left.subarray(4100, 8200), left.subarray(0, 4100)]);
    const spoils: Record<string, () => void> = {
      'is noise': () => writeFileSync(path, noise(left.length)),
      'is longer than the range': () => writeFileSync(path, noise(0x20000)),
      'is empty': () => writeFileSync(path, ''),
      'ends in a sector': () => writeFileSync(path, left.subarray(0, left.length - 1234)),
      'has sectors in the wrong places': () => writeFileSync(path, swapped),
      'is zeros': () => writeFileSync(path, Buffer.alloc(left.length)),
      'is of a flash that has changed since': () => {
        writeFileSync(path, left);
        noise(SECTOR).copy(chip.flash, RANGE.offset + SECTOR);
      },
    };
    for (const [why, spoil] of Object.entries(spoils)) {
      fresh();
      spoil();
      const second = await chip.live(read());
      assert.equal(second.error, null, why);
      assertOne(chip, why);
    }
  });

  it('follows no link, and takes no folder for its own file', async function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    const chip = chipWithFlash();
    const path = await half(chip);
    const left = readFileSync(path);
    const outside = join(folder(), 'theirs');
    fresh();
    writeFileSync(outside, left);
    symlinkSync(outside, path);
    assert.equal((await chip.live(read())).error, null);
    assert.ok(readFileSync(outside).equals(left));
    rmSync(outside);
    assertOne(chip, 'a link');
    fresh();
    mkdirSync(path);
    assert.equal((await chip.live(read())).error, null);
    rmSync(path, { recursive: true });
    assertOne(chip, 'a folder');
  });

  it('is a base beside the newest backup, and wins over it', async () => {
    const chip = chipWithFlash();
    await chip.live(read());
    noise(0x8000, 7).copy(chip.flash, RANGE.offset + 0x4000);
    const first = await chip.live(read(), { read: LOOKS.length + 5, delivered: true });
    const second = await chip.live(read({ filename: 'lamp.bin' }));
    const both = [first, second].flatMap(({ reads }) => reads);
    assert.ok(first.reads.length > 2);
    assert.ok(both.length - 2 * LOOKS.length <= 0x8000 / SECTOR + 1, `${both.length} reads`);
    const wanted = chip.flash.subarray(RANGE.offset, RANGE.offset + RANGE.length);
    assert.ok(readFileSync(join(folder(), 'lamp.bin')).equals(wanted));
    assert.deepEqual(partials(), []);
  });

  it('is only taken up for the same chip and range', async () => {
    const chip = chipWithFlash();
    await half(chip);
    const other = new LastingChip('bk7231n?seed=902');
    const life = await other.live(read());
    assert.equal(life.reads.length, SECTORS + LOOKS.length);
    const more = { ...RANGE, length: RANGE.length + SECTOR };
    const longer = await chip.live((device) =>
      device.read({ ...more, file: { folder: folder(), incremental: false } }),
    );
    assert.equal(longer.reads.length, SECTORS + 1 + LOOKS.length);
    assert.equal(partials().length, 1);
  });

  it('leaves nothing of a chip that has no MAC to tell it by', async () => {
    const chip = new LastingChip('bk7231n?seed=903&size=0x100000');
    const first = await chip.live(read(), { read: HALF, delivered: true });
    assert.equal(first.died, true);
    assert.deepEqual(names(), []);
    await chip.live(read());
    assertOne(chip, 'no MAC');
  });

  it('says after a cancel that it can be gone on with', async () => {
    const chip = chipWithFlash();
    const abort = new AbortController();
    const cancelled = await chip.live(
      (device) => device.read({ ...RANGE, file: { folder: folder() } }, { signal: abort.signal }),
      null,
      ({ reads }) => {
        if (reads.length === HALF) abort.abort();
      },
    );
    const error = cancelled.error as BkError;
    assert.equal(error.code, 'BK_CANCELLED');
    assert.match(error.cause.advice.join(' '), /goes on where this one ended/);
    assert.equal(partials().length, 1);
    const second = await chip.live(read());
    assert.equal(readAgain([cancelled, second], LOOKS), 0);
    assertOne(chip, 'after a cancel');
  });

  it('is read all the same when there is no room to keep its sectors', async () => {
    const chip = chipWithFlash();
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    const real = fs.promises.open;
    let closed = 0;
    sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof real>) => {
      const file = await real(...args);
      if (String(args[0]).endsWith('.partial')) {
        const close = file.close.bind(file);
        sinon.replace(file, 'write', (() => Promise.reject(full)) as never);
        sinon.replace(file, 'close', () => {
          closed++;
          return close();
        });
      }
      return file;
    });
    const life = await chip.live(read());
    assert.equal(life.error, null);
    assert.equal(closed, 1);
    assertOne(chip, 'full disk');
  });

  it('makes room for the backup where the disk has room for one of the two', async () => {
    const chip = chipWithFlash();
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    const real = fs.promises.open;
    sinon.replace(fs.promises, 'open', async (...args: Parameters<typeof real>) => {
      const file = await real(...args);
      if (/\.bin\..*\.part$/.test(String(args[0])) && partials().length > 0) {
        sinon.replace(file, 'sync', () => Promise.reject(full));
      }
      return file;
    });
    const life = await chip.live(read());
    assert.equal(life.error, null);
    assertOne(chip, 'small disk');
  });

  it('ends well from every state that a crash can leave in the folder', async () => {
    const chip = chipWithFlash();
    const file = { keep: 1 };
    await chip.live(read(file));
    noise(SECTOR, 3).copy(chip.flash, RANGE.offset);
    const states = join(folder(), '..', `${folder().split(/[\\/]/).at(-1)}-states`);
    let count = 0;
    const take = () => cpSync(folder(), join(states, String(count++)), { recursive: true });
    try {
      for (const name of ['open', 'rename', 'rm'] as const) {
        const real = fs.promises[name] as (...args: unknown[]) => Promise<unknown>;
        sinon.replace(fs.promises, name, (async (...args: unknown[]) => {
          take();
          return real(...args).finally(take);
        }) as never);
      }
      await chip.live(read(file));
      sinon.restore();
      assert.ok(count > 12);
      for (let state = 0; state < count; state++) {
        for (const torn of [false, true]) {
          const why = `state ${state}${torn ? ', its files under way torn' : ''}`;
          fresh();
          cpSync(join(states, String(state)), folder(), { recursive: true });
          for (const name of names().filter((each) => torn && each.endsWith('.part'))) {
            truncateSync(join(folder(), name), readFileSync(join(folder(), name)).length >> 1);
          }
          const life = await chip.live(read(file));
          assert.equal(life.error, null, why);
          assertOne(chip, why);
          assert.ok(life.reads.length <= 1 + LOOKS.length, why);
        }
      }
    } finally {
      rmSync(states, { recursive: true, force: true });
    }
    assert.equal(existsSync(states), false);
  });
});
