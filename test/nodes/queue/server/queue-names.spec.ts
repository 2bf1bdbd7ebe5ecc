import assert from 'node:assert/strict';
import {
  allQueues,
  fits,
  queueFor,
  targetOf,
  targetText,
} from '../../../../nodes/queue/server/queue-names';
import { CHIP_NAMES } from '../../../../src';

describe('what a job may be done to', () => {
  it('is told by what people write', () => {
    for (const any of ['', ' ', 'any', 'ANY']) assert.deepEqual(targetOf(any), { kind: 'any' });
    for (const model of ['BK7231N', 'bk7231n', 'T2'])
      assert.deepEqual(targetOf(model), { kind: 'model', chip: 'BK7231N' });
    for (const mac of ['C8:47:8C:00:00:18', 'c8-47-8c-00-00-18', 'c8478c000018'])
      assert.deepEqual(targetOf(mac), { kind: 'mac', mac: 'c8:47:8c:00:00:18' });
    for (const bad of ['BK9999', 'c8:47', '../etc', '__proto__', 'c8:47:8c:00:00:18:00'])
      assert.equal(targetOf(bad), null, bad);
  });

  it('comes back from the word that a job carries', () => {
    for (const word of ['any', ...CHIP_NAMES, 'c8:47:8c:00:00:18']) {
      const target = targetOf(word);
      assert.ok(target);
      assert.equal(targetText(target), word);
      assert.ok(allQueues('shop').includes(queueFor('shop', target)));
    }
  });

  it('fits a chip that is known, and none that does not tell', () => {
    const chip = { chip: 'BK7231N', mac: 'c8:47:8c:00:00:18' } as const;
    for (const word of ['any', 'BK7231N', 'c8:47:8c:00:00:18'])
      assert.equal(fits(targetOf(word) ?? { kind: 'any' }, chip), true);
    for (const word of ['BK7231T', 'c8:47:8c:00:00:19'])
      assert.equal(fits(targetOf(word) ?? { kind: 'any' }, chip), false);
    assert.equal(fits({ kind: 'model', chip: 'BK7231T' }, { chip: null, mac: null }), false);
  });
});
