import { ANSWER_SHAPES, answers, type Command } from '../../src/protocol/commands/command-table';
import { type Frame, FrameReader } from '../../src/protocol/frames';

/** Keeps frames beyond the reader's next bytes. */
export function collector(): { frames: Frame[]; take: (frame: Frame) => void } {
  const frames: Frame[] = [];
  const take = (frame: Frame): void => {
    frames.push({ ...frame, payload: Buffer.from(frame.payload) });
  };
  return { frames, take };
}

/** The frames that a fresh reader finds in bytes (hex, blanks allowed), its resync not asked for. */
export function framesIn(bytes: Buffer | string): Frame[] {
  const { frames, take } = collector();
  new FrameReader(ANSWER_SHAPES).push(typeof bytes === 'string' ? fromHex(bytes) : bytes, take);
  return frames;
}

/**
 * What a command makes of an answer's bytes: its content, `refused` with the status, or undefined
 * where they are no answer to it.
 */
export function understood<Args, Answer>(
  command: Command<Args, Answer>,
  args: Args,
  bytes: Buffer | string,
): { answer: Answer } | { refused: number } | undefined {
  const [frame, ...more] = framesIn(bytes);
  if (frame === undefined || more.length > 0) return undefined;
  if (!answers(command as Command<never, unknown>, frame)) return undefined;
  if (frame.status !== 0) {
    const mine = command.refusal?.(frame.payload, args) ?? true;
    return mine ? { refused: frame.status } : undefined;
  }
  const answer = command.parse(frame.payload, args);
  return answer === undefined ? undefined : { answer };
}

export function fromHex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}
