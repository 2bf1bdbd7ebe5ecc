import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FakeEngine } from '../support/fake-engine';
import { useNodeRed, userDir } from '../support/flow';
import { askedOfEngine, refusedBy } from '../support/one-node';

describe('a file that a message names', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
    mkdirSync(path.join(userDir, 'firmware', 'old'), { recursive: true });
    mkdirSync(path.join(userDir, 'bk-backups'));
    for (const file of ['flows.json', 'plug.bin', 'bk-backups/x.bin', 'firmware/old/plug.bin'])
      writeFileSync(path.join(userDir, file), 'x');
  });

  const settings = { source: 'file', filename: 'firmware' };
  const opened = async (filename: string, setting = 'firmware') => {
    const node = { ...settings, filename: setting };
    const { options } = await askedOfEngine(engine, 'bk-write', node, { filename });
    return path.relative(userDir, options.image.path);
  };

  for (const folder of ['firmware', 'not-made-yet']) {
    for (const filename of [
      '../bk-backups/x.bin',
      '../flows.json',
      'old/../../flows.json',
      `${folder}/../flows.json`,
      `${folder}/../bk-backups/x.bin`,
      'bk-backups/../flows.json',
      '/etc/passwd',
      '.',
      '..',
    ]) {
      it(`does not lie outside of the folder that is set, ${folder}: ${filename}`, async () => {
        const node = { ...settings, filename: folder };
        const error = await refusedBy(engine, 'bk-write', node, { filename });
        assert.equal(error.code, 'BK_BAD_SETTING');
        if (filename !== '.') assert.ok(error.message.includes(path.join(userDir, folder)));
      });
    }
  }

  it('is named as seen from the user folder, or by its whole path, if it lies in that folder', async () => {
    assert.equal(await opened('firmware/old/plug.bin'), 'firmware/old/plug.bin');
  });

  it('may be named by its whole path', async () => {
    const whole = path.join(userDir, 'firmware/old/plug.bin');
    assert.equal(await opened(whole), 'firmware/old/plug.bin');
  });

  it('is sought in that folder, and not beside it', async () => {
    assert.equal(await opened('plug.bin'), 'firmware/plug.bin');
  });

  it('is sought there first, and then from the user folder on', async () => {
    mkdirSync(path.join(userDir, 'firmware', 'firmware'));
    writeFileSync(path.join(userDir, 'firmware', 'firmware', 'x.bin'), 'x');
    assert.equal(await opened('firmware/x.bin'), 'firmware/firmware/x.bin');
  });

  it('may lie in folders of that folder', async () => {
    assert.equal(await opened('old/plug.bin'), 'firmware/old/plug.bin');
  });

  for (const filename of ['bk-backups/x.bin', 'plug.bin', 'firmware/old/plug.bin']) {
    it(`lies in the user folder where no folder is set: ${filename}`, async () => {
      assert.equal(await opened(filename, ''), filename);
    });
  }
});

describe('a file that is not there', () => {
  useNodeRed();

  it('is not found, says bk-inspect', async () => {
    const error = await refusedBy(new FakeEngine(), 'bk-inspect', {}, { filename: 'missing.bin' });
    assert.deepEqual([error.code, error.badge], ['BK_STORAGE', 'file not found']);
    assert.match(error.message, /There is no file .*missing\.bin/);
  });

  it('is one thing, and one that cannot be read another', async () => {
    mkdirSync(path.join(userDir, 'folder'));
    const error = await refusedBy(new FakeEngine(), 'bk-inspect', {}, { filename: 'folder' });
    assert.deepEqual([error.code, error.badge], ['BK_STORAGE', 'cannot read the file']);
  });
});
