import { BkError, hex } from '../../errors';
import { GO_ON } from '../../session/recovery/recovery-errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';

/* How changes of flash end that could not be made to hold. `repairs`: how often each sector was tried again. What diagnosis
   says of the same is said in its words, so that it stands once where it comes on top. */

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
          cause: say('diagnosis.badSector'),
          confidence: 0.8,
          evidence: say('job.onlyTheseFailed', where),
        },
      ],
      advice: [say('diagnosis.badSectorAction')],
    },
  );
}

export function neverHolds(rounds: number, context: JobContext): BkError {
  return new BkError(
    'BK_CRC_MISMATCH',
    say('job.neverHolds', { port: context.session.port, rounds, goOn: GO_ON }),
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
      goOn: GO_ON,
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
      advice: [say('diagnosis.lockedAction')],
    },
  );
}

function listed(addresses: readonly number[]): string {
  return addresses.map(hex).join(', ');
}
