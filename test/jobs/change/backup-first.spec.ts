import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupOptions, Device } from '../../../src';
import { digestsOf } from '../../../src/backup/record';
import { SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder, testDevice } from '../../support/bench-device';
import { calibrationSector } from '../../support/images';
import { rejection } from '../../support/rejects';

const AT = 0x100000;
const SIM = 'bk7231n?speed=fast';

describe('the backup before a change', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  const bins = () => readdirSync(folder()).filter((name) => name.endsWith('.bin'));
  const change = async (device: Device, mode: BackupOptions['mode'], seed = 1) =>
    (
      await device.write({
        image: noise(SECTOR, seed),
        offset: AT,
        backup: { mode, folder: folder() },
      })
    ).payload.backup;

  it('holds the whole flash as it was, and there is one for each change', async () => {
    const { device, chip } = testDevice(SIM);
    const before = Buffer.from(chip.flash);
    const path = await change(device, 'always');
    assert.ok(typeof path === 'string' && path.startsWith(folder()));
    assert.ok(readFileSync(path).equals(before));
    assert.equal(JSON.parse(readFileSync(`${path}.json`, 'utf8')).kind, 'full');
    const second = await change(device, 'always', 2);
    assert.notEqual(second, path);
    assert.equal(bins().length, 2);
    await device.close();
  });

  it('is made once where that is asked for, and is named each time', async () => {
    const { device } = testDevice(SIM);
    const path = await change(device, 'once');
    assert.equal(await change(device, 'once', 2), path);
    assert.equal(bins().length, 1);
    await device.close();
  });

  it('is not made where nobody wants one', async () => {
    const { device } = testDevice(SIM);
    assert.equal(await change(device, 'never'), null);
    const { payload } = await device.write({ image: noise(SECTOR, 2), offset: AT });
    assert.equal(payload.backup, null);
    assert.deepEqual(bins(), []);
    await device.close();
  });

  for (const [what, spoil] of [
    [
      'whose bytes are not what its sidecar says',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes[7] = (bytes[7] as number) ^ 1;
        writeFileSync(path, bytes);
      },
    ],
    [
      'of a part only',
      (path: string) => {
        const record = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
        writeFileSync(`${path}.json`, JSON.stringify({ ...record, kind: 'part' }));
      },
    ],
    [
      'of a flash of another size',
      (path: string) => {
        const record = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
        const bytes = readFileSync(path).subarray(0, SECTOR);
        writeFileSync(path, bytes);
        const changes = { length: SECTOR, ...digestsOf(bytes) };
        writeFileSync(`${path}.json`, JSON.stringify({ ...record, ...changes }));
      },
    ],
    [
      'whose bytes have the MAC of another chip, though its sidecar has this one’s',
      (path: string) => {
        const record = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
        const bytes = readFileSync(path);
        calibrationSector([2, 0, 0, 0, 0, 9]).copy(bytes, 0x1d0000);
        writeFileSync(path, bytes);
        writeFileSync(`${path}.json`, JSON.stringify({ ...record, ...digestsOf(bytes) }));
      },
    ],
    [
      'of another chip',
      (path: string) => {
        const record = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
        writeFileSync(`${path}.json`, JSON.stringify({ ...record, mac: '02:00:00:00:00:01' }));
      },
    ],
  ] as const) {
    it(`is made anew beside one ${what}`, async () => {
      const { device, chip } = testDevice(SIM);
      const first = (await change(device, 'once')) as string;
      spoil(first);
      const before = Buffer.from(chip.flash);
      const second = (await change(device, 'once', 2)) as string;
      assert.notEqual(second, first);
      assert.ok(readFileSync(second).equals(before));
      await device.close();
    });
  }

  it('counts where a crash kept it from its name only', async () => {
    const { device } = testDevice(SIM);
    const path = (await change(device, 'once')) as string;
    const name = path.slice(folder().length + 1);
    renameSync(path, join(folder(), `.${name}.0123456789ab.part`));
    assert.equal(await change(device, 'once', 2), path);
    assert.deepEqual(bins(), [name]);
    await device.close();
  });

  it('makes what an unfinished one has left needless', async () => {
    const { device } = testDevice(SIM);
    const path = (await change(device, 'once')) as string;
    const [chip, mac] = path.slice(folder().length + 1).split('_');
    const left = join(folder(), `.${chip}_${mac}_full.partial`);
    writeFileSync(left, 'x');
    const long = new Date(Date.UTC(2026, 0, 1));
    utimesSync(left, long, long);
    await change(device, 'once', 2);
    assert.ok(!readdirSync(folder()).some((file) => file.endsWith('.partial')));
    await device.close();
  });

  it('fails before anything is changed, and the change with it', async () => {
    const { device, chip } = testDevice(SIM);
    const before = Buffer.from(chip.flash);
    const file = join(folder(), 'file');
    writeFileSync(file, 'x');
    const bad = join(file, 'below');
    const job = device.write({
      image: noise(SECTOR),
      offset: AT,
      backup: { mode: 'always', folder: bad },
    });
    const { message, cause } = await rejection(job, 'BK_BACKUP_FAILED');
    assert.equal(cause.phase, 'backup');
    assert.match(message, /backup/i);
    assert.ok(message.includes(bad));
    assert.match(cause.advice.join(), /folder/i);
    assert.ok(cause.reason?.includes(bad));
    assert.ok(chip.flash.equals(before));
    rmSync(file);
    await device.close();
  });

  it('fails where the link does as the link does, and nothing is changed', async () => {
    const { device, chip } = testDevice(SIM);
    const before = Buffer.from(chip.flash);
    await device.connect();
    const receive = chip.receive.bind(chip);
    let heard = 0;
    chip.receive = (bytes, baud) => {
      if (bytes[7] === 0x09 && ++heard > 40) chip.receive = () => {};
      else receive(bytes, baud);
    };
    const job = change(device, 'always');
    await rejection(job, 'BK_LINK_LOST');
    assert.ok(chip.flash.equals(before));
    assert.deepEqual(bins(), []);
  });
});
