import { BkError, isBkError } from '../../errors';
import type { Command } from '../../protocol/commands/command-table';
import { say } from '../../texts/note';
import { twiceAlike } from '../base/twice-alike';
import { ownCopy } from './answer-waiter';
import type { Exchanger } from './exchanger';

/** How often something that changes nothing is asked. */
const ASK_TRIES = 4;
/** How often something is asked again before a line is too bad to tell anything. */
const DOUBTS = 7;

/**
 * Asks what only some chips answer: the silence of the others says nothing of the link.
 * @returns null where nothing came, or a refusal
 */
export async function askIfKnown<Args, Answer>(
  exchanger: Exchanger,
  command: Command<Args, Answer>,
  args: Args,
): Promise<Answer | null> {
  try {
    return await exchanger.trust.expectingSilence(exchanger.clock, () =>
      exchanger.sendOnce(command, args),
    );
  } catch (error) {
    if (isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) return null;
    throw error;
  }
}

/**
 * Asks something that changes nothing, again and again if need be: but for a chip that does not answer at its rate
 * at all, as it has rebooted then and listens for a short time only.
 * @throws as `sendOnce`, when no try brought an answer
 */
export async function askUntilAnswered<Args, Answer>(
  exchanger: Exchanger,
  command: Command<Args, Answer>,
  args: Args,
): Promise<Answer> {
  for (let left = ASK_TRIES - 1; ; left--) {
    try {
      return await exchanger.sendOnce(command, args);
    } catch (error) {
      if (left === 0 || !isBkError(error, 'BK_NO_RESPONSE')) throw error;
      if (!(await exchanger.isThere())) throw error;
    }
  }
}

/**
 * Asks until two answers in a row agree: there is no frame check, and what a chip is must not hang on
 * one garbled byte.
 */
export async function askUntilTwiceAlike<Args, Answer extends number | Buffer>(
  exchanger: Exchanger,
  command: Command<Args, Answer>,
  args: Args,
): Promise<Answer> {
  const ask = async (): Promise<Answer> =>
    ownCopy(await askUntilAnswered(exchanger, command, args));
  const { answer, sure } = await twiceAlike(ask, DOUBTS, isSame);
  if (sure) return answer;
  throw new BkError(
    'BK_BAD_RESPONSE',
    say('session.neverTwiceAlike', { port: exchanger.transport.port, command: command.name }),
    { attempts: DOUBTS + 1 },
  );
}

function isSame(a: number | Buffer, b: number | Buffer): boolean {
  return typeof a === 'number' || typeof b === 'number' ? a === b : a.equals(b);
}
