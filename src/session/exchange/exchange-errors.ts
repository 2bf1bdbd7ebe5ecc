import { BkError, hex } from '../../errors';
import type { Command } from '../../protocol/commands/command-table';

function addressOf(args: unknown): number | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const { address, start } = args as { address?: number; start?: number };
  return address ?? start;
}

function describe(command: Command<never, unknown>, args: unknown): string {
  const address = addressOf(args);
  return address === undefined ? command.name : `${command.name} at ${hex(address)}`;
}

/** No answer in time. */
export function silent(
  command: Command<never, unknown>,
  args: unknown,
  limitMs: number,
  port: string,
): BkError {
  const address = addressOf(args);
  return new BkError(
    'BK_NO_RESPONSE',
    `The chip on ${port} did not answer ${describe(command, args)} within ${Math.round(limitMs)} ms`,
    address === undefined ? {} : { address },
  );
}

/** An answer with a status other than 0. */
export function refused(
  command: Command<never, unknown>,
  args: unknown,
  status: number,
  port: string,
): BkError {
  const address = addressOf(args);
  return new BkError(
    'BK_BAD_RESPONSE',
    `The chip on ${port} refused ${describe(command, args)} with status ${status}`,
    address === undefined ? {} : { address },
  );
}
