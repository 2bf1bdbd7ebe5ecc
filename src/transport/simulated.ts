import { type Clock, systemClock, type Timer } from '../clock';
import { BkError } from '../errors';
import {
  createSimulatedChip,
  PreciseClock,
  parseSimulatorUrl,
  type SimulatedChip,
  simulatorKey,
} from '../simulator/simulator';
import type { ModemLines, Transport } from './transport';

/** By what simulated chips are told apart; only this file knows the simulator. */
export { simulatorKey };

interface Kept {
  chip: SimulatedChip;
  clock: Clock;
  transport: SimulatedTransport | null;
}

/** Every chip that was opened, by its address: its flash lasts as long as the process. */
const kept = new Map<string, Kept>();

const preciseClock = new PreciseClock(systemClock);

/**
 * Opens a simulated chip's line, making the chip at its first opening.
 * @param url `sim://<chip>?option=value&…`
 * @throws BkError BK_BAD_SETTING, BK_STORAGE (its flash file), BK_PORT_BUSY
 */
export async function openSimulated(url: string, clock: Clock): Promise<Transport> {
  const entry = prepare(url, clock);
  if (entry.transport !== null) {
    throw new BkError('BK_PORT_BUSY', `${url} is in use: a simulated chip has one line`, {
      phase: 'open',
      advice: [
        'Let the other job end first, or make a chip of its own by adding another seed, as ?seed=2.',
      ],
    });
  }
  const own = clockFor(clock);
  if (entry.clock !== own) {
    entry.chip.useClock(own);
    entry.clock = own;
  }
  const transport = new SimulatedTransport(url, entry.chip, own, () => {
    entry.transport = null;
  });
  entry.transport = transport;
  return transport;
}

/** The chip behind an address, for tests; undefined where none was made. @throws BkError BK_BAD_SETTING */
export function simulatedChip(url: string): SimulatedChip | undefined {
  return kept.get(simulatorKey(url))?.chip;
}

/** The same, made where there was none: a test can arrange its flash before anybody opens it. */
export function prepareSimulatedChip(url: string, clock: Clock): SimulatedChip {
  return prepare(url, clock).chip;
}

/** Pulls the plug of an open line, as when an adapter is taken out. Returns false where none is open. */
export function unplugSimulated(url: string, reason = 'unplugged'): boolean {
  const transport = kept.get(simulatorKey(url))?.transport ?? null;
  transport?.lose(new Error(reason));
  return transport !== null;
}

/** Throws all simulated chips away; lines that are open are closed. */
export function forgetSimulatedChips(): void {
  for (const entry of kept.values()) entry.transport?.end();
  kept.clear();
}

function prepare(url: string, clock: Clock): Kept {
  const key = simulatorKey(url);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const own = clockFor(clock);
  const chip = createSimulatedChip(parseSimulatorUrl(url), own);
  const entry: Kept = { chip, clock: own, transport: null };
  kept.set(key, entry);
  return entry;
}

/** The system's timers are too late for a line at full speed. */
function clockFor(clock: Clock): Clock {
  return clock === systemClock ? preciseClock : clock;
}

class SimulatedTransport implements Transport {
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
      throw new BkError('BK_BAD_SETTING', `${this.port} has no rate of ${baudRate} baud`);
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

  /** Nothing is held back here: every byte is handed over when it arrives. */
  async flush(): Promise<void> {}

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
    if (!this.#open) throw new BkError('BK_PORT_LOST', `${this.port} is no longer open`);
  }
}
