import type { Clock, Timer } from '../clock';
import { BkError, hex } from '../errors';
import { ANSWER_SHAPES, answers, type Command, encodeRequest } from '../protocol/commands';
import { type Frame, FrameReader } from '../protocol/frames';
import { LATENCY_MS, lineTime } from '../protocol/timing';
import type { Transport } from '../transport/transport';

interface Waiter {
  take(frame: Frame): boolean;
  fail(error: unknown): void;
}

/** What was seen on the wire since the exchanger was made; the raw material of a diagnosis. */
export interface WireCounts {
  received: number;
  /** Bytes that were part of no answer. */
  stray: number;
  timeouts: number;
  refusals: number;
}

/** How many of the latest stray bytes are kept as evidence. */
const STRAY_KEPT = 256;

/**
 * One command and its answer at a time over one transport. An answer is known by its code and by
 * all that it echoes; everything else that arrives is passed over until the time is out.
 */
export class Exchanger {
  readonly counts: WireCounts = { received: 0, stray: 0, timeouts: 0, refusals: 0 };
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #reader = new FrameReader(ANSWER_SHAPES);
  #waiter: Waiter | null = null;
  #lost: BkError | null = null;
  #onLost: ((error: BkError) => void) | null = null;
  #lastByteAt = Number.NEGATIVE_INFINITY;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
    transport.onData = (bytes) => this.#receive(bytes);
    transport.onLost = (reason) => this.#portLost(reason);
  }

  get transport(): Transport {
    return this.#transport;
  }

  get clock(): Clock {
    return this.#clock;
  }

  get lost(): BkError | null {
    return this.#lost;
  }

  /** Called once when the port goes away, with or without a command under way. */
  set onLost(listener: ((error: BkError) => void) | null) {
    this.#onLost = listener;
  }

  /**
   * Sends a command and waits for its answer.
   * @throws BkError BK_NO_RESPONSE when none came in time, BK_BAD_RESPONSE when the chip refused,
   *   BK_PORT_LOST when the port went away
   */
  async run<Args, Answer>(
    command: Command<Args, Answer>,
    args: Args,
    limitMs?: number,
  ): Promise<Answer> {
    const request = encodeRequest(command, args);
    const limit = limitMs ?? this.#limit(command, args, request.length);
    // The waiter stands before the request leaves: no answer can be too fast for it.
    const answer = this.#wait(command, args, limit);
    const waiter = this.#waiter;
    // Not awaited: a port that takes no bytes must not outlast the limit.
    this.#transport.write(request).catch((error: unknown) => {
      if (this.#waiter === waiter) waiter?.fail(error);
    });
    return answer;
  }

  /** Sends a command that nothing answers, and waits until it has left. */
  async send<Args>(command: Command<Args, unknown>, args: Args): Promise<void> {
    await this.write(encodeRequest(command, args));
  }

  /** Writes bytes that are no command, and waits until they have left. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#lost !== null) throw this.#lost;
    await this.#transport.write(bytes);
    await this.#transport.drain();
  }

  /** Longest time that an answer may take at the present rate, ms. */
  #limit<Args>(command: Command<Args, unknown>, args: Args, requestBytes: number): number {
    const bytes = requestBytes + command.answerBytes;
    return lineTime(bytes, this.#transport.baudRate) + command.work(args) + LATENCY_MS;
  }

  /** Waits until nothing has arrived for `quietMs` (at most `limitMs`), and forgets all that came. */
  async quiet(quietMs: number, limitMs: number): Promise<void> {
    const end = this.#clock.now() + limitMs;
    const since = this.#clock.now();
    for (;;) {
      const now = this.#clock.now();
      const silent = now - Math.max(this.#lastByteAt, since);
      if (silent >= quietMs || now >= end) break;
      // Not less than 1: a rest that is a rounding error would not let a clock go on.
      await this.pause(Math.max(1, Math.min(quietMs - silent, end - now)));
    }
    this.#reader.reset();
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimeout(resolve, ms);
    });
  }

  /** Forgets half-arrived answers, as after a change of rate. */
  reset(): void {
    this.#reader.reset();
  }

  #wait<Args, Answer>(
    command: Command<Args, Answer>,
    args: Args,
    limitMs: number,
  ): Promise<Answer> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    if (this.#waiter !== null) throw new Error('one command at a time');
    return new Promise<Answer>((resolve, reject) => {
      let timer: Timer;
      const settle = (): void => {
        this.#clock.clearTimeout(timer);
        this.#waiter = null;
      };
      const waiter: Waiter = {
        take: (frame) => {
          if (!answers(command as Command<never, unknown>, frame)) return false;
          if (frame.status !== 0) {
            if (!(command.refusal?.(frame.payload, args) ?? true)) return false;
            this.counts.refusals++;
            settle();
            reject(refused(command, args, frame.status, this.#transport.port));
            return true;
          }
          const answer = command.parse(frame.payload, args);
          if (answer === undefined) return false;
          settle();
          resolve(answer);
          return true;
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      this.#waiter = waiter;
      timer = this.#clock.setTimeout(() => {
        // A frame that lost bytes may hide the one that is waited for.
        this.#reader.resync((frame) => void this.#waiter?.take(frame));
        if (this.#waiter !== waiter) return;
        this.counts.timeouts++;
        waiter.fail(silent(command, args, limitMs, this.#transport.port));
      }, limitMs);
    });
  }

  #receive(bytes: Buffer): void {
    this.counts.received += bytes.length;
    this.#lastByteAt = this.#clock.now();
    const before = this.#reader.skipped;
    this.#reader.push(bytes, (frame) => void this.#waiter?.take(frame));
    const skipped = this.#reader.skipped - before;
    if (skipped > 0) {
      this.counts.stray += skipped;
      this.#keepStray(bytes);
    }
  }

  /** The latest input that held bytes of no answer: text of a running application, an echo, another talker. */
  stray: Buffer = Buffer.alloc(0);

  #keepStray(bytes: Buffer): void {
    this.stray = Buffer.concat([this.stray, bytes]).subarray(-STRAY_KEPT);
  }

  #portLost(reason: Error): void {
    if (this.#lost !== null) return;
    this.#lost =
      reason instanceof BkError
        ? reason
        : new BkError('BK_PORT_LOST', `Port ${this.#transport.port} went away`, { reason });
    this.#waiter?.fail(this.#lost);
    this.#onLost?.(this.#lost);
  }
}

function addressOf(args: unknown): number | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const { address, start } = args as { address?: number; start?: number };
  return address ?? start;
}

function describe(command: Command<never, unknown>, args: unknown): string {
  const address = addressOf(args);
  return address === undefined ? command.name : `${command.name} at ${hex(address)}`;
}

function silent(
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

function refused(
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
