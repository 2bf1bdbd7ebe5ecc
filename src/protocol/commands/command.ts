import type { CommandKind } from '../../errors';
import type { AnswerShape, Form } from '../frames';

/** One command of the protocol: what it sends, what its answer must echo, and how long that may take. */
export interface Command<Args, Answer> {
  name: string;
  kind: CommandKind;
  form: Form;
  code: number;
  /** Payload of the request. */
  payload(args: Args): Uint8Array;
  /** Its answer on the wire; null where none comes. */
  answer: AnswerShape | null;
  /** Bytes of a usual answer on the wire, for time-outs. */
  answerBytes: number;
  /**
   * The answer's content, or undefined where the frame answers something else. Only called with
   * frames of the answer's form and code and with status 0.
   */
  parse(payload: Buffer, args: Args): Answer | undefined;
  /** True where a refusal (status not 0) is this command's: its echo, as far as it goes, is right. */
  refusal?(payload: Buffer, args: Args): boolean;
  /** Where in flash the chip says, by an answer's echo, that it made the change; bytes. Commands that make one have it. */
  changes?(payload: Buffer): { offset: number; length: number };
  /** True where it changes what the chip keeps without power: it must not reach another one. */
  alters?: true;
  /** How many bytes of flash its work goes through, where its time grows with them. */
  covers?(args: Args): number;
  /** Longest time of the chip's work, ms. */
  work(args: Args): number;
  /** Its usual time, ms, where the longest is a multiple of it: flash operations. */
  usualWork?(args: Args): number;
}

export interface At {
  /** In flash, or of a register. */
  address: number;
}
