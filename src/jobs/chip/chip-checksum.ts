import { crc32 } from 'node:zlib';
import { BLOCK, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import type { Phase } from '../../errors';
import type { JobContext } from '../base/job-context';

const BLANK = Buffer.alloc(BLOCK, 0xff);
const ZEROS = Buffer.alloc(SECTOR);
const AFTER_ZEROS = crc32(ZEROS);
/** What each byte of a checksum becomes when a sector follows, by its place in the checksum. */
const SHIFTED = [0, 8, 16, 24].map((place) =>
  Uint32Array.from({ length: 256 }, (_, byte) => byte).map((byte) => shiftSlowly(byte << place)),
);

/** zlib's CRC-32 of so many FF bytes. */
export function blankCrc(length: number): number {
  let crc = 0;
  for (let left = length; left > 0; left -= BLOCK) {
    crc = crc32(BLANK.subarray(0, Math.min(left, BLOCK)), crc);
  }
  return crc;
}

/**
 * The checksum of sectors that follow one another, made of theirs: what the chip says of a block can be compared
 * with sectors whose bytes nobody has at hand.
 * @param crcs zlib's CRC-32 of each sector, at least one
 */
export function joinedCrc(crcs: Iterable<number>): number {
  let joined = 0;
  for (const crc of crcs) joined = shift(joined) ^ crc;
  return joined >>> 0;
}

/** A CRC is linear but for what it begins and ends with: a sector that follows moves each bit by itself. */
function shift(crc: number): number {
  const [a, b, c, d] = SHIFTED as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  const at = (table: Uint32Array, place: number) => table[(crc >>> place) & 0xff] as number;
  return at(a, 0) ^ at(b, 8) ^ at(c, 16) ^ at(d, 24);
}

function shiftSlowly(crc: number): number {
  return (crc32(ZEROS, crc >>> 0) ^ AFTER_ZEROS) >>> 0;
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
