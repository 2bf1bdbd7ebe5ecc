import { BkError } from '../../src/errors';
import { verbatim } from '../../src/texts/note';
import type { ModemLines, Transport } from '../../src/transport/transport';
import type { VirtualClock } from './virtual-clock';

/** A port that does what a test tells it, for what no simulated chip does. */
export class ScriptedTransport implements Transport {
  readonly port = 'scripted';
  baudRate = 115_200;
  canSetBaudRate = true;
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  /** All that was written, in order. */
  readonly written: Buffer[] = [];
  readonly lines: ModemLines[] = [];
  /** Whether there are modem lines. */
  hasLines = true;
  /** What every write fails with. */
  writeError: Error | null = null;
  /** Called with each write, after it was taken down. */
  onWrite: (bytes: Buffer) => void = () => {};
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Has bytes (hex, blanks allowed) arrive, now or later. */
  say(bytes: Buffer | string, afterMs?: number): void {
    const all = typeof bytes === 'string' ? Buffer.from(bytes.replaceAll(' ', ''), 'hex') : bytes;
    if (afterMs === undefined) this.onData?.(all);
    else this.#clock.setTimeout(() => this.onData?.(all), afterMs);
  }

  lose(reason: Error): void {
    this.writeError ??= new BkError('BK_PORT_LOST', verbatim(`${this.port} is gone`), { reason });
    this.onLost?.(reason);
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.writeError !== null) throw this.writeError;
    this.written.push(Buffer.from(bytes));
    this.onWrite(bytes);
  }

  async drain(): Promise<void> {}

  async setBaudRate(baudRate: number): Promise<void> {
    this.baudRate = baudRate;
  }

  async setLines(lines: ModemLines): Promise<boolean> {
    this.lines.push({ ...lines });
    return this.hasLines;
  }

  async close(): Promise<void> {}
}
