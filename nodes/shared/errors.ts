import type { Node, NodeAPI } from 'node-red';
import { BkError, isBkError, say, textOf } from '../../src';

/** Whatever was thrown, as the one error class: Catch nodes can rely on `code` and `cause`. */
export function asBkError(thrown: unknown): BkError {
  if (isBkError(thrown)) return thrown;
  const reason = textOf(thrown);
  if (isSystemError(thrown)) {
    return new BkError('BK_STORAGE', say('node.computerRefused', { reason }), {
      reason: thrown,
      advice: [say('node.checkDisk')],
    });
  }
  return new BkError('BK_INTERNAL', say('node.unexpected', { reason }), {
    reason: thrown,
    advice: [say('node.report')],
  });
}

/** A fault of the program itself: where it happened goes to Node-RED's log, as flows see its text only. */
export function logInternal(RED: NodeAPI, { type, id }: Node, error: BkError): void {
  if (error.code === 'BK_INTERNAL') RED.log.error(`[${type}:${id}] ${error.stack}`);
}

/** Errors of the operating system carry a code such as ENOSPC. */
function isSystemError(thrown: unknown): boolean {
  return (
    thrown instanceof Error && /^E[A-Z0-9]+$/.test((thrown as NodeJS.ErrnoException).code ?? '')
  );
}
