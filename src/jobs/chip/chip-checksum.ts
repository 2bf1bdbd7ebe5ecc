import { crc32 } from 'node:zlib';
import { BLOCK } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import type { Phase } from '../../errors';
import type { JobContext } from '../base/job-context';

const BLANK = Buffer.alloc(BLOCK, 0xff);

/** zlib's CRC-32 of so many FF bytes. */
export function blankCrc(length: number): number {
  let crc = 0;
  for (let left = length; left > 0; left -= BLOCK) {
    crc = crc32(BLANK.subarray(0, Math.min(left, BLOCK)), crc);
  }
  return crc;
}

/** The chip's checksum of a range, asked again when the answer is lost. */
export function chipCrc(context: JobContext, range: Region, phase: Phase = 'compare') {
  return context.step({ phase, address: range.offset }, () =>
    context.flash.crc(range.offset, range.length),
  );
}

/**
 * The chip's checksum of a range beside the one of the bytes that the host has for it; noted as evidence.
 * @param direction whether those bytes were read from flash or written to it
 * @returns whether they agree
 */
export async function confirms(
  context: JobContext,
  range: Region,
  bytes: Buffer,
  direction: 'read' | 'write',
): Promise<boolean> {
  const host = crc32(bytes);
  const chip = await chipCrc(context, range, 'verify');
  notePair(context, range, direction, host, chip);
  return chip === host;
}

/** @param baud at which the bytes were carried, bits per second */
export function notePair(
  context: JobContext,
  { offset, length }: Region,
  direction: 'read' | 'write',
  host: number,
  chip: number,
  baud = context.session.workingBaud,
): void {
  context.session.exchanger.evidence.checksumPair({
    address: offset,
    length,
    direction,
    baud,
    host,
    chip,
  });
}
