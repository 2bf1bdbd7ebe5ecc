import assert from 'node:assert/strict';
import { parseShallow } from '../../../src/backup/base/shallow-json';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON of somebody else', () => {
  for (const text of ['{"a":[1,{"b":"c"}]}', '7', 'null', '"]]"', nested(32), ' [ ] '])
    it(`is read where it is usual: ${text.slice(0, 20)}`, () => {
      assert.deepEqual(parseShallow(text), JSON.parse(text));
    });

  it('is read where it has as many values as anybody needs', () => {
    assert.equal((parseShallow(`[${'0,'.repeat(200_000)}0]`) as unknown[]).length, 200_001);
  });

  it('counts no brackets in text, whatever is escaped there', () => {
    const text = JSON.stringify({ a: `"${nested(99)}\\`, '[[{{': ['\\', '"', nested(50)] });
    assert.deepEqual(parseShallow(text), JSON.parse(text));
  });

  for (const text of ['', '{', 'a', '[1,]', nested(33), `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`])
    it(`is nothing where it is none, or too deep: ${text.slice(0, 20)}`, () => {
      assert.equal(parseShallow(text), undefined);
    });

  it('is refused before the parser sees it', () => {
    const { parse } = JSON;
    let asked = 0;
    JSON.parse = (...args) => {
      asked++;
      return parse(...args);
    };
    try {
      assert.equal(parseShallow(nested(100_000)), undefined);
      // Not closed: what comes behind does not count.
      assert.equal(parseShallow('['.repeat(100_000)), undefined);
      assert.equal(parseShallow(`[${'[],'.repeat(200_001)}0]`), undefined);
    } finally {
      JSON.parse = parse;
    }
    assert.equal(asked, 0);
  });
});
