import assert from 'node:assert/strict';
import { FakeEngine } from '../support/fake-engine';
import { useNodeRed } from '../support/flow';
import { askedOfEngine, refusedBy } from '../support/one-node';

const PIECE = Buffer.from([1, 2, 3]);
/** What `JSON.parse` makes of a Buffer that was sent as JSON. */
const JSON_BUFFER = JSON.parse(JSON.stringify(PIECE));

for (const type of ['bk-write', 'bk-inspect']) {
  describe(`an image for ${type}`, () => {
    useNodeRed();
    let engine: FakeEngine;
    beforeEach(() => {
      engine = new FakeEngine();
    });

    const refused = (msg: object, settings: object = {}) => refusedBy(engine, type, settings, msg);

    for (const [what, parts] of [
      ['the first of two', { id: 'x', type: 'buffer', index: 0, count: 2 }],
      ['the last of three', { id: 'x', index: 2, count: 3 }],
      ['a chunk of a stream', { id: 'x', type: 'buffer', ch: '', index: 0 }],
      ['the last chunk of a stream', { id: 'x', type: 'buffer', ch: '', index: 4, count: 5 }],
    ] as const) {
      it(`is not taken from ${what}`, async () => {
        const error = await refused({ payload: PIECE, parts }, { offset: '0x11000' });
        assert.equal(error.code, 'BK_BAD_IMAGE');
        assert.match(error.message, /only a part of what comes in several messages/);
        assert.match(error.cause.advice.join(' '), /Join them first.*"a single buffer object"/);
      });
    }

    it('is told from what JSON made of a Buffer', async () => {
      const error = await refused({ payload: JSON_BUFFER });
      assert.equal(error.code, 'BK_BAD_IMAGE');
      assert.match(error.message, /what JSON makes of a Buffer/);
      assert.match(error.cause.advice.join(), /Buffer\.from\(msg\.payload\.data\)/);
    });

    for (const payload of [
      '/home/pi/.node-red/bk-backups/BK7231N_aa_full_20250101-030000.bin',
      'C:\\Users\\pi\\x.bin',
      'bk-backups/x',
      'x.bin',
    ]) {
      it(`is told from its path: ${payload}`, async () => {
        const error = await refused({ payload });
        assert.equal(error.code, 'BK_BAD_IMAGE');
        assert.match(error.message, /msg\.payload is ".*, the name of a file/);
        assert.match(error.cause.advice.join(), /Move it to msg\.filename/);
      });
    }

    for (const payload of [
      'text',
      'a sentence. And more',
      'http://10.0.0.2/x.bin',
      '{"a":"b/c"}',
    ]) {
      it(`is not taken for a path: ${payload}`, async () => {
        const error = await refused({ payload });
        assert.equal(error.code, 'BK_BAD_IMAGE');
        assert.match(error.message, /has to be a Buffer, but it is of type string/);
      });
    }
  });
}

describe('an image in one message', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });

  for (const parts of [undefined, null, { id: 'x' }, { id: 'x', index: 0, count: 1 }]) {
    it(`is taken, with the parts ${JSON.stringify(parts)}`, async () => {
      const { options } = await askedOfEngine(engine, 'bk-write', {}, { payload: PIECE, parts });
      assert.deepEqual(options.image, PIECE);
    });
  }
});
