import type { Clock } from '../clock';
import { BkError, isBkError } from '../errors';
import { say } from '../texts/note';
import type { ModemLines, Transport } from './transport';

/** Bits on the wire for one byte: 8N1. */
const BITS_PER_BYTE = 10;
/** What a busy computer, driver or network may take besides the line, ms. */
const RESERVE_MS = 3_000;
/** How long a port may take to close, ms; what a stuck adapter still holds can keep it longer. */
const CLOSE_MS = 2_000;
/** What drivers and adapters may hold of earlier writes, bytes; there is no asking them. */
const HELD_BYTES = 4_096;
/** Counting more bytes than that as not yet drained would only prolong a wait, bytes. */
const MOST_BYTES = 65_536;

/** What a port does not do any more, as it is told of an adapter and of a serial server. */
const STUCK = {
  write: ['transport.adapterTakesNoBytes', 'transport.serverTakesNoBytes'],
  rate: ['transport.adapterTakesNoRate', 'transport.serverTakesNoRate'],
  lines: ['transport.adapterSetsNoLines', 'transport.serverSetsNoLines'],
} as const;

/**
 * A port that cannot keep anybody waiting for ever: a stuck adapter, or a line held back by flow control,
 * takes no bytes and says nothing. Every call gets the time that the bytes need on the line and a generous
 * reserve; after that the port counts as lost, and is closed.
 */
export class UnstuckTransport implements Transport {
  readonly #inner: Transport;
  readonly #clock: Clock;
  readonly #isServed: boolean;
  onLost: ((reason: Error) => void) | null = null;
  /** Calls that wait for the port; when it is lost, all of them are over. */
  readonly #waiting = new Set<(error: unknown) => void>();
  /** Bytes written since all had left the last time. */
  #undrained = 0;
  #loss: BkError | null = null;
  #wasTold = false;
  #closing: Promise<void> | null = null;

  /** @param isServed whether there is a server that is to be looked after, in place of an adapter */
  constructor(inner: Transport, clock: Clock, isServed: boolean) {
    this.#inner = inner;
    this.#clock = clock;
    this.#isServed = isServed;
    inner.onLost = (reason) => this.#lose(reason);
  }

  get port(): string {
    return this.#inner.port;
  }

  get baudRate(): number {
    return this.#inner.baudRate;
  }

  get roundTripMs(): number {
    return this.#inner.roundTripMs ?? 0;
  }

  get canSetBaudRate(): boolean {
    return this.#inner.canSetBaudRate;
  }

  get holds(): number {
    return this.#inner.holds ?? Number.POSITIVE_INFINITY;
  }

  get onData(): ((bytes: Buffer) => void) | null {
    return this.#inner.onData;
  }

  set onData(listener: ((bytes: Buffer) => void) | null) {
    this.#inner.onData = listener;
  }

  write(bytes: Buffer): Promise<void> {
    this.#undrained = Math.min(MOST_BYTES, this.#undrained + bytes.length);
    return this.#within(this.#onLine(), 'write', () => this.#inner.write(bytes));
  }

  async drain(): Promise<void> {
    const before = this.#undrained;
    await this.#within(this.#onLine(), 'write', () => this.#inner.drain());
    this.#undrained = Math.max(0, this.#undrained - before);
  }

  setBaudRate(baudRate: number): Promise<void> {
    return this.#within(this.#onLine(), 'rate', () => this.#inner.setBaudRate(baudRate));
  }

  async setLines(lines: ModemLines): Promise<boolean> {
    try {
      return await this.#within(0, 'lines', () => this.#inner.setLines(lines));
    } catch (error) {
      if (isBkError(error, 'BK_PORT_LOST')) return false;
      throw error;
    }
  }

  /** Gives up waiting after a while: the operating system then closes the port when it can. */
  close(): Promise<void> {
    this.#wasTold = true;
    this.#closing ??= new Promise((resolve) => {
      const timer = this.#clock.setTimeout(resolve, CLOSE_MS);
      this.#inner.close().then(() => {
        this.#clock.clearTimeout(timer);
        resolve();
      });
      this.#lose(new BkError('BK_PORT_LOST', say('transport.portClosed', { port: this.port })));
    });
    return this.#closing;
  }

  /** How long all that was written may take on the line, ms. */
  #onLine(): number {
    return ((this.#undrained + HELD_BYTES) * BITS_PER_BYTE * 1000) / this.baudRate;
  }

  /** @param what it does not do any more when the time is over */
  #within<T>(lineMs: number, what: keyof typeof STUCK, call: () => Promise<T>): Promise<T> {
    if (this.#loss !== null) {
      this.#lose(this.#loss);
      return Promise.reject(this.#loss);
    }
    return new Promise((resolve, reject) => {
      const half = (lineMs + RESERVE_MS) / 2;
      // In two halves: a program that stood still for long hears of its bytes between them.
      let timer = this.#clock.setTimeout(() => {
        timer = this.#clock.setTimeout(() => this.#giveUp(what), half);
      }, half);
      const settle = (): void => {
        this.#clock.clearTimeout(timer);
        this.#waiting.delete(fail);
      };
      const fail = (error: unknown): void => {
        settle();
        reject(error);
      };
      this.#waiting.add(fail);
      call().then(
        (value) => {
          settle();
          resolve(value);
        },
        (error: unknown) => {
          // Who uses the port learns of its loss before the call that met it is over.
          if (isBkError(error, 'BK_PORT_LOST')) this.#lose(error);
          fail(error);
        },
      );
    });
  }

  #giveUp(what: keyof typeof STUCK): void {
    const [adapter, server] = STUCK[what];
    const text = say(this.#isServed ? server : adapter, { port: this.port });
    const help = this.#isServed ? 'transport.noFlowControl' : 'transport.plugInWithoutHub';
    this.#lose(new BkError('BK_PORT_LOST', text, { advice: [say(help)] }));
    void this.close();
  }

  /** Tells once, as soon as somebody listens: a port can go between its opening and its first use. */
  #lose(reason: Error): void {
    this.#loss ??=
      reason instanceof BkError
        ? reason
        : new BkError('BK_PORT_LOST', say('transport.wentAway', { port: this.port }), { reason });
    if (!this.#wasTold && this.onLost !== null) {
      this.#wasTold = true;
      this.onLost(reason);
    }
    for (const fail of this.#waiting) fail(this.#loss);
  }
}
