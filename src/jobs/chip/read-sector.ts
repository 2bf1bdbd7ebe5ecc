import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import { BkError, hex, type Phase } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { notePair } from './compare';

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
    const [host, chip] = [crc32(bytes), await context.flash.crc(address, SECTOR)];
    notePair(context, { offset: address, length: SECTOR }, 'read', host, chip);
    if (host === chip) return bytes;
    throw contradicted(context, address);
  });
}

/** Bytes came, and the chip's checksum of them is another one. */
export function contradicted(context: JobContext, address: number): BkError {
  return new BkError(
    'BK_CRC_MISMATCH',
    say('job.sectorContradicted', { address: hex(address), port: context.session.port }),
    { phase: 'verify', address, advice: [say('job.lowerBaud')] },
  );
}
