import assert from 'node:assert/strict';
import { nameOf, untried } from '../../../src/placement/base/refusals';
import { say } from '../../../src/texts/note';

describe('the name of a chip for people', () => {
  it('is what kind of chip it is where it does not tell its model', () => {
    assert.equal(nameOf({ chip: 'BK7231N', family: 'full' }), 'BK7231N');
    assert.deepEqual(nameOf({ chip: null, family: 'full' }), say('common.fullChip'));
    assert.deepEqual(nameOf({ chip: null, family: 'basic' }), say('common.basicChip'));
    const target = { chip: 'BK7236', family: 'full' } as const;
    assert.deepEqual(untried(target), say('placement.untried', { chip: 'BK7236' }));
  });
});
