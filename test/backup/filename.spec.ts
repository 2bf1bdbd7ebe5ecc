import assert from 'node:assert/strict';
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFilename, resolveFilename } from '../../src/backup/filename';
import { BkError } from '../../src/errors';
import { scratchFolder } from '../support/bench-device';
import { rejection } from '../support/rejects';

/** What is said of a name; null where it can be one. */
function complaint(filename: string): string | null {
  try {
    checkFilename('/backups', filename);
    return null;
  } catch (error) {
    assert.ok(error instanceof BkError && error.code === 'BK_BAD_SETTING');
    assert.equal(error.cause.phase, 'open');
    assert.ok(error.cause.advice.length > 0);
    return error.message;
  }
}

describe('the name that a person gives a backup', () => {
  for (const name of [
    'lamp.bin',
    'lamp',
    'kitchen/lamp.bin',
    'a/b/c.bin',
    '..lamp.bin',
    'lamp..bin',
    '.lamp.bin',
    '.part',
    'lamp.part',
    'my.lamp.part',
    '.lamp.part.bin',
    'lamp.json.bin',
    'Küche/Lampe.bin',
    'lamp 2: the big one.bin',
    'kitchen: lamp.bin',
    'x'.repeat(231),
    `${'x'.repeat(231)}/lamp.bin`,
    `${'ü'.repeat(115)}x`,
  ]) {
    it(`can be ${name.slice(0, 30)}`, () => assert.equal(complaint(name), null));
  }

  for (const [name, why] of [
    ['kitchen\nlamp.bin', /kitchen/],
    ['a\x7fb.bin', /print/i],
    ['/lamp.bin', /\/backups/],
    ['..', /\/backups/],
    ['.', /\/backups/],
    ['../lamp.bin', /\/backups/],
    ['a/../lamp.bin', /\/backups/],
    ['a/./lamp.bin', /\/backups/],
    ['a//lamp.bin', /\/backups/],
    ['a/', /\/backups/],
    ['a\\lamp.bin', /\/backups/],
    ['C:lamp.bin', /\/backups/],
    ['c:/lamp.bin', /\/backups/],
    ['x'.repeat(232), /232.*231/],
    ['ü'.repeat(116), /232.*231/],
    ['lamp.json', /\.json/],
    ['kitchen/lamp.bin.json', /\.json/],
    ['.lamp.part', /lamp\.part/],
    ['.lamp.partial', /lamp\.partial/],
    ['.bk72xx-index', /bk72xx-index/],
    ['kitchen/.0123456789ab.check', /check/],
  ] as const) {
    it(`cannot be ${JSON.stringify(name).slice(0, 30)}`, () => {
      assert.match(complaint(name) ?? '', why);
    });
  }
});

describe('the file of a name that a person gave', function () {
  const root = scratchFolder(this);

  it('is in the folder, and folders on its way are made', async () => {
    assert.equal(await resolveFilename(root(), 'lamp.bin', 'owner'), join(root(), 'lamp.bin'));
    const deep = await resolveFilename(root(), 'a/b/lamp.bin', 'group');
    assert.equal(deep, join(root(), 'a', 'b', 'lamp.bin'));
    assert.ok(existsSync(join(root(), 'a', 'b')));
    assert.ok(!existsSync(deep));
    if (process.platform === 'win32') return;
    assert.equal(statSync(join(root(), 'a')).mode & 0o777, 0o750);
    await resolveFilename(root(), 'c/lamp.bin');
    assert.equal(statSync(join(root(), 'c')).mode & 0o777, 0o700);
  });

  it('may lie behind a link that stays in the folder', async function () {
    // Windows lets only administrators make links.
    if (process.platform === 'win32') this.skip();
    mkdirSync(join(root(), 'kitchen'));
    symlinkSync('kitchen', join(root(), 'room'));
    const path = await resolveFilename(root(), 'room/lamp.bin');
    assert.equal(path, join(root(), 'room', 'lamp.bin'));
    mkdirSync(join(root(), '..hidden'));
    symlinkSync('..hidden', join(root(), 'other'));
    await resolveFilename(root(), 'other/lamp.bin');
  });

  for (const target of ['..', '../..', '/', '/tmp']) {
    it(`does not lie behind a link to ${target}`, async function () {
      // Windows lets only administrators make links.
      if (process.platform === 'win32') this.skip();
      mkdirSync(join(root(), 'backups'));
      symlinkSync(target, join(root(), 'backups', 'way'));
      await rejection(resolveFilename(join(root(), 'backups'), 'way/lamp.bin'), 'BK_BAD_SETTING');
      const deeper = resolveFilename(join(root(), 'backups'), 'way/made/anew/lamp.bin');
      await rejection(deeper, 'BK_BAD_SETTING');
      assert.ok(!existsSync(join(root(), 'made')));
    });
  }

  it('cannot be one behind a link to nowhere, or below a file', async () => {
    if (process.platform !== 'win32') {
      symlinkSync('nowhere', join(root(), 'way'));
      const lost = await rejection(resolveFilename(root(), 'way/lamp.bin'), 'BK_STORAGE');
      assert.match(lost.message, /way\/lamp\.bin/);
    }
    writeFileSync(join(root(), 'file'), 'x');
    await rejection(resolveFilename(root(), 'file/lamp.bin'), 'BK_STORAGE');
    await rejection(resolveFilename(root(), 'file/deeper/lamp.bin'), 'BK_STORAGE');
  });

  it('is not that of a folder, which is named', async () => {
    mkdirSync(join(root(), 'lamp.bin'));
    const error = await rejection(resolveFilename(root(), 'lamp.bin'), 'BK_STORAGE');
    assert.ok(error.message.includes(join(root(), 'lamp.bin')));
    assert.ok(error.cause.advice.length > 0);
  });
});
