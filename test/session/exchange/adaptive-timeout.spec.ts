import assert from 'node:assert/strict';
import {
  ERASE_BLOCK,
  ERASE_SECTOR,
  flashErase,
  flashRead4K,
  linkCheck,
  readRegister,
} from '../../../src/protocol/commands/command-table';
import { AdaptiveTimeout } from '../../../src/session/exchange/adaptive-timeout';

const block = { address: 0x20000, size: ERASE_BLOCK } as const;
const sector = { address: 0x20000, size: ERASE_SECTOR } as const;

describe('how long an answer is waited for', () => {
  it('is little more than usual for flash operations, and the longest time for all others', () => {
    const timeout = new AdaptiveTimeout();
    assert.ok(timeout.limit(flashErase, block, 0, 1000) < 300);
    assert.ok(timeout.busyUntil >= 1000 + 4000, 'a slow part may still work');
    assert.ok(timeout.limit(flashErase, sector, 0, 0) < 150);
    assert.ok(timeout.limit(flashRead4K, { address: 0 }, 50, 0) >= 150);
  });

  it('is learned from the chip, for each kind of operation', () => {
    const timeout = new AdaptiveTimeout();
    timeout.learn(flashErase, block, 900);
    assert.ok(timeout.limit(flashErase, block, 0, 0) > 900);
    assert.ok(timeout.limit(flashErase, sector, 0, 0) < 150);
    timeout.learn(flashErase, block, 300);
    assert.ok(timeout.limit(flashErase, block, 0, 0) > 900, 'it never gets hasty');
    timeout.learn(flashErase, block, 60_000);
    assert.ok(timeout.limit(flashErase, block, 0, 0) <= 4200, 'and never endless');
  });

  it('is longer by what adapter and network keep back, as the quickest answers of late tell', () => {
    const timeout = new AdaptiveTimeout();
    const register = { address: 0x800000 };
    assert.equal(timeout.latency, 0);
    const before = timeout.limit(flashErase, sector, 0, 0);
    for (const took of [80, 62, 300]) timeout.learn(readRegister, register, took);
    assert.equal(timeout.latency, 62);
    assert.ok(timeout.limit(flashErase, sector, 0, 0) >= before + 62);
    // What an operation took is its work and the line's.
    timeout.learn(flashErase, sector, 62 + 90);
    assert.ok(timeout.limit(flashErase, sector, 0, 0) < 250);
    // An answer to an earlier call looks like a quick one.
    timeout.learn(linkCheck, undefined, 1);
    assert.equal(timeout.latency, 62);
    for (let answer = 0; answer < 8; answer++) timeout.learn(readRegister, register, 2);
    assert.equal(timeout.latency, 2);
    for (let answer = 0; answer < 8; answer++) timeout.learn(readRegister, register, 90);
    assert.equal(timeout.latency, 90);
  });

  it('leaves nothing busy behind an answer', () => {
    const timeout = new AdaptiveTimeout();
    timeout.limit(flashErase, block, 0, 0);
    timeout.learn(flashErase, block, 180);
    assert.equal(timeout.busyUntil, 0);
  });
});
