import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { BkError, hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Piece } from './place-types';

/** Fills a piece up to whole sectors with FF. */
export function wholeSectors(offset: number, bytes: Uint8Array): Piece {
  const start = Math.floor(offset / SECTOR) * SECTOR;
  const end = Math.ceil((offset + bytes.length) / SECTOR) * SECTOR;
  const whole = Buffer.alloc(end - start, 0xff);
  whole.set(bytes, offset - start);
  return { offset: start, bytes: whole };
}

/**
 * Pieces by their offsets.
 * @throws BkError BK_WRONG_IMAGE where two of them would go to the same place
 */
export function inOrder(pieces: readonly Piece[]): Piece[] {
  const sorted = [...pieces].sort((one, other) => one.offset - other.offset);
  sorted.forEach(({ offset }, index) => {
    const before = sorted[index - 1];
    if (before === undefined || before.offset + before.bytes.length <= offset) return;
    throw new BkError(
      'BK_WRONG_IMAGE',
      say('placement.overlap', {
        end: hex(before.offset + before.bytes.length),
        start: hex(offset),
      }),
      { address: offset, advice: [say('placement.useFitting')] },
    );
  });
  return sorted;
}

/** As `0x11000 to 0x129fff`. */
export function span({ offset, length }: Region): Note {
  return say('placement.span', { start: hex(offset), end: hex(offset + length - 1) });
}
