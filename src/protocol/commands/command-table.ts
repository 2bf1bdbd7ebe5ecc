import { type AnswerShape, encodeCommand, type Frame } from '../frames';
import type { Command } from './command';
import {
  checkCrc,
  flashErase,
  flashErase4KAnswer,
  flashRead4K,
  flashWrite,
  flashWrite4K,
} from './flash-commands';
import { readJedecId, readStatusRegister, writeStatusRegister } from './flash-part-commands';
import { linkCheck, reboot, registerReboot, setBaudRate } from './link-commands';
import { readBootVersion, readRegister, writeRegister } from './register-commands';

export type { Command } from './command';
export * from './flash-commands';
export * from './flash-part-commands';
export * from './link-commands';
export * from './register-commands';

// biome-ignore lint/suspicious/noExplicitAny: a list of commands of every kind
export const COMMANDS: readonly Command<any, any>[] = [
  linkCheck,
  writeRegister,
  readRegister,
  reboot,
  setBaudRate,
  checkCrc,
  readBootVersion,
  flashWrite,
  flashWrite4K,
  flashRead4K,
  readStatusRegister,
  writeStatusRegister,
  readJedecId,
  flashErase,
  registerReboot,
];

/** All that can be told by an answer, asked for or not. */
const ANSWERED: readonly Pick<Command<never, unknown>, 'answer' | 'changes'>[] = [
  ...COMMANDS,
  flashErase4KAnswer,
];

/** What answers can look like: the frame reader skips everything else. */
export const ANSWER_SHAPES: readonly AnswerShape[] = ANSWERED.flatMap(({ answer }) =>
  answer === null ? [] : [answer],
);

/** The bytes of a request. */
export function encodeRequest<Args>(command: Command<Args, unknown>, args: Args): Buffer {
  return encodeCommand(command.form, command.code, command.payload(args));
}

/** Whether a frame has the form and code of a command's answer. */
export function answers(
  { answer }: Pick<Command<never, unknown>, 'answer'>,
  frame: Frame,
): boolean {
  return answer?.form === frame.form && answer.code === frame.code;
}

/** Where the chip says that it has changed flash; null where a frame says nothing of that. Bytes. */
export function changedBy(frame: Frame): { offset: number; length: number } | null {
  if (frame.status !== 0) return null;
  const command = ANSWERED.find((one) => one.changes !== undefined && answers(one, frame));
  return command?.changes?.(frame.payload) ?? null;
}
