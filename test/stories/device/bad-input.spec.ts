import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Device, type Environment, type ErrorCode } from '../../../src';
import { SECTOR } from '../../../src/chip/geometry';
import { noise, scratchFolder, sum, type TestDevice, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

/** After a refused job: nothing changed, nothing half written, the port free. */
function untouched({ chip, clock }: TestDevice, before: Buffer): void {
  assert.ok(chip.flash.equals(before), 'flash is as it was');
  assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
  assert.ok(!chip.attached, 'the port is free');
  assert.equal(clock.pending, 0, 'no timer is left');
}

describe('bad input is refused with nothing changed', function () {
  const folder = scratchFolder(this);

  const cases: [string, ErrorCode, RegExp, string, (d: Device, f: string) => Promise<unknown>][] = [
    [
      'an empty image',
      'BK_BAD_IMAGE',
      /empty/,
      'bk7231n',
      (d) => d.write({ image: Buffer.alloc(0) }),
    ],
    [
      'an image that nobody knows, without an offset',
      'BK_BAD_IMAGE',
      /offset/,
      'bk7231n',
      (d) => d.write({ image: noise(5000) }),
    ],
    [
      'random bytes of the size of a dump',
      'BK_BAD_IMAGE',
      /Nothing was changed/,
      'bk7231n',
      (d) => d.write({ image: noise(0x200000) }),
    ],
    [
      'an image that reaches past the end',
      'BK_OUT_OF_RANGE',
      /sim:\/\//,
      'bk7231n',
      (d) => d.write({ image: noise(2 * SECTOR), offset: 0x1ff000 }),
    ],
    [
      'an offset that is no number',
      'BK_OUT_OF_RANGE',
      /NaN/,
      'bk7231n',
      (d) => d.write({ image: noise(SECTOR), offset: Number.NaN }),
    ],
    [
      'a file that is not there',
      'BK_STORAGE',
      /no file|not there|no such/i,
      'bk7231n',
      (d, f) => d.write({ image: { path: join(f, 'missing.bin') } }),
    ],
    [
      'an erase of a region that is none',
      'BK_BAD_SETTING',
      /region is "all ".*app, range, data, all/,
      'bk7231t',
      (d) => d.erase({ region: 'all ' as 'all' }),
    ],
    [
      'a mode of backup that is none',
      'BK_BAD_SETTING',
      /backup\.mode is "Never"/,
      'bk7231t',
      (d, f) => d.erase({ backup: { mode: 'Never' as 'never', folder: f } }),
    ],
    [
      'a part that is none',
      'BK_BAD_SETTING',
      /part is "rfx"/,
      'bk7231n',
      (d) => d.write({ image: noise(SECTOR), part: 'rfx' as 'rf' }),
    ],
    [
      'a memory that is none',
      'BK_BAD_SETTING',
      /memory is "ROM"/,
      'bk7231n',
      (d) => d.read({ memory: 'ROM' as 'rom' }),
    ],
    [
      'an erase that is not aligned',
      'BK_OUT_OF_RANGE',
      /4096/,
      'bk7231n',
      (d) => d.erase({ region: 'range', offset: 0x20001, length: SECTOR }),
    ],
    [
      'a number of backups to keep that is none',
      'BK_BAD_SETTING',
      /keep/,
      'bk7231n',
      (d, f) => d.read({ length: SECTOR, file: { folder: f, keep: 1.5 } }),
    ],
    [
      'an erase past the end',
      'BK_OUT_OF_RANGE',
      /sim:\/\//,
      'bk7231n',
      (d) => d.erase({ region: 'range', offset: 0x1ff000, length: 2 * SECTOR }),
    ],
    [
      'a read past the end',
      'BK_OUT_OF_RANGE',
      /sim:\/\//,
      'bk7231n',
      (d) => d.read({ offset: 0x200000, length: 1 }),
    ],
    [
      'another chip than the one set',
      'BK_WRONG_CHIP',
      /BK7231N.*BK7231T|BK7231T.*BK7231N/,
      'bk7231t',
      (d) =>
        new Device({ ...d.settings, chip: 'BK7231N' }, environmentOf.get(d)).write({
          image: noise(SECTOR),
          offset: 0x20000,
        }),
    ],
    [
      'a write into the bootloader of a full chip',
      'BK_BOOTLOADER_PROTECTED',
      /bootloader/,
      'bk7231n',
      (d) => d.write({ image: noise(SECTOR), offset: 0 }),
    ],
    [
      'a write into the bootloader of a basic chip, even with replace',
      'BK_BOOTLOADER_PROTECTED',
      /SPI/,
      'bk7231t',
      (d) => d.write({ image: noise(0x20000), offset: 0x10000, bootloader: 'replace' }),
    ],
    [
      'a write that wraps around the end into the bootloader of a basic chip',
      'BK_OUT_OF_RANGE',
      /fit/,
      'bk7231t',
      (d) => d.write({ image: noise(0x12000), offset: 0x1ff000 }),
    ],
    [
      'a write behind the end, where the bootloader is mirrored',
      'BK_OUT_OF_RANGE',
      /behind the end/,
      'bk7231t',
      (d) => d.write({ image: noise(SECTOR), offset: 0x200000 }),
    ],
    [
      'an erase of the bootloader of a basic chip',
      'BK_BOOTLOADER_PROTECTED',
      /SPI/,
      'bk7231t',
      (d) => d.erase({ region: 'range', offset: 0, length: 0x20000, bootloader: 'erase' }),
    ],
    [
      'a memory that the chip does not give',
      'BK_BAD_SETTING',
      /ROM/,
      'bk7231t',
      (d) => d.read({ memory: 'rom' }),
    ],
  ];
  const environmentOf = new WeakMap<Device, Environment>();

  for (const [name, code, text, sim, run] of cases) {
    it(name, async () => {
      const test = testDevice(sim);
      environmentOf.set(test.device, test.environment);
      const before = Buffer.from(test.chip.flash);
      const error = await rejection(run(test.device, folder()), code);
      assert.match(error.message, text);
      untouched(test, before);
    });
  }

  it('a folder that cannot be written, before anything is read', async () => {
    const test = testDevice('bk7231n');
    const before = Buffer.from(test.chip.flash);
    const blocked = join(folder(), 'file');
    writeFileSync(blocked, 'not a folder');
    const error = await rejection(
      test.device.read({ file: { folder: join(blocked, 'backups') } }),
      'BK_STORAGE',
    );
    assert.match(error.message, /backups|file/);
    assert.equal(test.chip.counters.linkChecks, 0, 'the chip was not even called');
    untouched(test, before);
  });

  it('a file name that leaves its folder', async () => {
    const test = testDevice('bk7231n');
    const before = Buffer.from(test.chip.flash);
    mkdirSync(join(folder(), 'inside'));
    await rejection(
      test.device.read({
        length: SECTOR,
        file: { folder: join(folder(), 'inside'), filename: '../outside.bin' },
      }),
      'BK_BAD_SETTING',
    );
    assert.deepEqual(readdirSync(folder()), ['inside']);
    untouched(test, before);
  });

  it('a file name that no disk takes, before the chip is called or a folder is made', async () => {
    for (const [filename, text] of [
      ['x'.repeat(300), /300 bytes.*231/],
      ['ä'.repeat(150), /300 bytes/],
      [`sub/${'x'.repeat(300)}`, /300 bytes/],
      ['a\nb.bin', /cannot be printed/],
      ['a\0b.bin', /cannot be printed/],
      ['../outside.bin', /does not stay/],
      ['/etc/lamp.bin', /does not stay/],
      ['lamp.bin.json', /facts beside a backup/],
      ['.BK7231N_84e342010203_full.partial', /under way/],
    ] as const) {
      const test = testDevice('bk7231n');
      const backups = join(folder(), 'backups');
      const error = await rejection(
        test.device.read({ length: SECTOR, file: { folder: backups, filename } }),
        'BK_BAD_SETTING',
      );
      assert.match(error.message, text);
      assert.ok(error.cause.advice.length > 0);
      assert.equal(test.chip.counters.linkChecks, 0);
      assert.deepEqual(readdirSync(folder()), []);
    }
  });

  it('the longest file name is a good one', async () => {
    const { device } = testDevice('bk7231n?speed=fast');
    const filename = 'x'.repeat(231);
    const { payload } = await device.read({ length: SECTOR, file: { folder: folder(), filename } });
    assert.equal(payload, join(folder(), filename));
    await device.close();
  });

  it('a backup that cannot be made stops the write', async () => {
    const test = testDevice('bk7231n');
    const before = Buffer.from(test.chip.flash);
    const blocked = join(folder(), 'file');
    writeFileSync(blocked, 'not a folder');
    const error = await rejection(
      test.device.write({
        image: noise(SECTOR),
        offset: 0x20000,
        backup: { mode: 'once', folder: blocked },
      }),
      'BK_BACKUP_FAILED',
    );
    assert.match(error.message, /nothing was changed/i);
    untouched(test, before);
  });

  it('a port that is not there', async () => {
    const device = new Device({ port: '/dev/ttyNOWHERE9' });
    const error = await rejection(device.connect(), 'BK_PORT_NOT_FOUND');
    assert.match(error.message, /\/dev\/ttyNOWHERE9/);
    assert.ok(error.cause.advice.length > 0);
  });

  it('no port, an unknown chip, a baud that is none', async () => {
    await rejection(new Device({ port: '' }).connect(), 'BK_BAD_SETTING');
    await rejection(new Device({ port: 'sim://bk7231n', baud: 12 }).connect(), 'BK_BAD_SETTING');
    await rejection(
      new Device({ port: 'sim://bk7231n', chip: 'BK9999' as never }).connect(),
      'BK_BAD_SETTING',
    );
    await rejection(new Device({ port: 'sim://esp32' }).connect(), 'BK_BAD_SETTING');
  });

  it('a chip that never answers, after the time that was set', async () => {
    const test = testDevice('bk7231n?app=silent&reset=none&window=0', { linkTimeout: 7 });
    const error = await rejection(test.device.connect(), 'BK_NO_LINK');
    assert.match(error.message, /7 s/);
    assert.ok(error.cause.likely.length > 0);
    assert.ok(error.cause.advice.length > 0);
    assert.ok(Math.abs(test.clock.now() - 7000) < 700, `${test.clock.now()}`);
    assert.ok(!test.chip.attached);
    assert.equal(test.clock.pending, 0);
  });
});
