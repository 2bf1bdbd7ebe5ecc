import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import { BkError, hex, type Phase } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { notePair } from './chip-checksum';

/**
 * Reads one sector and has the chip confirm it by checksum: what is decided by its bytes, or written back from
 * them, must not hang on a byte that the line has changed. Read again until it is confirmed.
 * @returns 4096 bytes of the caller's own
 * @throws BkError as a step does
 */
export function readSector(
  context: JobContext,
  address: number,
  phase: Phase = 'identify',
): Promise<Buffer> {
  return context.step({ phase, address }, async () => {
    const bytes = Buffer.from(await context.flash.readSector(address));
    await mustBeConfirmed(context, address, bytes);
    return bytes;
  });
}

/**
 * Asks the chip for its checksum of a sector that was read. To be called inside a step.
 * @throws BkError BK_CRC_MISMATCH where it is another one, and the errors of an exchange
 */
export async function mustBeConfirmed(
  context: JobContext,
  address: number,
  bytes: Buffer,
): Promise<void> {
  const [host, chip] = [crc32(bytes), await context.flash.crc(address, SECTOR)];
  notePair(context, { offset: address, length: SECTOR }, 'read', host, chip);
  if (host === chip) return;
  throw new BkError(
    'BK_CRC_MISMATCH',
    say('job.sectorContradicted', { address: hex(address), port: context.session.port }),
    { phase: 'verify', address, advice: [say('job.lowerBaud')] },
  );
}
