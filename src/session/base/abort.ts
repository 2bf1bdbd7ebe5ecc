import { BkError } from '../../errors';
import { say } from '../../texts/note';

/** @throws BkError BK_CANCELLED when the signal is aborted */
export function throwIfAborted(signal: AbortSignal | undefined, port: string): void {
  if (signal?.aborted) {
    throw new BkError('BK_CANCELLED', say('session.cancelled', { port }));
  }
}
