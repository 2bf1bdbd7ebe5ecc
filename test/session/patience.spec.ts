import assert from 'node:assert/strict';
import { ERASE_BLOCK, ERASE_SECTOR, flashErase, flashRead4K } from '../../src/protocol/commands';
import { Patience } from '../../src/session/patience';

const block = { address: 0x20000, size: ERASE_BLOCK } as const;
const sector = { address: 0x20000, size: ERASE_SECTOR } as const;

describe('how long an answer is waited for', () => {
  it('is little more than usual for flash operations, and the longest time for all others', () => {
    const patience = new Patience();
    assert.ok(patience.limit(flashErase, block, 0, 1000) < 300);
    assert.ok(patience.busyUntil >= 1000 + 4000, 'a slow part may still work');
    assert.ok(patience.limit(flashErase, sector, 0, 0) < 150);
    assert.ok(patience.limit(flashRead4K, { address: 0 }, 50, 0) >= 150);
  });

  it('is learned from the chip, for each kind of operation', () => {
    const patience = new Patience();
    patience.learn(flashErase, block, 900);
    assert.ok(patience.limit(flashErase, block, 0, 0) > 900);
    assert.ok(patience.limit(flashErase, sector, 0, 0) < 150);
    patience.learn(flashErase, block, 300);
    assert.ok(patience.limit(flashErase, block, 0, 0) > 900, 'it never gets hasty');
    patience.learn(flashErase, block, 60_000);
    assert.ok(patience.limit(flashErase, block, 0, 0) <= 4200, 'and never endless');
  });

  it('leaves nothing busy behind an answer', () => {
    const patience = new Patience();
    patience.limit(flashErase, block, 0, 0);
    patience.learn(flashErase, block, 180);
    assert.equal(patience.busyUntil, 0);
  });
});
