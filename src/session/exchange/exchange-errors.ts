import { BkError, hex } from '../../errors';
import type { Command } from '../../protocol/commands/command-table';
import { say } from '../../texts/note';

function addressOf(args: unknown): number | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const { address, start } = args as { address?: number; start?: number };
  return address ?? start;
}

/** No answer in time. */
export function silent(
  command: Command<never, unknown>,
  args: unknown,
  limitMs: number,
  port: string,
): BkError {
  const address = addressOf(args);
  const what = { port, command: command.name, ms: Math.round(limitMs) };
  const text =
    address === undefined
      ? say('session.noAnswer', what)
      : say('session.noAnswerAt', { ...what, address: hex(address) });
  return new BkError('BK_NO_RESPONSE', text, { address });
}

/** The chip was silent, and may be another one since: it is not told to change anything before it is known again. */
export function unsure(args: unknown, port: string): BkError {
  const address = addressOf(args);
  return new BkError('BK_NO_RESPONSE', say('session.mayBeAnother', { port }), { address });
}

/** An answer with a status other than 0, which the error's `refusal` keeps. */
export function refused(
  command: Command<never, unknown>,
  args: unknown,
  status: number,
  port: string,
): BkError {
  const address = addressOf(args);
  const what = { port, command: command.name, status };
  const text =
    address === undefined
      ? say('session.refused', what)
      : say('session.refusedAt', { ...what, address: hex(address) });
  return new BkError('BK_BAD_RESPONSE', text, { address, refusal: status });
}
