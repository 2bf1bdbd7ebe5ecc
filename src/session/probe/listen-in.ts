import { ANSWER_SHAPES } from '../../protocol/commands/command-table';
import { type Frame, FrameReader } from '../../protocol/frames';
import type { Exchanger } from '../exchange/exchanger';

/** What was heard on the line, beside whoever waited for it. */
export interface Heard {
  /** Each piece as the port handed it over: when, in the clock's ms, and how many bytes. */
  readonly pieces: readonly { at: number; bytes: number }[];
  /** Every answer in it. */
  readonly frames: readonly Pick<Frame, 'form' | 'code' | 'payload'>[];
}

/** Takes down what arrives while some work is done, and hands it on as ever. */
export async function listenIn(exchanger: Exchanger, work: () => Promise<void>): Promise<Heard> {
  const { transport, clock } = exchanger;
  const pieces: { at: number; bytes: number }[] = [];
  const frames: Pick<Frame, 'form' | 'code' | 'payload'>[] = [];
  const reader = new FrameReader(ANSWER_SHAPES);
  const listener = transport.onData;
  transport.onData = (bytes) => {
    pieces.push({ at: clock.now(), bytes: bytes.length });
    reader.push(bytes, ({ form, code, payload }) =>
      frames.push({ form, code, payload: Buffer.from(payload) }),
    );
    listener?.(bytes);
  };
  try {
    await work();
  } finally {
    transport.onData = listener;
  }
  return { pieces, frames };
}
