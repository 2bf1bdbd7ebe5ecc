import { PAGE, SECTOR } from '../../chip/geometry';
import {
  type Command,
  ERASE_SECTOR,
  encodeRequest,
  flashErase,
  flashWrite,
  flashWrite4K,
} from '../../protocol/commands/command-table';
import { lineTime } from '../../protocol/timing';

/** Commands that change flash, each one exchange. */
export type FlashOperation = 'erase' | 'programPage' | 'programSector';

/** Bytes of a request and of its answer. */
const BYTES: Readonly<Record<FlashOperation, readonly [request: number, answer: number]>> = {
  erase: bytesOf(flashErase, { address: 0, size: ERASE_SECTOR }),
  programPage: bytesOf(flashWrite, { address: 0, data: Buffer.alloc(PAGE) }),
  programSector: bytesOf(flashWrite4K, { address: 0, data: Buffer.alloc(SECTOR) }),
};

/**
 * What an operation takes besides the chip's work on flash, ms: the line, and what chip, adapter and driver take for
 * any answer.
 */
export function overheadMs(
  operation: FlashOperation,
  baudRate: number,
  { delayMs, holdMs }: { delayMs: number; holdMs: number },
): number {
  const [request, answer] = BYTES[operation];
  const arrives = holdMs > 0 ? holdMs + lineTime(1, baudRate) : lineTime(answer, baudRate);
  return lineTime(request, baudRate) + delayMs + arrives;
}

function bytesOf<Args>(command: Command<Args, unknown>, args: Args): readonly [number, number] {
  return [encodeRequest(command, args).length, command.answerBytes];
}
