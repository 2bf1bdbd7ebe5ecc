import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTuyaJson, parseTuyaObject } from '../../../src/image/tuya/tuya-json';

describe('parseTuyaJson', () => {
  const cases: [string, unknown][] = [
    ['{"baud":9600}\0', { baud: 9600 }],
    ['{rl1_pin:26,jv:1.0.5,module:CB2S,}', { rl1_pin: 26, jv: '1.0.5', module: 'CB2S' }],
    [
      '{a:true,b:false,c:null,d:-1.5,e:007,f:1.}',
      { a: true, b: false, c: null, d: -1.5, e: '007', f: '1.' },
    ],
    ['{a:{b:[1,2,x],},c:two words ,}', { a: { b: [1, 2, 'x'] }, c: 'two words' }],
    ['{0err:70,1:2}', { '0err': 70, 1: 2 }],
    ['"bk7231n"\0\0', 'bk7231n'],
    ['BK7231S_2M\0', 'BK7231S_2M'],
    ['3', 3],
    ['true', true],
    ['{}', {}],
    ['{a:"quoted"}', { a: '"quoted"' }],
  ];
  for (const [text, value] of cases)
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseTuyaJson(text), value));

  it('reads bytes', () => {
    assert.deepEqual(parseTuyaJson(Buffer.from('{a:grün}\0')), { a: 'grün' });
  });

  for (const text of ['', '\0\0', '{', '{a:b:c}', '[1,2', 'x'.repeat(70_000)])
    it(`makes nothing of ${JSON.stringify(text.slice(0, 20))}`, () =>
      assert.equal(parseTuyaJson(text), undefined));

  it('measures text before it searches it, and searches each run once', () => {
    const long = 60_000;
    for (const letter of ['\0', ',', ' ', '[', '1.', '{"'])
      assert.equal(typeof parseTuyaJson(`{${letter.repeat(long / letter.length)}x`), 'undefined');
    assert.equal(parseTuyaJson(`${'\0'.repeat(30_000_000)}x`), undefined);
    assert.deepEqual(parseTuyaJson(`{a:1${','.repeat(long)}}${'\0'.repeat(1_000_000)}`), { a: 1 });
    assert.equal(
      parseTuyaJson(Buffer.concat([Buffer.alloc(30_000_000), Buffer.from('x')])),
      undefined,
    );
  });

  it('takes an object for an object, and nothing else', () => {
    assert.deepEqual(parseTuyaObject('{a:1}'), { a: 1 });
    for (const text of ['[1]', '1', 'null', 'x', '{']) assert.equal(parseTuyaObject(text), null);
  });

  it('reads whatever JSON.stringify writes, and takes any text', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.deepEqual(parseTuyaJson(text), JSON.parse(text));
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), (text, bytes) => {
        parseTuyaJson(text);
        parseTuyaJson(bytes);
      }),
    );
  });

  it('does not let a name reach the prototype of what it returns', () => {
    const parsed = parseTuyaObject('{__proto__:{a:1},b:2,}');
    assert.equal(Object.getPrototypeOf(parsed), Object.prototype);
    assert.equal((parsed as { a?: unknown }).a, undefined);
  });
});
