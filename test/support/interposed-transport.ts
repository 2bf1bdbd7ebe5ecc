import { BkError } from '../../src/errors';
import { verbatim } from '../../src/texts/note';
import type { ModemLines, Transport } from '../../src/transport/transport';

/** Which request is meant: `S` or `L` and the code in hex, as `L07`; `S00` is LinkCheck. */
export type RequestKey = string;

/** Something between a session and its port: takes down what passes, and spoils what it is told to. */
export class InterposedTransport implements Transport {
  readonly inner: Transport;
  onData: ((bytes: Buffer) => void) | null = null;
  /** Every state that the modem lines were given. */
  readonly lines: ModemLines[] = [];
  /** Every rate that the host was given. */
  readonly rates: number[] = [];
  /** Every request, by key. */
  readonly requests: RequestKey[] = [];
  /** Rates that the adapter does not do. */
  readonly refused = new Set<number>();
  /** Called with each request before it is passed on; false swallows it. */
  onRequest: (key: RequestKey, bytes: Buffer) => boolean | undefined = () => true;
  /** What arrives of an answer to the request before it. */
  onAnswer: (bytes: Buffer, key: RequestKey) => Buffer | null = (bytes) => bytes;
  #latest: RequestKey = '';

  constructor(inner: Transport) {
    this.inner = inner;
    inner.onData = (bytes) => {
      const heard = this.onAnswer(bytes, this.#latest);
      if (heard !== null && heard.length > 0) this.onData?.(heard);
    };
  }

  get port(): string {
    return this.inner.port;
  }

  get baudRate(): number {
    return this.inner.baudRate;
  }

  get canSetBaudRate(): boolean {
    return this.inner.canSetBaudRate;
  }

  get onLost(): ((reason: Error) => void) | null {
    return this.inner.onLost;
  }

  set onLost(listener: ((reason: Error) => void) | null) {
    this.inner.onLost = listener;
  }

  /** The lines as they were left. */
  get lastLines(): ModemLines | undefined {
    return this.lines.at(-1);
  }

  /** Loses the answers to the next so many requests of a kind. */
  loseAnswers(key: RequestKey, count: number): void {
    this.#spoilAnswers(key, count, () => null);
  }

  /** Changes one byte in the answers to the next so many requests of a kind. */
  corruptAnswers(key: RequestKey, count: number): void {
    this.#spoilAnswers(key, count, (bytes) => {
      const other = Buffer.from(bytes);
      other[0] = (other[0] as number) ^ 0x20;
      return other;
    });
  }

  /** Does something once, instead of or before the next request of a kind. */
  before(key: RequestKey, act: () => boolean | undefined): void {
    const earlier = this.onRequest;
    this.onRequest = (request, bytes) => {
      if (request !== key) return earlier(request, bytes);
      this.onRequest = earlier;
      return act() ?? true;
    };
  }

  #spoilAnswers(key: RequestKey, count: number, spoil: (bytes: Buffer) => Buffer | null): void {
    let left = count;
    let spoiling = false;
    const { onRequest } = this;
    this.onRequest = (request, bytes) => {
      spoiling = request === key && left > 0;
      if (spoiling) left--;
      return onRequest(request, bytes);
    };
    this.onAnswer = (bytes) => (spoiling ? spoil(bytes) : bytes);
  }

  async write(bytes: Buffer): Promise<void> {
    const key = keyOf(bytes);
    this.requests.push(key);
    this.#latest = key;
    if (this.onRequest(key, bytes) === false) return;
    await this.inner.write(bytes);
  }

  drain(): Promise<void> {
    return this.inner.drain();
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (this.refused.has(baudRate)) {
      throw new BkError('BK_BAD_SETTING', verbatim(`${this.port} has no rate of ${baudRate} baud`));
    }
    this.rates.push(baudRate);
    await this.inner.setBaudRate(baudRate);
  }

  setLines(lines: ModemLines): Promise<boolean> {
    this.lines.push({ ...lines });
    return this.inner.setLines(lines);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

function keyOf(bytes: Buffer): RequestKey {
  if (bytes.subarray(0, 3).toString('hex') !== '01e0fc') return 'text';
  const long = bytes.subarray(3, 5).toString('hex') === 'fff4';
  const code = bytes[long ? 7 : 4] ?? 0;
  return `${long ? 'L' : 'S'}${code.toString(16).padStart(2, '0').toUpperCase()}`;
}
