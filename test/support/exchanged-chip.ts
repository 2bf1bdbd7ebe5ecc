import type { DeviceSettings, JobControl } from '../../src';
import { createEnvironment, Device } from '../../src';
import { PortRegistry } from '../../src/ports/port-registry';
import type { SimulatedChip } from '../../src/simulator/simulator';
import { SimulatedChips } from '../../src/transport/schemes/simulated-chips';
import type { Transport } from '../../src/transport/transport';
import { InterposedTransport, type RequestKey } from './interposed-transport';
import { VirtualClock } from './virtual-clock';

/** A request that passed: its key, and how many of its kind and of all there were before. */
export interface Passed {
  key: RequestKey;
  ofKind: number;
  ofAll: number;
}

/**
 * A device on a simulated chip with something on its line that sees every request, and can switch the chip off and on
 * or put another module in its place in any moment.
 */
export class ExchangedChip {
  readonly clock = new VirtualClock();
  readonly chip: SimulatedChip;
  readonly device: Device;
  /** Called with each request, before it reaches the chip; may have the chip lose it. */
  onRequest: (passed: Passed) => void = () => {};
  /** What jobs asked a person for. */
  asked = 0;
  /** The flash of the module that was taken away, as it was then. */
  taken: Buffer | null = null;
  readonly requests: RequestKey[] = [];
  readonly #counts = new Map<RequestKey, number>();

  /** @param sim as `bk7231n?seed=1` */
  constructor(sim: string, settings: Partial<DeviceSettings> = {}) {
    const url = `sim://${sim}`;
    const chips = new SimulatedChips();
    const open = chips.open.bind(chips);
    chips.open = (port, clock) => this.#watched(open(port, clock));
    this.chip = chips.prepare(url, this.clock);
    const environment = createEnvironment(this.clock);
    const ports = new PortRegistry(this.clock, chips);
    this.device = new Device(
      { port: url, reset: 'none', linkTimeout: 8, idle: 0, after: 'leave', ...settings },
      { ...environment, ports },
    );
  }

  /** A person resets the chip when asked for the first time, and never again. */
  get control(): JobControl {
    let waits = false;
    return {
      onProgress: ({ waitsForPerson }) => {
        if (waitsForPerson && !waits && this.asked++ === 0) {
          this.clock.setTimeout(() => this.chip.powerCycle(), 500);
        }
        waits = waitsForPerson;
      },
    };
  }

  /** Another module in its place, which has just been switched on. */
  exchange(other: Buffer): void {
    this.taken = Buffer.from(this.chip.flash);
    this.chip.powerCycle();
    other.copy(this.chip.flash);
  }

  #watched(inner: Transport): Transport {
    const line = new InterposedTransport(inner);
    line.onRequest = (key) => {
      const ofKind = this.#counts.get(key) ?? 0;
      this.#counts.set(key, ofKind + 1);
      this.requests.push(key);
      this.onRequest({ key, ofKind, ofAll: this.requests.length - 1 });
      return true;
    };
    return line;
  }
}
