import type { Random } from '../../src/clock';
import { BkError } from '../../src/errors';
import { verbatim } from '../../src/texts/note';
import type { ModemLines, Transport } from '../../src/transport/transport';
import type { VirtualClock } from './virtual-clock';

/** What a line does to bytes: other bytes, or the same ones. */
export type Spoiler = (bytes: Buffer, baudRate: number) => Buffer;

export interface Spoiling {
  toChip?: Spoiler;
  fromChip?: Spoiler;
  /** Everything from the chip comes so many ms late. */
  lateMs?: number;
}

/** A line with a fault, in front of a sound one. */
export class SpoiledTransport implements Transport {
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  readonly #inner: Transport;
  readonly #spoiling: Spoiling;
  readonly #clock: VirtualClock;
  #gone = false;

  constructor(inner: Transport, spoiling: Spoiling, clock: VirtualClock) {
    this.#inner = inner;
    this.#spoiling = spoiling;
    this.#clock = clock;
    inner.onData = (bytes) => this.#receive(bytes);
    inner.onLost = (reason) => this.onLost?.(reason);
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

  /** Has bytes arrive that the chip did not send. */
  say(bytes: Buffer): void {
    if (!this.#gone) this.onData?.(Buffer.from(bytes));
  }

  /** The adapter goes away. */
  async vanish(reason: string): Promise<void> {
    if (this.#gone) return;
    this.#gone = true;
    await this.#inner.close();
    this.onLost?.(new Error(reason));
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#gone) throw new BkError('BK_PORT_LOST', verbatim(`${this.port} is gone`));
    const heard = this.#spoiling.toChip?.(bytes, this.baudRate) ?? bytes;
    if (heard.length > 0) await this.#inner.write(heard);
  }

  drain(): Promise<void> {
    return this.#inner.drain();
  }

  setBaudRate(baudRate: number): Promise<void> {
    return this.#inner.setBaudRate(baudRate);
  }

  setLines(lines: ModemLines): Promise<boolean> {
    return this.#inner.setLines(lines);
  }

  close(): Promise<void> {
    this.#gone = true;
    return this.#inner.close();
  }

  #receive(bytes: Buffer): void {
    const heard = this.#spoiling.fromChip?.(bytes, this.baudRate) ?? bytes;
    if (heard.length === 0) return;
    const { lateMs } = this.#spoiling;
    if (lateMs === undefined) this.say(heard);
    else this.#clock.setTimeout(() => this.say(heard), lateMs);
  }
}

/** Loses and changes single bytes by chance, above a rate only where one is given. */
export function lossy(
  random: Random,
  chances: { lose?: number; change?: number; above?: number },
): Spoiler {
  const { lose = 0, change = 0, above = 0 } = chances;
  return (bytes, baudRate) => {
    if (baudRate <= above) return bytes;
    const kept = Buffer.from(bytes);
    let length = 0;
    for (const byte of bytes) {
      const chance = random();
      if (chance < lose) continue;
      kept[length++] = chance < lose + change ? byte ^ (1 + Math.floor(random() * 255)) : byte;
    }
    return kept.subarray(0, length);
  };
}
