import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock, type Timer } from '../../src/clock';
import type { Transport } from '../../src/transport/transport';
import type { OpenBekenDevice } from './openbeken-device';
import { resetSocket } from './reset-socket';

const DRIVER = 'UartTCP';
const USUAL_BAUD = 115_200;
const USUAL_BUFFER = 512;
const MOST_BUFFER = 16_384;
/** How long it waits for more before it sends, and rests afterwards, ms. */
const GATHER_MS = 10;
const REST_MS = 5;
/** What it takes of the network at a time, bytes. */
const PIECE = 1_024;

export interface UartWiring {
  clock?: Clock;
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
  /** Bytes that were lost: more than its ring has room for drive out the oldest. */
  lost = 0;
  /** How often more than its buffer has room for was sent at once: a real module has then written beyond it. */
  overruns = 0;
  readonly #host: string;
  readonly #device: OpenBekenDevice;
  readonly #wiring: UartWiring;
  readonly #onClient: () => void;
  readonly #clients: Socket[] = [];
  #server: Server | null = null;
  #line: Transport | null = null;
  /** What came from the pins and was not sent yet. */
  #ring = Buffer.alloc(0);
  #gathering: Timer | null = null;
  #restsUntil = 0;
  /** What came from the network and is on its way to the pins, and how often the driver was started or stopped. */
  #sending: Promise<void> = Promise.resolve();
  #run = 0;
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
    if (this.#gathering !== null) (this.#wiring.clock ?? systemClock).clearTimeout(this.#gathering);
    await this.#line?.close();
  }

  /** A driver was started, with its arguments, or stopped. */
  driver(name: string, args: readonly string[] | null): void {
    if (name !== DRIVER) return;
    this.#run++;
    if (args === null) {
      this.#stop();
      return;
    }
    const [baud, buffer, channel] = args.map(Number);
    this.baudRate = baud ?? this.baudRate;
    this.bufferSize = Math.min(MOST_BUFFER, buffer ?? USUAL_BUFFER);
    this.channel = channel ?? -1;
    this.rates.push(this.baudRate);
    this.#ring = Buffer.alloc(0);
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
    for (const client of this.#clients) resetSocket(client);
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
    for (const client of this.#clients) resetSocket(client);
    this.#opening = this.#opening.then(async () => {
      const server = this.#server;
      this.#server = null;
      for (const client of this.#clients) resetSocket(client);
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
    socket.on('data', (bytes) => this.#toPins(bytes));
    if (!this.#isPaused) socket.resume();
    this.#gather();
  }

  /** It rests after each look at the network, and hands on byte by byte: what a stop of the driver finds there is gone. */
  #toPins(bytes: Buffer): void {
    const run = this.#run;
    const clock = this.#wiring.clock ?? systemClock;
    const pass = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
    this.#sending = this.#sending.then(async () => {
      await pass(REST_MS);
      for (let at = 0; at < bytes.length && run === this.#run; at += PIECE) {
        const piece = bytes.subarray(at, at + PIECE);
        await this.#line?.write(piece).catch(() => {});
        await pass((piece.length * 10_000) / this.baudRate);
      }
    });
  }

  /** Its thread looks every millisecond; it sends when its buffer is full, or has waited long enough for more. */
  #toClient(bytes: Buffer): void {
    const all = Buffer.concat([this.#ring, bytes]);
    const room = 2 * this.bufferSize - 1;
    this.lost += Math.max(0, all.length - room);
    this.#ring = all.subarray(Math.max(0, all.length - room));
    this.#gather();
  }

  #gather(): void {
    const isFull = this.#ring.length >= this.bufferSize;
    if (this.#gathering !== null || this.#ring.length === 0) return;
    const clock = this.#wiring.clock ?? systemClock;
    const rest = Math.max(0, this.#restsUntil - clock.now());
    const send = (): void => {
      this.#gathering = null;
      this.#send(clock);
    };
    this.#gathering = clock.setTimeout(send, rest + (isFull ? 1 : GATHER_MS), { background: true });
  }

  #send(clock: Clock): void {
    const [socket] = this.#clients;
    // With nobody connected nobody looks, and there is no sending on without Wi-Fi.
    if (socket === undefined || this.#isPaused || socket.writableLength > 2 * this.bufferSize)
      return;
    const bytes = this.#ring;
    if (bytes.length > this.bufferSize) this.overruns++;
    this.#ring = Buffer.alloc(0);
    this.#restsUntil = clock.now() + REST_MS;
    socket.write(bytes);
    this.#gather();
  }
}
