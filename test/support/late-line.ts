import { createEnvironment, Device, type DeviceSettings } from '../../src';
import { PortRegistry } from '../../src/ports/port-registry';
import type { SimulatedChip } from '../../src/simulator/simulator';
import { SimulatedChips } from '../../src/transport/schemes/simulated-chips';
import type { ModemLines, Transport } from '../../src/transport/transport';
import { randomFrom } from './random';
import { VirtualClock } from './virtual-clock';

/** What the way between host and adapter is like. All of it in ms. */
export interface Lateness {
  /** Of a round trip, both ways together. */
  roundTrip: number;
  /** So much of it may come on top, at random; 1 is as much again. */
  jitter?: number;
  /** The round trip from some time of the clock on, instead of the one above. */
  later?: { after: number; roundTrip: number };
  /** Now and then all of the line stands still for so long. */
  spikes?: { every: number; ms: number };
  /**
   * `served`: the server takes commands for rate and lines in the stream and answers each of them (as RFC 2217 has
   * it); `raw`: bytes alone, at the rate of the boot.
   */
  kind?: 'served' | 'raw';
  /** Whether its opening tells the round trip; true where missing. */
  isTold?: boolean;
  seed?: number;
}

/** A line whose other end is far away: what goes either way arrives late, and in its order. */
class LateLine implements Transport {
  readonly canSetBaudRate: boolean;
  readonly roundTripMs: number;
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  readonly #inner: Transport;
  readonly #there: Way;
  readonly #back: Way;
  #baudRate: number;
  #loss: Error | null = null;

  constructor(inner: Transport, clock: VirtualClock, lateness: Lateness, delay: () => number) {
    this.#inner = inner;
    this.#baudRate = inner.baudRate;
    this.canSetBaudRate = lateness.kind !== 'raw';
    this.roundTripMs = lateness.isTold === false ? 0 : delay() + delay();
    this.#there = new Way(clock, delay);
    this.#back = new Way(clock, delay);
    inner.onData = (bytes) => {
      const copy = Buffer.from(bytes);
      this.#back.send(() => this.onData?.(copy));
    };
    inner.onLost = (reason) =>
      this.#back.send(() => {
        this.#loss = reason;
        this.onLost?.(reason);
      });
  }

  get port(): string {
    return this.#inner.port;
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#loss !== null) throw this.#loss;
    const copy = Buffer.from(bytes);
    this.#there.send(() => void this.#inner.write(copy).catch(() => {}));
  }

  /** Of a raw line nobody knows what the server still holds. */
  async drain(): Promise<void> {
    if (this.canSetBaudRate) await this.#ask(() => this.#inner.drain());
  }

  async setBaudRate(baudRate: number): Promise<void> {
    await this.#ask(() => this.#inner.setBaudRate(baudRate));
    this.#baudRate = baudRate;
  }

  async setLines(lines: ModemLines): Promise<boolean> {
    if (!this.canSetBaudRate) return false;
    return this.#ask(() => this.#inner.setLines(lines)).catch(() => false);
  }

  close(): Promise<void> {
    this.onData = null;
    this.onLost = null;
    return new Promise((resolve) => this.#there.send(() => void this.#inner.close().then(resolve)));
  }

  /** Something that the server does in its turn, and answers. */
  #ask<T>(act: () => Promise<T>): Promise<T> {
    if (this.#loss !== null) return Promise.reject(this.#loss);
    return new Promise((resolve, reject) => {
      this.#there.send(() => {
        act().then(
          (value) => this.#back.send(() => resolve(value)),
          (error) => this.#back.send(() => reject(error)),
        );
      });
    });
  }
}

/** One direction. */
class Way {
  readonly #clock: VirtualClock;
  readonly #delay: () => number;
  #latest = 0;

  constructor(clock: VirtualClock, delay: () => number) {
    this.#clock = clock;
    this.#delay = delay;
  }

  send(arrive: () => void): void {
    const now = this.#clock.now();
    this.#latest = Math.max(this.#latest, now + this.#delay());
    this.#clock.setTimeout(arrive, this.#latest - now);
  }
}

/** How long each thing takes one way, ms. */
function delays(clock: VirtualClock, lateness: Lateness): () => number {
  const random = randomFrom(lateness.seed ?? 1);
  const { roundTrip, jitter = 0, later, spikes } = lateness;
  return () => {
    const now = clock.now();
    const usual = later !== undefined && now >= later.after ? later.roundTrip : roundTrip;
    const way = (usual / 2) * (1 + jitter * random());
    if (spikes === undefined) return way;
    // What is sent while the line stands still leaves when it goes on.
    const into = now % spikes.every;
    const begins = spikes.every - spikes.ms;
    return into >= begins ? spikes.every - into + way : way;
  };
}

export interface LateDevice {
  device: Device;
  chip: SimulatedChip;
  clock: VirtualClock;
  url: string;
  /** Pulls the plug at the far end. */
  unplug(): void;
}

/** A device on a simulated chip behind a line that is late. @param sim as `bk7231n?reset=rts` */
export function lateDevice(
  sim: string,
  lateness: Lateness,
  settings: Partial<DeviceSettings> = {},
): LateDevice {
  const clock = new VirtualClock();
  const url = `sim://${sim}`;
  const chips = new SimulatedChips();
  const delay = delays(clock, lateness);
  const open = chips.open.bind(chips);
  chips.open = (port, at) => new LateLine(open(port, at), clock, lateness, delay);
  const chip = chips.prepare(url, clock);
  const ports = new PortRegistry(clock, chips);
  const device = new Device({ port: url, ...settings }, { ...createEnvironment(clock), ports });
  return { device, chip, clock, url, unplug: () => void chips.unplug(url, 'unplugged') };
}
