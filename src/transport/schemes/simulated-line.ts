import type { Clock, Timer } from '../../clock';
import { BkError } from '../../errors';
import type { SimulatedChip } from '../../simulator/simulator';
import { say } from '../../texts/note';
import type { ModemLines, Transport } from '../transport';

/** The line of a simulated chip that is open. */
export class SimulatedTransport implements Transport {
  readonly port: string;
  readonly canSetBaudRate = true;
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  readonly #chip: SimulatedChip;
  readonly #clock: Clock;
  readonly #release: () => void;
  readonly #draining = new Map<Timer, () => void>();
  #baudRate = 115200;
  #open = true;

  /** @param release called once, when it is closed or lost */
  constructor(port: string, chip: SimulatedChip, clock: Clock, release: () => void) {
    this.port = port;
    this.#chip = chip;
    this.#clock = clock;
    this.#release = release;
    const line = this;
    chip.attach({
      get baudRate() {
        return line.baudRate;
      },
      receive: (bytes) => {
        if (line.#open) line.onData?.(bytes);
      },
    });
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#mustBeOpen();
    this.#chip.receive(bytes, this.#baudRate);
  }

  async drain(): Promise<void> {
    this.#mustBeOpen();
    const ms = this.#chip.lineFreeAt - this.#clock.now();
    if (!(ms > 0)) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(() => {
        this.#draining.delete(timer);
        resolve();
      }, ms);
      this.#draining.set(timer, resolve);
    });
  }

  async setBaudRate(baudRate: number): Promise<void> {
    this.#mustBeOpen();
    if (!Number.isInteger(baudRate) || baudRate <= 0) {
      const text = say('simulator.noSuchRate', { port: this.port, baud: baudRate });
      throw new BkError('BK_BAD_SETTING', text);
    }
    if (baudRate === this.#baudRate) return;
    this.#baudRate = baudRate;
    this.#chip.hostRateChanged();
  }

  async setLines(lines: ModemLines): Promise<boolean> {
    if (!this.#open || this.#chip.options.reset === 'none') return false;
    this.#chip.setLines(lines);
    return true;
  }

  async close(): Promise<void> {
    this.end();
  }

  /** Closes without a word. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const [timer, resolve] of this.#draining) {
      this.#clock.clearTimeout(timer);
      resolve();
    }
    this.#draining.clear();
    this.#chip.detach();
    this.#release();
  }

  lose(reason: Error): void {
    if (!this.#open) return;
    this.end();
    this.onLost?.(reason);
  }

  #mustBeOpen(): void {
    if (this.#open) return;
    throw new BkError('BK_PORT_LOST', say('simulator.noLongerOpen', { port: this.port }));
  }
}
