import { BkError, type ErrorCode } from '../errors';
import type { ModemLines, Transport } from '../transport/transport';
import type { BaudLine, LinesLine } from './record-lines';

/** Where it is taken down what passes through a port. */
export interface WireTape {
  sent(bytes: Buffer): void;
  arrived(bytes: Buffer): void;
  /** @returns the line, which may be completed */
  begun<Line extends Omit<BaudLine, 't'> | Omit<LinesLine, 't'>>(line: Line): Line;
  drained(): void;
  lost(error: ErrorCode | null): void;
  closed(): void;
}

/** A port that is listened in on. */
export class RecordedTransport implements Transport {
  readonly #inner: Transport;
  readonly #tape: WireTape;
  onData: ((bytes: Buffer) => void) | null = null;
  #onLost: ((reason: Error) => void) | null = null;
  #isOver = false;

  constructor(inner: Transport, tape: WireTape) {
    this.#inner = inner;
    this.#tape = tape;
    inner.onData = (bytes) => {
      this.#tape.arrived(bytes);
      this.onData?.(bytes);
    };
  }

  get port(): string {
    return this.#inner.port;
  }

  get baudRate(): number {
    return this.#inner.baudRate;
  }

  get canSetBaudRate(): boolean {
    return this.#inner.canSetBaudRate;
  }

  get roundTripMs(): number {
    return this.#inner.roundTripMs ?? 0;
  }

  get holds(): number {
    return this.#inner.holds ?? Number.POSITIVE_INFINITY;
  }

  get onLost(): ((reason: Error) => void) | null {
    return this.#onLost;
  }

  set onLost(listener: ((reason: Error) => void) | null) {
    this.#onLost = listener;
    // Not before: who is told while nobody listens is not told again.
    this.#inner.onLost = (reason) => {
      if (!this.#isOver) this.#tape.lost(codeOf(reason));
      this.#isOver = true;
      this.#onLost?.(reason);
    };
  }

  write(bytes: Buffer): Promise<void> {
    this.#tape.sent(bytes);
    return this.#inner.write(bytes);
  }

  async drain(): Promise<void> {
    await this.#inner.drain();
    this.#tape.drained();
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (baudRate === this.#inner.baudRate) return this.#inner.setBaudRate(baudRate);
    const line = this.#tape.begun<Omit<BaudLine, 't'>>({ kind: 'baud', baud: baudRate });
    try {
      await this.#inner.setBaudRate(baudRate);
    } catch (error) {
      line.error = codeOf(error);
      throw error;
    }
  }

  async setLines(lines: ModemLines): Promise<boolean> {
    const { rts, dtr } = lines;
    const line = this.#tape.begun<Omit<LinesLine, 't'>>({ kind: 'lines', rts, dtr, done: false });
    line.done = await this.#inner.setLines(lines);
    return line.done;
  }

  close(): Promise<void> {
    if (!this.#isOver) this.#tape.closed();
    this.#isOver = true;
    return this.#inner.close();
  }
}

function codeOf(error: unknown): ErrorCode | null {
  return error instanceof BkError ? error.code : null;
}
