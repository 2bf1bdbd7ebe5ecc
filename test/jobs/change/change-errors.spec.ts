import assert from 'node:assert/strict';
import type { BkError } from '../../../src';
import type { JobContext } from '../../../src/jobs/base/job-context';
import {
  badSectors,
  neverHolds,
  notTaking,
  spoiltOnTheWay,
} from '../../../src/jobs/change/change-errors';

/** All that the errors ask of a job. */
const CONTEXT = { session: { port: 'COM4' } } as JobContext;
const TWO = [0x102000, 0x109000];

/** What a person reads of it, and what a flow steers by. */
function told(error: BkError) {
  const { phase, address, attempts, advice } = error.cause;
  return { code: error.code, phase, address, attempts, advice, message: error.message };
}

describe('an error of a change that does not hold', () => {
  it('names the sectors that are worn, how often they were tried, and what to do', () => {
    const error = badSectors(TWO, 3, CONTEXT);
    assert.deepEqual(told(error), {
      code: 'BK_BAD_SECTOR',
      phase: 'verify',
      address: 0x102000,
      attempts: 4,
      advice: ['Replace the module; firmware that does not use these sectors may still run.'],
      message:
        'The flash of the chip on COM4 does not hold its bytes at 0x102000, 0x109000 after 3 more tries; everything else is in place and verified',
    });
    assert.match(error.cause.likely[0]?.evidence ?? '', /^Only 0x102000, 0x109000 failed/);
  });

  it('says that each repair broke something else', () => {
    const error = neverHolds(6, CONTEXT);
    const { message, ...rest } = told(error);
    assert.deepEqual(rest, {
      code: 'BK_CRC_MISMATCH',
      phase: 'verify',
      address: null,
      attempts: 6,
      advice: ['Set a lower baud in the device; use shorter wires and a common ground.'],
    });
    assert.match(message, /COM4 was verified 6 times.*Send the same message again to go on/);
  });

  it('says that bytes are changed on their way', () => {
    const { message, ...rest } = told(spoiltOnTheWay(TWO, 10, CONTEXT));
    assert.deepEqual(rest, {
      code: 'BK_CRC_MISMATCH',
      phase: 'verify',
      address: 0x102000,
      attempts: 10,
      advice: ['Set a lower baud in the device; use shorter wires and a common ground.'],
    });
    assert.match(
      message,
      /COM4 arrives changed: 0x102000, 0x109000 held other bytes after each of 10 tries.*Send the same/,
    );
  });

  it('says that flash takes nothing', () => {
    const { message, advice, ...rest } = told(notTaking(TWO, 3, CONTEXT));
    assert.deepEqual(rest, {
      code: 'BK_FLASH_PROTECTED',
      phase: 'verify',
      address: 0x102000,
      attempts: 4,
    });
    assert.match(advice.join(), /^Take the 3.3 V supply off for some seconds/);
    assert.match(message, /COM4 takes erases.*tried at 0x102000, 0x109000\)$/);
  });
});
