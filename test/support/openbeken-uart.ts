import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Transport } from '../../src/transport/transport';
import type { OpenBekenDevice } from './openbeken-device';

const DRIVER = 'UartTCP';
const USUAL_BAUD = 115_200;
const USUAL_BUFFER = 512;
const MOST_BUFFER = 16_384;

export interface UartWiring {
  line?: () => Promise<Transport>;
  resetPin?: number;
}

/**
 * The driver UartTCP: raw bytes on a port, to and from the serial pins, for one client at a time; more wait until it is
 * their turn. A rate is set by starting it anew, which drops the client. Written from drv_uart_tcp.c.
 */
export class UartTcp {
  port = 0;
  baudRate = USUAL_BAUD;
  bufferSize = USUAL_BUFFER;
  /** Is 1 while there is a client; -1 for none. */
  channel = -1;
  /** What its serial pins were set to so far. */
  readonly rates: number[] = [];
  /** Bytes are lost where more come than its ring has room for; a client that does not read makes that happen. */
  lost = 0;
  readonly #host: string;
  readonly #device: OpenBekenDevice;
  readonly #wiring: UartWiring;
  readonly #onClient: () => void;
  readonly #clients: Socket[] = [];
  #server: Server | null = null;
  #line: Transport | null = null;
  #opening: Promise<void> = Promise.resolve();
  #isUp = false;
  #isPaused = false;

  constructor(host: string, device: OpenBekenDevice, wiring: UartWiring, onClient: () => void) {
    this.#host = host;
    this.#device = device;
    this.#wiring = wiring;
    this.#onClient = onClient;
  }

  /** Keeps to one port, whether it listens there or not. */
  async choosePort(): Promise<void> {
    const server = createServer().listen(0, this.#host);
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    await new Promise((resolve) => server.close(resolve));
  }

  /** The device has started. */
  async up(): Promise<void> {
    this.#isUp = true;
    if (this.#wiring.line !== undefined && this.#line === null) {
      const line = await this.#wiring.line();
      this.#line = line;
      line.onData = (bytes) => this.#toClient(bytes);
    }
    if (this.#device.running.has(DRIVER)) this.#listen();
    this.channelsChanged();
    await this.#opening;
  }

  async down(): Promise<void> {
    this.#isUp = false;
    this.#stop();
    await this.#opening;
  }

  async close(): Promise<void> {
    await this.down();
    await this.#line?.close();
  }

  /** A driver was started, with its arguments, or stopped. */
  driver(name: string, args: readonly string[] | null): void {
    if (name !== DRIVER) return;
    if (args === null) {
      this.#stop();
      return;
    }
    const [baud, buffer, channel] = args.map(Number);
    this.baudRate = baud ?? this.baudRate;
    this.bufferSize = Math.min(MOST_BUFFER, buffer ?? USUAL_BUFFER);
    this.channel = channel ?? -1;
    this.rates.push(this.baudRate);
    if (this.#isUp) this.#listen();
  }

  /** A pin that is low holds what is wired to it in reset. */
  channelsChanged(): void {
    const { resetPin } = this.#wiring;
    if (resetPin === undefined) return;
    void this.#line?.setLines({ rts: !this.#isHigh(resetPin), dtr: false });
  }

  #isHigh(pin: number): boolean {
    const { role, channel } = this.#device.options.pins?.[pin] ?? { role: 'None', channel: 0 };
    // One without a role floats, and the chip pulls its own reset up.
    if (role !== 'Rel' && role !== 'Rel_n') return true;
    const on = (this.#device.channels.get(channel) ?? 0) !== 0;
    return role === 'Rel' ? on : !on;
  }

  /** No Wi-Fi: what is connected hears and says nothing. */
  pause(): void {
    this.#isPaused = true;
    for (const client of this.#clients) client.pause();
  }

  /** Drops the client; after that there is Wi-Fi again. */
  cut(): void {
    this.#isPaused = false;
    for (const client of this.#clients) client.resetAndDestroy();
  }

  #listen(): void {
    void this.#line?.setBaudRate(this.baudRate);
    this.#opening = this.#opening.then(async () => {
      if (this.#server !== null || !this.#device.running.has(DRIVER)) return;
      const server = createServer({ noDelay: true }, (socket) => this.#connected(socket));
      this.#server = server;
      server.listen(this.port, this.#host);
      await once(server, 'listening');
    });
  }

  #stop(): void {
    for (const client of this.#clients) client.resetAndDestroy();
    this.#opening = this.#opening.then(async () => {
      const server = this.#server;
      this.#server = null;
      for (const client of this.#clients) client.resetAndDestroy();
      if (server !== null) await new Promise((resolve) => server.close(resolve));
    });
  }

  #connected(socket: Socket): void {
    socket.on('error', () => {});
    this.#clients.push(socket);
    socket.pause();
    socket.once('close', () => {
      const [first] = this.#clients;
      this.#clients.splice(this.#clients.indexOf(socket), 1);
      if (first === socket) this.#nextClient();
    });
    if (this.#clients.length === 1) this.#nextClient();
  }

  /** The one that has waited longest. */
  #nextClient(): void {
    const [socket] = this.#clients;
    if (this.channel >= 0) {
      this.#device.run(`setChannel ${this.channel} ${socket === undefined ? 0 : 1}`);
    }
    if (socket === undefined) return;
    this.#onClient();
    socket.on('data', (bytes) => void this.#line?.write(bytes).catch(() => {}));
    if (!this.#isPaused) socket.resume();
  }

  #toClient(bytes: Buffer): void {
    const [socket] = this.#clients;
    // With nobody connected the oldest go, and nobody ever hears them.
    if (socket === undefined || this.#isPaused) return;
    if (socket.writableLength + bytes.length >= 2 * this.bufferSize + 65_536) {
      this.lost += bytes.length;
      return;
    }
    socket.write(bytes);
  }
}
