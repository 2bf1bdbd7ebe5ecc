import assert from 'node:assert/strict';
import { errnoOf, isFull, refusalOf, storageError } from '../../src/backup/storage';
import { say } from '../../src/texts/note';
import { english } from '../support/english';

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

describe('what the operating system refused', () => {
  for (const [code, why, advice] of [
    ['ENOSPC', /full/, /room/],
    ['EDQUOT', /quota/, /quota|room/],
    ['EACCES', /permission|denied|may not/i, /user/],
    ['EPERM', /allow|permit/, /user/],
    ['EROFS', /read-only/, /writ/],
    ['ENOTDIR', /file/, /folder/],
    ['EEXIST', /file/, /folder/],
    ['ENAMETOOLONG', /long/, /short/],
    ['ENOENT', /made|exist/, /folder/],
    ['EISDIR', /folder/, /name/],
  ] as const) {
    it(`is said in words, with what to do about it: ${code}`, () => {
      const reason = Object.assign(new Error(`${code}: no`), { code });
      const error = storageError(reason, (what) =>
        say('backup.folderUnwritable', { folder: '/b', why: what }),
      );
      assert.match(error.message, why);
      assert.match(error.cause.advice.join(), advice);
      assert.match(english(refusalOf(reason)), why);
      assert.doesNotMatch(error.message, new RegExp(code));
      assert.equal(error.details.reason, reason);
    });
  }

  it('is given in its own words where there are no better ones', () => {
    const reason = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' });
    assert.equal(english(refusalOf(reason)), 'EIO: i/o error, write');
    const error = storageError(reason, (why) => why);
    assert.match(error.cause.advice.join(), /folder/);
  });

  it('is a full disk where less on it would have helped', () => {
    const of = (code: unknown) => isFull(Object.assign(new Error('x'), { code }));
    assert.deepEqual(['ENOSPC', 'EDQUOT', 'EACCES', '', 28].map(of), [
      true,
      true,
      false,
      false,
      false,
    ]);
    assert.equal(isFull(new Error('ENOSPC')), false);
  });

  it('has a code that is a text, or none', () => {
    assert.equal(errnoOf(Object.assign(new Error('x'), { code: 'EIO' })), 'EIO');
    for (const reason of [new Error('x'), Object.assign(new Error('x'), { code: 5 }), 'EIO', null])
      assert.equal(errnoOf(reason), undefined);
    assert.equal(errnoOf({ code: 'EIO' }), undefined);
    for (const code of ['EIO_X', 'xEIO', 'EIO!'])
      assert.throws(() => storageError(Object.assign(new Error('x'), { code }), (why) => why), /x/);
  });
});
