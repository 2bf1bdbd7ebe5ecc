import sinon from 'sinon';
import { BkError, Device, type DeviceSettings } from '../../src';
import type { SimulatedChip } from '../../src/simulator/simulator';
import { verbatim } from '../../src/texts/note';
import { serialScheme } from '../../src/transport/schemes/serial';
import * as ports from '../../src/transport/schemes/serial-ports';
import type { Transport } from '../../src/transport/transport';
import { InterposedTransport, type RequestKey } from './interposed-transport';
import { nextSeed } from './seed';
import { SerialServer } from './serial-server';
import { environmentOn, openSimulated, prepareSimulatedChip } from './simulated-chips';
import { VirtualClock } from './virtual-clock';
import { VirtualNetwork } from './virtual-network';

const NEVER = new Promise<never>(() => {});
let made = 0;

/** A line whose adapter can be pulled out, or stop taking bytes. */
class Line extends InterposedTransport {
  readonly #name: string;
  #onLost: ((reason: Error) => void) | null = null;
  isGone = false;
  isStuck = false;

  constructor(inner: Transport, port: string) {
    super(inner);
    this.#name = port;
  }

  override get port(): string {
    return this.#name;
  }

  override get onLost(): ((reason: Error) => void) | null {
    return this.#onLost;
  }

  override set onLost(listener: ((reason: Error) => void) | null) {
    this.#onLost = listener;
  }

  override write(bytes: Buffer): Promise<void> {
    if (this.isGone) return Promise.reject(this.#gone());
    const written = super.write(bytes);
    return this.isStuck ? NEVER : written;
  }

  override drain(): Promise<void> {
    if (this.isGone) return Promise.reject(this.#gone());
    return this.isStuck ? NEVER : super.drain();
  }

  override setBaudRate(baudRate: number): Promise<void> {
    return this.isGone ? Promise.reject(this.#gone()) : super.setBaudRate(baudRate);
  }

  override async close(): Promise<void> {
    this.isGone = true;
    await super.close();
    if (this.isStuck) await NEVER;
  }

  pullOut(): void {
    if (this.isGone) return;
    this.isGone = true;
    // What holds the port is freed when it is gone, and not before somebody notices.
    void super.close();
    this.onLost?.(new Error('unplugged'));
  }

  #gone(): BkError {
    return new BkError('BK_PORT_LOST', verbatim(`${this.port} is gone`));
  }
}

/** How a device reaches its adapter: on this computer, or on another one that serves it. */
export const PATHS = ['serial', 'rfc2217', 'tcp'] as const;
export type Path = (typeof PATHS)[number];

/** A device on a serial port, with a simulated chip behind an adapter that misbehaves as it is told. */
export class Adapter {
  readonly clock = new VirtualClock();
  readonly chip: SimulatedChip;
  readonly device: Device;
  /** The names under which it is there; none while it is away. */
  names: string[];
  /** Called with each request of the line that is open; the second is how often it was sent in all. */
  onRequest: (key: RequestKey, count: number) => void = () => {};
  /** Called with each line that was opened, and how many there were before. */
  onOpen: (line: Line, before: number) => void = () => {};
  /** What opening the port fails with, as often as this says so. */
  refuse: () => BkError | null = () => null;
  line: Line | null = null;
  readonly #counts = new Map<RequestKey, number>();
  readonly #network: VirtualNetwork | null;
  #opened = 0;

  /**
   * Takes the place of the computer's serial ports, or of its network, until `sinon.restore()`.
   * @param sim as `bk7231n?app=silent`
   */
  constructor(sim: string, settings: Partial<DeviceSettings> = {}, path: Path = 'serial') {
    const url = `sim://${sim}${sim.includes('?') ? '&' : '?'}seed=${nextSeed()}`;
    const name = `/dev/ttyTEST${made++}`;
    const port = path === 'serial' ? name : `${path}://bench:2217`;
    this.chip = prepareSimulatedChip(url, this.clock);
    this.names = [name];
    this.#network = path === 'serial' ? null : this.#serve(name, url, path === 'tcp');
    this.device = new Device({ port, ...settings }, environmentOn(this.clock));
    if (path !== 'serial') return;
    sinon.replace(serialScheme, 'open', (name) => this.#open(name, url));
    sinon.replace(ports, 'listPorts', async () =>
      this.names.map((path) => ({ path, label: path, serialNumber: 'FT3X7Q', vendorId: '0403' })),
    );
  }

  get opened(): number {
    return this.#opened;
  }

  /** Everything that is under way in the network arrives. */
  async settle(): Promise<void> {
    if (this.#network !== null) await this.clock.advance(5);
  }

  /** Away for so long, and back under the same name or another one. */
  dropOut(ms: number, name = this.names[0] ?? ''): void {
    this.names = [];
    this.line?.pullOut();
    this.#network?.cut('reset');
    if (this.#network !== null) this.#network.welcome = 'refused';
    const plug = (): void => {
      this.names = [name];
      if (this.#network !== null) this.#network.welcome = 'served';
    };
    // In the background: while a job really waits for the system, it must not come back early.
    this.clock.setTimeout(plug, ms, { background: true });
  }

  /** Puts a serial server before the adapter, one that goes down with it. */
  #serve(name: string, url: string, raw: boolean): VirtualNetwork {
    const server = new SerialServer(() => this.#open(name, url), { raw });
    const network = new VirtualNetwork(this.clock, (socket) => void server.serve(socket));
    network.takesNothing = () => this.line?.isStuck === true;
    return network;
  }

  async #open(name: string, url: string): Promise<Transport> {
    if (!this.names.includes(name)) throw new BkError('BK_PORT_NOT_FOUND', verbatim(`no ${name}`));
    const refusal = this.refuse();
    if (refusal !== null) throw refusal;
    const line = new Line(await openSimulated(url, this.clock), name);
    line.onRequest = (key) => {
      const count = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, count);
      this.onRequest(key, count);
      return !line.isGone && !line.isStuck;
    };
    this.line = line;
    this.onOpen(line, this.#opened++);
    return line;
  }
}
