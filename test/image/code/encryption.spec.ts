import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyKey, type KeyWords, NO_KEY, TUYA_KEY } from '../../../src/image/code/encryption';
import { syntheticVectors } from '../../support/dump-vectors';
import { addPackets } from '../../support/images';

/** Words of ltchiptool and BK7231GUIFlashTool, for keys that use each part of the cipher. */
const WORDS: [key: string, address: number, word: string][] = [
  ['510fb093 a3cbeadc 5993a17e c7adeb03', 0, '7cb50721'],
  ['510fb093 a3cbeadc 5993a17e c7adeb03', 0x10000, '7eb50721'],
  ['510fb093 a3cbeadc 5993a17e c7adeb03', 0x1f08, '199a3350'],
  ['510fb093 a3cbeadc 5993a17e c7adeb03', 0x1ffffc, 'a6535bd0'],
  ['12345678 9abcdef0 0fedcba9 55000b20', 0, '7f71271f'],
  ['12345678 9abcdef0 0fedcba9 55000b20', 0x54320, 'db974164'],
  ['12345678 9abcdef0 0fedcba9 55001351', 0x10000, '4717b706'],
  ['89abcdef 01234567 fedcba98 a5001b70', 4, '8b019c94'],
  ['89abcdef 01234567 fedcba98 a5001b70', 0x123454, '4294dfe5'],
  ['00000000 00000000 deadbeef 55000002', 0x10000, 'dcadbeed'],
  ['00000000 00000000 deadbeef 55000007', 0x54320, 'deadbeef'],
  ['ffffffff ffffffff ffffffff ffffffff', 0x10000, '00000000'],
  ['12345678 9abcdef0 0fedcba9 55000b2f', 0x10000, '00000000'],
  ['12345678 9abcdef0 0fedcba9 00000b20', 0x10000, '00000000'],
];

/** A key out of its four words in hex, blanks allowed. */
function keyOf(text: string): KeyWords {
  const bytes = Buffer.from(text.replaceAll(' ', ''), 'hex');
  return [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at)) as unknown as KeyWords;
}

/** What a key makes of four zeros at an address. */
function keystreamWord(key: KeyWords, address: number): number {
  const word = Buffer.alloc(4);
  applyKey(word, address, key);
  return word.readUInt32LE(0);
}

const anyKey = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 0xffffffff })))
  .map((words) => words as unknown as KeyWords);

describe('the code key', () => {
  for (const [key, address, word] of WORDS) {
    it(`${key} gives ${word} at ${address.toString(16)}`, () => {
      const words = keyOf(key);
      assert.equal(keystreamWord(words, address), Number.parseInt(word, 16));
    });
  }

  it('gives the words of the vectors', function () {
    const vectors = syntheticVectors();
    if (vectors === null) {
      console.log('      skipped: the vectors are not on this computer');
      return this.skip();
    }
    for (const [address, word] of Object.entries(vectors.keystream.word_at_address))
      assert.equal(keystreamWord(TUYA_KEY, Number(address)), Number.parseInt(String(word), 16));
    for (const [key, words] of Object.entries(vectors.keystream_other_keys)) {
      const parsed = keyOf(key);
      // With bit 1 of the last word clear, bk7231tools' upper half is known to be wrong.
      const trusted = (parsed[3] & 2) !== 0;
      for (const [address, word] of Object.entries(words as object)) {
        const actual = keystreamWord(parsed, Number(address)).toString(16).padStart(8, '0');
        if (typeof word === 'string') assert.equal(actual, word);
        else if (word.ltchiptool !== null) assert.equal(actual, word.ltchiptool);
        else if (trusted) assert.equal(actual, word.bk7231tools);
        else assert.equal(actual.slice(4), word.bk7231tools.slice(4));
      }
    }
    const { plain, address, encrypted, with_crc } = vectors.encrypt_crc;
    const code = Buffer.from(plain, 'hex');
    applyKey(code, address, TUYA_KEY);
    assert.equal(code.toString('hex'), encrypted);
    assert.equal(addPackets(code).toString('hex'), with_crc);
  });

  it('encrypts and decrypts alike, any bytes at any address', () => {
    fc.assert(
      fc.property(
        anyKey,
        fc.nat({ max: 0x7fffff }),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat({ max: 3 }),
        (key, word, given, odd) => {
          const address = word * 4;
          const bytes = new Uint8Array(given.length + odd).fill(7);
          const code = bytes.subarray(odd);
          code.set(given);
          applyKey(code, address, key);
          const byHand = given.map((byte, at) => {
            const stream = keystreamWord(key, address + (at & ~3));
            return byte ^ ((stream >>> (8 * (at & 3))) & 0xff);
          });
          assert.deepEqual([...code], [...byHand]);
          applyKey(code, address, key);
          assert.deepEqual([...code], [...given]);
        },
      ),
    );
  });

  it('costs little', () => {
    const app = Buffer.alloc(1.2 * 1024 * 1024, 0x33);
    applyKey(app, 0x10000, TUYA_KEY);
    const all: KeyWords = keyOf('89abcdef 01234567 fedcba98 a5001b70');
    for (const key of [TUYA_KEY, all, NO_KEY]) {
      const started = performance.now();
      applyKey(app, 0x10000, key);
      const took = performance.now() - started;
      assert.ok(took < 150, `${took} ms`);
    }
  });

  it('begins at whole words', () => {
    for (const address of [1, -4, 0.5, Number.NaN])
      assert.throws(() => applyKey(Buffer.alloc(4), address, TUYA_KEY), {
        code: 'BK_OUT_OF_RANGE',
      });
  });
});
