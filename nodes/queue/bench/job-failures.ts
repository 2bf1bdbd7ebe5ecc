import { BkError, say } from '../../../src';
import { tooLarge } from '../store/image-store';

/** @throws BkError BK_REFUSED */
export function settingsIn(bytes: Buffer): object {
  if (bytes.length > 64 * 1024) throw tooLarge(bytes.length, 64 * 1024);
  try {
    const settings: unknown = JSON.parse(bytes.toString());
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings))
      return settings;
  } catch {
    // Told below.
  }
  throw new BkError('BK_REFUSED', say('queue.malformed', { name: 'openbeken' }), {
    phase: 'open',
    advice: [say('queue.useEnqueue')],
  });
}

/** What BullMQ keeps of it, and dashboards show. */
export function failure(error: BkError, isFinal: boolean): Error {
  const shown = new Error(`${error.code}: ${error.message}`);
  shown.stack = shown.message;
  // By its name BullMQ knows that it is not to be tried again.
  if (isFinal) shown.name = 'UnrecoverableError';
  return shown;
}

export function lost(): BkError {
  return new BkError('BK_BENCH_LOST', say('queue.benchesLost'), {
    phase: 'open',
    advice: [say('queue.lookAtBenches')],
  });
}

export function cancelled(): BkError {
  return new BkError('BK_CANCELLED', say('queue.cancelled'));
}
