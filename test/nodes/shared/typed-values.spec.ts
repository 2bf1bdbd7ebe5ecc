import assert from 'node:assert/strict';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import { FakeEngine } from '../../support/fake-engine';
import { type Message, useNodeRed, userDir } from '../../support/flow';
import { askedOfEngine, refusedBy } from '../../support/one-node';

describe('settings whose values stand elsewhere', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });
  afterEach(() => {
    delete process.env.BK72XX_TEST_OFFSET;
  });

  const asked = async (type: string, settings: object, msg?: Message) => {
    await helper.unload();
    engine.calls.length = 0;
    return (await askedOfEngine(engine, type, settings, msg)).options;
  };
  const refused = async (type: string, settings: object, msg?: Message) => {
    await helper.unload();
    engine.calls.length = 0;
    return refusedBy(engine, type, settings, msg);
  };

  const FROM = { offset: 'from.here', offsetType: 'msg' };

  it('are themselves where nothing else is said, and where that is said', async () => {
    assert.equal((await asked('bk-read', { offset: '0x1000' })).offset, 0x1000);
    const itself = { offset: '0x1000', offsetType: 'size' };
    assert.equal((await asked('bk-read', itself)).offset, 0x1000);
  });

  it('come from any property of the message', async () => {
    assert.equal((await asked('bk-read', FROM, { from: { here: '4K' } })).offset, 4096);
    const { offset, length } = await asked(
      'bk-erase',
      { ...FROM, region: 'range', length: 'size', lengthType: 'msg' },
      { from: { here: 0x11000 }, size: '64K' },
    );
    assert.deepEqual([offset, length], [0x11000, 0x10000]);
  });

  it('come from the environment', async () => {
    process.env.BK72XX_TEST_OFFSET = '0x2000';
    const settings = { offset: 'BK72XX_TEST_OFFSET', offsetType: 'env' };
    assert.equal((await asked('bk-read', settings)).offset, 0x2000);
  });

  it('give way to the message that names the setting itself', async () => {
    assert.equal((await asked('bk-read', FROM, { offset: 0, from: { here: 4096 } })).offset, 0);
    assert.equal((await asked('bk-read', FROM, { offset: 8192 })).offset, 8192);
  });

  for (const [what, msg] of [
    ['is missing', {}],
    ['is empty', { from: { here: '' } }],
  ] as const) {
    it(`are not taken for "all of it" where what they name ${what}`, async () => {
      for (const type of ['bk-read', 'bk-write']) {
        const error = await refused(type, FROM, { payload: Buffer.of(1), ...msg });
        assert.equal(error.code, 'BK_BAD_SETTING');
        assert.equal(error.cause.text.code, 'node.nothingInPlace');
        assert.match(error.message, /"offset" is to come from msg\.from\.here/);
      }
    });
  }

  it('are refused where they name nothing at all, or nothing that can be read', async () => {
    const nothing = await refused('bk-read', { offset: ' ', offsetType: 'msg' });
    assert.equal(nothing.cause.text.code, 'node.nothingInPlace');
    const wrong = await refused('bk-read', { offset: 'a..b', offsetType: 'msg' });
    assert.equal(wrong.cause.text.code, 'node.placeUnreadable');
    const unknown = await refused('bk-read', { offset: '1', offsetType: 'jsonata' });
    assert.equal(unknown.cause.text.code, 'node.wrongValue');
  });

  it('are checked like any other value', async () => {
    const error = await refused('bk-read', FROM, { from: { here: 'much' } });
    assert.match(error.message, /"offset" is "much"/);
  });

  it('of bk-write keep what the form shows beside them', async () => {
    const settings = { ...FROM, skip: '4K', length: 'long', lengthType: 'msg' };
    const msg = { payload: Buffer.of(1), from: { here: '0x11000' }, long: 512 };
    const { offset, skip, length } = await asked('bk-write', settings, msg);
    assert.deepEqual([offset, skip, length], [0x11000, 4096, 512]);
    const auto = await asked('bk-write', settings, { ...msg, from: { here: 'auto' } });
    assert.equal(auto.offset, 'auto');
    assert.equal('skip' in auto, false);
  });

  describe('as names of files', () => {
    const NAMED = { source: 'file', filename: 'image', filenameType: 'msg' };

    it('reach no further than names in msg.filename', async () => {
      const { image } = await asked('bk-write', NAMED, { image: 'firmware.bin' });
      assert.deepEqual(image, { path: path.join(userDir, 'firmware.bin') });
      const error = await refused('bk-write', NAMED, { image: '/etc/passwd' });
      assert.match(error.message, /lies outside of/);
    });

    it('may be any file where the environment names them, as in the setting itself', async () => {
      process.env.BK72XX_TEST_OFFSET = path.resolve('/images/fw.rbl');
      const settings = { ...NAMED, filename: 'BK72XX_TEST_OFFSET', filenameType: 'env' };
      const { image } = await asked('bk-write', settings);
      assert.deepEqual(image, { path: path.resolve('/images/fw.rbl') });
    });

    it('name a backup, too', async () => {
      const settings = { output: 'file', filename: 'topic', filenameType: 'msg' };
      const { file } = await asked('bk-read', settings, { topic: 'lamp.bin' });
      assert.equal((file as { filename: string }).filename, 'lamp.bin');
    });
  });
});
