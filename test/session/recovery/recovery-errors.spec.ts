import assert from 'node:assert/strict';
import { BkError } from '../../../src/errors';
import { chipLost, gaveUp, otherChip } from '../../../src/session/recovery/recovery-errors';
import { say, verbatim } from '../../../src/texts/note';

const FAILURE = new BkError('BK_NO_RESPONSE', verbatim('silence'), {
  likely: [
    { cause: verbatim('a loose wire'), confidence: 0.7, evidence: verbatim('nothing came') },
  ],
  advice: [say('session.checkPlug')],
});
const AT = { phase: 'erase', address: 0x20000 } as const;
const NOWHERE = { phase: 'identify', address: null } as const;

describe('the error of a job that recovery cannot save', () => {
  for (const [what, make] of [
    ['lost', (step: typeof AT | typeof NOWHERE) => chipLost(FAILURE, step)],
    ['given up', (step: typeof AT | typeof NOWHERE) => gaveUp(FAILURE, step, 5)],
  ] as const) {
    it(`says where it was, if anywhere, and what is known: ${what}`, () => {
      const error = make(AT);
      assert.match(error.message, /erase at 0x20000/);
      assert.match(error.message, /Send the same message again/);
      assert.deepEqual([error.cause.phase, error.cause.address], ['erase', 0x20000]);
      assert.equal(error.cause.likely[0]?.cause, 'a loose wire');
      assert.match(error.cause.reason ?? '', /silence/);
      assert.ok(error.cause.adviceCodes.includes(FAILURE.cause.adviceCodes[0] as never));
      const nowhere = make(NOWHERE);
      assert.doesNotMatch(nowhere.message, /null|0x/);
      assert.deepEqual([nowhere.cause.phase, nowhere.cause.address], ['identify', null]);
    });
  }

  it('keeps its code where it was given up, and counts the tries', () => {
    const error = gaveUp(FAILURE, AT, 5);
    assert.equal(error.code, 'BK_NO_RESPONSE');
    assert.equal(error.cause.attempts, 5);
    assert.match(error.message, /5 tries/);
    assert.equal(chipLost(FAILURE, AT).code, 'BK_LINK_LOST');
  });

  it('names the port that another chip answers on', () => {
    const error = otherChip('COM4', AT);
    assert.match(error.message, /COM4/);
    assert.deepEqual([error.cause.phase, error.cause.address], ['recover', 0x20000]);
    assert.match(error.cause.advice.join(), /same message again/);
    assert.equal(otherChip('COM4', NOWHERE).cause.address, null);
  });
});
