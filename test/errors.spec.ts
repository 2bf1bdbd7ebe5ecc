import assert from 'node:assert/strict';
import { BkError, shown } from '../src/errors';
import { verbatim } from '../src/texts/note';

describe('an error', () => {
  const error = new BkError('BK_STORAGE', verbatim('It is full.'), {
    advice: [verbatim('Make room.')],
    reason: new TypeError('inner'),
  });

  it('is never changed after it was made', () => {
    const { cause } = error;
    assert.throws(() => Object.assign(error, { code: 'BK_CANCELLED' }), TypeError);
    assert.throws(() => Object.assign(error, { cause: null }), TypeError);
    for (const part of [cause, cause.text, cause.text.params, cause.advice, cause.adviceCodes])
      assert.ok(Object.isFrozen(part));
  });

  it('is made anew with what somebody knows besides, and keeps its stack and reason', () => {
    const more = error.with({ phase: 'backup' }).advised(verbatim('Look at the disk.'));
    assert.equal(more.cause.phase, 'backup');
    assert.deepEqual(more.cause.advice, ['Look at the disk.', 'Make room.']);
    assert.equal(more.stack, error.stack);
    assert.match(more.stack ?? '', /because of TypeError: inner\n +at /);
    assert.equal(more.details.reason, error.details.reason);
    assert.equal(error.cause.phase, null);
  });

  it('keeps a stack of its own where its message looks like one', () => {
    const odd = new BkError('BK_STORAGE', verbatim('a\n    at b'));
    assert.equal(odd.with({ phase: 'read' }).stack, odd.stack?.replace(/^Error/, 'BkError'));
  });

  it('does without a stack', () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      const bare = new BkError('BK_STORAGE', verbatim('Bare.'));
      assert.equal(bare.with({ phase: 'read' }).stack, 'BkError: Bare.');
    } finally {
      Error.stackTraceLimit = limit;
    }
  });

  it('shows no password that somebody wrote into an address', () => {
    const hidden = [
      'http://admin:se@cret@10.0.0.1',
      `tcp://u:secret@${'h'.repeat(80)}`,
      'http:/u:secret@h',
    ];
    for (const address of hidden) assert.doesNotMatch(String(shown(address)), /cret/);
    assert.equal(shown('http://10.0.0.1'), '"http://10.0.0.1"');
  });
});
