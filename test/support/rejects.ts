import assert from 'node:assert/strict';
import { BkError, type ErrorCode } from '../../src';

/** The BkError that a promise fails with; any other outcome fails the test. */
export async function rejection(promise: Promise<unknown>, code: ErrorCode): Promise<BkError> {
  const outcome = await promise.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof BkError, `expected a BkError ${code}, but: ${outcome}`);
  assert.equal(outcome.code, code, outcome.message);
  assert.equal(outcome.cause.code, code);
  return outcome;
}
