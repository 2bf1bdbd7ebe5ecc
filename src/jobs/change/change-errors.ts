import { BkError, hex } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';

/* How changes of flash end that could not be made to hold. `repairs`: how often each sector was tried again. */

export function badSectors(
  addresses: readonly number[],
  repairs: number,
  context: JobContext,
): BkError {
  const where = { addresses: listed(addresses) };
  return new BkError(
    'BK_BAD_SECTOR',
    say('job.badSectors', { ...where, port: context.session.port, repairs }),
    {
      phase: 'verify',
      address: addresses[0],
      attempts: repairs + 1,
      likely: [
        {
          cause: say('job.wornSector'),
          confidence: 0.8,
          evidence: say('job.onlyTheseFailed', where),
        },
      ],
      advice: [say('job.replaceModule')],
    },
  );
}

export function neverHolds(rounds: number, context: JobContext): BkError {
  return new BkError(
    'BK_CRC_MISMATCH',
    say('job.neverHolds', { port: context.session.port, rounds }),
    { phase: 'verify', attempts: rounds, advice: [say('job.lowerBaudCommonGround')] },
  );
}

export function spoiltOnTheWay(
  addresses: readonly number[],
  repairs: number,
  context: JobContext,
): BkError {
  return new BkError(
    'BK_CRC_MISMATCH',
    say('job.arrivesChanged', {
      port: context.session.port,
      addresses: listed(addresses),
      repairs,
    }),
    {
      phase: 'verify',
      address: addresses[0],
      attempts: repairs,
      advice: [say('job.lowerBaudCommonGround')],
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
    say('job.keepsOldBytes', { port: context.session.port, addresses: listed(addresses) }),
    {
      phase: 'verify',
      address: addresses[0],
      attempts: repairs + 1,
      advice: [say('job.takeSupplyOff')],
    },
  );
}

function listed(addresses: readonly number[]): string {
  return addresses.map(hex).join(', ');
}
