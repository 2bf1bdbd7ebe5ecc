import type { ModemLines, Transport } from '../transport/transport';
import type { Playback } from './playback';

/** A port that is played from a record. */
export class ReplayLine implements Transport {
  readonly port: string;
  readonly canSetBaudRate: boolean;
  readonly roundTripMs: number;
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  readonly #playback: Playback;
  #baudRate: number;
  #isOpen = true;

  /** @throws BkError as it was opened then, or BK_REPLAY */
  constructor(port: string, playback: Playback) {
    this.port = port;
    this.#playback = playback;
    const {
      baud,
      rates,
      way = 0,
    } = playback.open({
      received: (bytes) => this.onData?.(bytes),
      lost: (reason) => this.onLost?.(reason),
    });
    this.#baudRate = baud;
    this.canSetBaudRate = rates;
    this.roundTripMs = way;
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#playback.act({ kind: 'out', bytes });
  }

  drain(): Promise<void> {
    return this.#playback.drained();
  }

  async setBaudRate(baud: number): Promise<void> {
    if (baud === this.#baudRate) return;
    this.#playback.act({ kind: 'baud', baud });
    this.#baudRate = baud;
  }

  async setLines(lines: ModemLines): Promise<boolean> {
    const step = this.#playback.act({ kind: 'lines', ...lines });
    return step?.kind === 'lines' && step.done;
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#playback.close();
  }
}
