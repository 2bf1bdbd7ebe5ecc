import assert from 'node:assert/strict';
import { FakeEngine } from '../support/fake-engine';
import { useNodeRed } from '../support/flow';
import { askedOfEngine, refusedBy } from '../support/one-node';

/** As a flow file has it. */
const variable = (name: string) => `\${${name}}`;
const payload = Buffer.from([1, 2, 3]);

describe('the offset of a message to bk-write', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });

  const asked = async (settings: object, offset: unknown) =>
    (await askedOfEngine(engine, 'bk-write', settings, { payload, offset })).options;

  for (const [given, offset] of [
    [0x11000, 0x11000],
    ['0x11000', 0x11000],
    ['64K', 65_536],
    [0, 0],
    ['auto', 'auto'],
    ['', 0x2000],
    [null, 0x2000],
    [undefined, 0x2000],
  ] as const) {
    it(`wins over the setting: ${JSON.stringify(given)}`, async () => {
      assert.equal((await asked({ offset: '0x2000' }, given)).offset, offset);
    });
  }

  it('wins over auto', async () => {
    assert.equal((await asked({}, '0x11000')).offset, 0x11000);
  });

  it('goes with skip and length of the node where these go with an offset there', async () => {
    const { skip, length } = await asked({ offset: '0', skip: '4K', length: '8K' }, '0x11000');
    assert.deepEqual([skip, length], [4096, 8192]);
  });

  for (const [own, given] of [
    ['0x11000', 'auto'],
    // The form hides both: what is left in them nobody sees.
    ['auto', '0x11000'],
  ] as const) {
    it(`goes without skip and length where one of both is auto: ${own}, ${given}`, async () => {
      const options = await asked({ offset: own, skip: '4K', length: '8K' }, given);
      assert.ok(!('skip' in options) && !('length' in options));
    });
  }

  it('is refused where it is none', async () => {
    const error = await refusedBy(engine, 'bk-write', {}, { payload, offset: 'here' });
    assert.equal(error.code, 'BK_BAD_SETTING');
    assert.match(error.message, /"offset" is "here"/);
  });
});

describe('an environment variable in a setting', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
    process.env.BK_TEST_SET = '4K';
    delete process.env.BK_TEST_UNSET;
  });
  afterEach(() => {
    delete process.env.BK_TEST_SET;
  });

  it('stands for its value', async () => {
    const { options } = await askedOfEngine(engine, 'bk-read', { offset: variable('BK_TEST_SET') });
    assert.equal(options.offset, 4096);
  });

  it('does not matter where the message says otherwise', async () => {
    const settings = { offset: variable('BK_TEST_UNSET') };
    const { options } = await askedOfEngine(engine, 'bk-read', settings, { offset: 1 });
    assert.equal(options.offset, 1);
  });

  for (const [type, setting, others] of [
    ['bk-device', 'port', {}],
    ['bk-device', 'chip', {}],
    ['bk-device', 'baud', {}],
    ['bk-device', 'reset', {}],
    ['bk-device', 'idle', {}],
    ['bk-read', 'offset', {}],
    ['bk-read', 'memory', {}],
    ['bk-read', 'folder', { output: 'file' }],
    ['bk-read', 'filename', { output: 'file' }],
    ['bk-read', 'keep', { output: 'file' }],
    ['bk-read', 'incremental', { output: 'file' }],
    ['bk-write', 'filename', { source: 'file' }],
    ['bk-write', 'anyImage', {}],
    ['bk-erase', 'region', {}],
    ['bk-inspect', 'secrets', {}],
  ] as const) {
    for (const value of [variable('BK_TEST_UNSET'), '$(BK_TEST_UNSET)']) {
      it(`is named where it is not set: ${value} as ${setting} of ${type}`, async () => {
        const settings = { ...others, [setting]: value };
        const error =
          type === 'bk-device'
            ? await refusedBy(engine, 'bk-connect', {}, {}, settings)
            : await refusedBy(engine, type, settings, { payload });
        assert.equal(error.code, 'BK_BAD_SETTING');
        const said = `"${setting}" is to come from the environment variable "BK_TEST_UNSET", which is not set`;
        assert.ok(error.message.includes(said), error.message);
      });
    }
  }
});
