import { BkError } from '../../errors';

/** @throws BkError BK_CANCELLED when the signal is aborted */
export function throwIfAborted(signal: AbortSignal | undefined, port: string): void {
  if (signal?.aborted) {
    throw new BkError('BK_CANCELLED', `The job on ${port} was cancelled`);
  }
}
