import { BkError, hex } from '../errors';
import { say } from '../texts/note';
import type { PlacedPiece } from './place-types';

/**
 * Pieces by their offsets.
 * @throws BkError BK_WRONG_IMAGE where two of them would go to the same place
 */
export function inOrder(pieces: readonly PlacedPiece[]): PlacedPiece[] {
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
