import { BkError, hex } from '../errors';
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
      `The image reaches to ${hex(before.offset + before.bytes.length)}, over ${hex(offset)}, where something else has to go; nothing was changed`,
      { address: offset, advice: ['Use an image that is made for this chip and its flash size.'] },
    );
  });
  return sorted;
}
