import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import sinon from 'sinon';
import type { FileOutput } from '../../../src';
import { noise, scratchFolder, type TestDevice, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

const DAY = 24 * 60 * 60 * 1000;
const SIM = 'bk7231n?speed=fast';
const MIB = 1024 * 1024;

describe('backups that look after themselves', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  const names = (ending = '.bin') => readdirSync(folder()).filter((name) => name.endsWith(ending));
  let bench: TestDevice;

  beforeEach(() => {
    bench = testDevice(SIM, { idle: 0 });
  });
  afterEach(async () => {
    sinon.restore();
    await bench.device.close();
  });

  async function night(output: Partial<FileOutput> = {}) {
    await bench.clock.advance(DAY);
    return bench.device.read({ file: { folder: folder(), ...output } });
  }

  /** What statfs says from now on, one answer a time. */
  function free(...mib: number[]): void {
    let next = 0;
    const answer = () => {
      const bavail = mib[Math.min(next++, mib.length - 1)];
      return Promise.resolve({ bsize: MIB, blocks: 1000, bavail });
    };
    sinon.replace(fs, 'statfs', answer as never);
  }

  it('keep what count or age wants, and the first one, and tell what went', async () => {
    const first = (await night()).payload as string;
    for (let count = 0; count < 5; count++) await night();
    assert.equal((await night()).facts.removed, undefined);
    const { facts } = await night({ keep: 2, keepDays: 4 });
    // Of eight: three days and today, and the first.
    assert.equal(facts.removed?.length, 3);
    assert.equal(names().length, 5);
    assert.ok(existsSync(first));
    assert.deepEqual(facts.warnings, []);
    const last = await night({ keep: 1, keepFirst: false });
    assert.equal(last.facts.removed?.length, 5);
    assert.deepEqual(names(), [basename(last.payload as string)]);
  });

  it('go for no damaged one, and for nothing where the new one fails', async () => {
    for (let count = 0; count < 3; count++) await night();
    const [, second = '', third = ''] = names().sort();
    appendFileSync(join(folder(), third), 'x');
    const { facts } = await night({ keep: 2 });
    assert.deepEqual(facts.removed, []);
    assert.ok(existsSync(join(folder(), second)));
    const before = names();
    sinon.replace(fs, 'rename', () =>
      Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })),
    );
    await rejection(night({ keep: 1, keepFirst: false }), 'BK_STORAGE');
    assert.deepEqual(names(), before);
  });

  it('are held, so that they do not go, as long as a job writes them to a chip', async () => {
    const path = (await night()).payload as string;
    const { folders } = bench.environment;
    const events: string[] = [];
    const hold = folders.hold.bind(folders);
    folders.hold = async (file) => {
      const end = await hold(file);
      events.push(basename(file));
      return () => {
        events.push('let go');
        end();
      };
    };
    for (const image of [{ path }, { backups: folder() }]) {
      events.length = 0;
      bench.chip.flash.fill(0x42, 0x20000, 0x40000);
      const onProgress = ({ phase }: { phase: string }) => events.push(phase);
      await bench.device.write({ image }, { onProgress });
      const work = events.filter((one) => ['erase', 'write', 'verify'].includes(one));
      const [held, ended] = [events.indexOf(basename(path)), events.indexOf('let go')];
      assert.ok(held >= 0 && held < events.indexOf(work[0] ?? ''));
      assert.ok(ended > events.lastIndexOf(work.at(-1) ?? ''));
      assert.equal(await folders.isHeld(path), false);
    }
    const outside = join(folder(), 'none.bin');
    await rejection(bench.device.write({ image: { path: outside } }), 'BK_STORAGE');
    assert.equal(await folders.isHeld(outside), false);
  });

  it('are not begun where there is no room, and nothing on the chip is changed then', async () => {
    free(2);
    const { message } = await rejection(night(), 'BK_STORAGE');
    assert.match(message, /the backup takes 3 MiB, and 2 MiB are free/);
    assert.deepEqual(readdirSync(folder()), []);
    const before = Buffer.from(bench.chip.flash);
    const backup = { mode: 'once', folder: folder() } as const;
    const refused = await rejection(
      bench.device.write({ image: noise(4096), offset: 0x100000, backup }),
      'BK_BACKUP_FAILED',
    );
    assert.match(refused.message, /2 MiB are free/);
    assert.match(refused.cause.advice.join(), /Make room/);
    assert.ok(bench.chip.flash.equals(before));
    await bench.device.write({ image: noise(4096), offset: 0x100000 });
  });

  it('are not written where the room is gone meanwhile, and go on once there is some', async () => {
    noise(0x80000).copy(bench.chip.flash, 0x20000);
    free(900, 0.25);
    const { cause } = await rejection(night(), 'BK_STORAGE');
    assert.match(cause.advice.join(), /sectors|again|goes on|kept/i);
    assert.deepEqual([names().length, names('.partial').length], [0, 1]);
    sinon.restore();
    const { facts } = await night();
    assert.ok((facts.bytesReused ?? 0) >= 0x80000);
    assert.deepEqual([names().length, names('.partial').length], [1, 0]);
  });

  it('have room by what an interrupted one has kept: it goes for them', async () => {
    noise(0x180000).copy(bench.chip.flash, 0x20000);
    free(900, 0.25);
    await rejection(night(), 'BK_STORAGE');
    sinon.restore();
    // With the 1.5 MiB of the partial file it is enough.
    free(2);
    assert.equal((await night()).facts.length, 0x200000);
  });
});
