import { BkError, isBkError, textOf } from '../../src';

/** Whatever was thrown, as the one error class: Catch nodes can rely on `code` and `cause`. */
export function asBkError(thrown: unknown): BkError {
  if (isBkError(thrown)) return thrown;
  const message = textOf(thrown);
  if (isSystemError(thrown)) {
    return new BkError('BK_STORAGE', `The computer refused: ${message}`, {
      reason: thrown,
      advice: ['Check that the disk has room and that Node-RED may use the folder.'],
    });
  }
  const error = new BkError('BK_BAD_RESPONSE', `Unexpected: ${message}`, {
    reason: thrown,
    advice: ['This should not happen. Please report it with what the log says.'],
  });
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack;
  return error;
}

/** Errors of the operating system carry a code such as ENOSPC. */
function isSystemError(thrown: unknown): boolean {
  return (
    thrown instanceof Error && /^E[A-Z0-9]+$/.test((thrown as NodeJS.ErrnoException).code ?? '')
  );
}
