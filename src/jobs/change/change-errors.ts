import { BkError, hex } from '../../errors';
import type { JobContext } from '../base/job-context';

/* How changes of flash end that could not be made to hold. `repairs`: how often each sector was tried again. */

export function badSectors(
  addresses: readonly number[],
  repairs: number,
  context: JobContext,
): BkError {
  const listed = addresses.map(hex).join(', ');
  return new BkError(
    'BK_BAD_SECTOR',
    `The flash of the chip on ${context.session.port} does not hold its bytes at ${listed} after ${repairs} more tries; everything else is in place and verified`,
    {
      phase: 'verify',
      address: addresses[0] as number,
      attempts: repairs + 1,
      likely: [
        {
          cause: 'Worn or broken flash sector',
          confidence: 0.8,
          evidence: `Only ${listed} failed, every time, while all other sectors hold.`,
        },
      ],
      advice: ['Replace the module; firmware that does not use these sectors may still run.'],
    },
  );
}

export function neverHolds(rounds: number, context: JobContext): BkError {
  return new BkError(
    'BK_CRC_MISMATCH',
    `What was written to the chip on ${context.session.port} was verified ${rounds} times, and each time something was wrong and had to be repaired. Send the same message again to go on: what is in place already is not written again`,
    {
      phase: 'verify',
      attempts: rounds,
      advice: ['Set a lower baud in the device; use shorter wires and a common ground.'],
    },
  );
}

export function spoiltOnTheWay(
  addresses: readonly number[],
  repairs: number,
  context: JobContext,
): BkError {
  return new BkError(
    'BK_CRC_MISMATCH',
    `What is written to the chip on ${context.session.port} arrives changed: ${addresses.map(hex).join(', ')} held other bytes after each of ${repairs} tries. Send the same message again to go on: what is in place already is not written again`,
    {
      phase: 'verify',
      address: addresses[0] as number,
      attempts: repairs,
      advice: ['Set a lower baud in the device; use shorter wires and a common ground.'],
    },
  );
}

export function notTaking(
  addresses: readonly number[],
  repairs: number,
  context: JobContext,
): BkError {
  return new BkError(
    'BK_FLASH_PROTECTED',
    `The flash of the chip on ${context.session.port} takes erases and writes without complaint but keeps its old bytes (tried at ${addresses.map(hex).join(', ')})`,
    {
      phase: 'verify',
      address: addresses[0] as number,
      attempts: repairs + 1,
      advice: [
        'Take the 3.3 V supply off for some seconds (a reset by CEN is not enough), and start the job again.',
      ],
    },
  );
}
