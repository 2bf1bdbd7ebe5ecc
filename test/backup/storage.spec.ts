import assert from 'node:assert/strict';
import { storageError } from '../../src/backup/storage';
import { say } from '../../src/texts/note';

describe('the error of a file or folder', () => {
  const what = () => say('backup.diskFull');

  it('is the operating system’s', () => {
    const reason = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    assert.equal(storageError(reason, what).code, 'BK_STORAGE');
  });

  for (const reason of [
    new TypeError('x is not a function'),
    Object.assign(new TypeError('not text'), { code: 'ERR_INVALID_ARG_TYPE' }),
  ]) {
    it(`is not what the program did wrong: ${reason.message}`, () => {
      assert.throws(() => storageError(reason, what), reason);
    });
  }
});
