import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '../../src/clock';
import type { Transport } from '../../src/transport/transport';
import { type DeviceOptions, OpenBekenDevice } from './openbeken-device';
import { BitErrors, happensWithin, NO_FAULTS, type OpenBekenFaults } from './openbeken-faults';
import { type Asked, Pages } from './openbeken-pages';
import { UartTcp } from './openbeken-uart';
import { resetSocket } from './reset-socket';

/*
 * An OpenBeken device on the network, for tests: new OpenBekenServer({ model: 'BK7231T', … }), await listen().
 *
 * - `url` is `http://127.…:port`; `host`, `port` and `uartPort` its parts. Its address is its own, so that a device that
 *   rebooted is found where it was.
 * - `device` is what runs on it: `flash` (live), `slot`, `files` (where its file system lies), `putFiles()`, `readFiles()`
 *   (null: gone), `version`, `installed` (updates that the bootloader took), `channels`, `running` (drivers), `commands`.
 * - `faults` can be changed at any time; openbeken-faults.ts lists them. `wifiGone(ms)`, `powerCycle()`, `cutClients()`.
 * - `requests` is all that was asked; `happens(what)` resolves when it happens next, `count(what)` tells how often it did:
 *   `request`, `refused` (an upload), `upload` (one is complete), `hung`, `gone`, `back`, `installed`, `driver`, `client`
 *   (of UartTCP).
 * - Times (3 s to a reboot, `bootMs` of it, slow answers, Wi-Fi) pass on the clock that is given, chance by the seed.
 * - `line` opens what UartTCP's serial pins are wired to; its reset pin is what `pins` says of it.
 */

export interface OpenBekenOptions extends DeviceOptions {
  clock?: Clock;
  seed?: number;
  faults?: Partial<OpenBekenFaults>;
  /** From the end of the firmware to its web server, ms. Default 2000. */
  bootMs?: number;
  line?: () => Promise<Transport>;
  /** Number of the pin that is wired to the reset of what `line` opens (low: held), as its RTS line. */
  resetPin?: number;
}

export type Event =
  | 'request'
  | 'refused'
  | 'upload'
  | 'hung'
  | 'gone'
  | 'back'
  | 'installed'
  | 'driver'
  | 'client';

/** From the answer to a reboot to the reboot itself, ms. Source: RESET_ScheduleModuleReset(3). */
const REBOOT_MS = 3_000;
const BOOT_MS = 2_000;
/** What the buffer of a request has room for at first, and what it grows by. Source: http_tcp_server.c. */
const FIRST_BUFFER = 1_022;
const MORE_BUFFER = 1_024;
let servers = 0;

export class OpenBekenServer {
  readonly device: OpenBekenDevice;
  readonly faults: OpenBekenFaults;
  readonly requests: { method: string; path: string; bodyLength: number }[] = [];
  /** Each device has one of its own among those of this computer. */
  readonly host =
    `127.${64 + (servers++ % 128)}.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}`;
  port = 0;
  readonly uart: UartTcp;
  readonly #options: OpenBekenOptions;
  readonly #clock: Clock;
  readonly #errors: BitErrors;
  readonly #server: Server = createServer((socket) => this.#connected(socket));
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<Event, (() => void)[]>();
  readonly #counts = new Map<Event, number>();
  /** What came while there was no Wi-Fi. */
  #queued: (() => void)[] | null = null;
  #isUp = false;
  #isHung = false;
  #dropsUploads = false;
  #closed = false;

  constructor(options: OpenBekenOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#errors = new BitErrors(options.seed ?? 1);
    this.faults = { ...NO_FAULTS, ...options.faults };
    this.device = new OpenBekenDevice(options);
    this.uart = new UartTcp(this.host, this.device, options, () => this.#tell('client'));
    this.device.now = () => this.#clock.now();
    this.device.onDriver = (name, args) => {
      this.uart.driver(name, args);
      this.#tell('driver');
    };
    this.device.onChannel = () => this.uart.channelsChanged();
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  get uartPort(): number {
    return this.uart.port;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  async listen(): Promise<this> {
    await this.uart.choosePort();
    await this.#up();
    return this;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#down();
    await this.uart.close();
  }

  happens(what: Event): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(what, [...(this.#waiting.get(what) ?? []), resolve]);
    });
  }

  count(what: Event): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Its supply off and on: also what hung is there again, at once. */
  async powerCycle(): Promise<void> {
    await this.#down();
    this.#restart();
    await this.#up();
  }

  /** For so long nothing goes through. What was connected to UartTCP is not any more afterwards. */
  async wifiGone(ms: number): Promise<void> {
    this.#queued = [];
    for (const socket of this.#sockets) socket.pause();
    this.uart.pause();
    this.#tell('gone');
    await this.#pass(ms);
    const queued = this.#queued ?? [];
    this.#queued = null;
    for (const socket of this.#sockets) socket.resume();
    this.uart.cut();
    for (const go of queued) go();
    this.#tell('back');
  }

  /** Resets all connections, as a router does that starts anew. */
  cutClients(): void {
    for (const socket of this.#sockets) resetSocket(socket);
    this.uart.cut();
  }

  /** Called for each request of the web server: what is written in openbeken-pages.ts asks for it. */
  rebootSoon(): void {
    void this.#rebootAfter(REBOOT_MS);
  }

  async #rebootAfter(ms: number): Promise<void> {
    await this.#pass(ms);
    if (this.#closed || this.#isHung) return;
    await this.#down();
    this.#tell('gone');
    if (this.faults.staysAway) return;
    this.#restart();
    await this.#pass(this.#options.bootMs ?? BOOT_MS);
    if (!this.#closed) await this.#up();
    this.#tell('back');
  }

  #restart(): void {
    this.#isHung = false;
    this.#dropsUploads = false;
    const before = this.device.installed.length;
    this.device.reboot(this.faults.takesAnyImage);
    if (this.device.installed.length > before) this.#tell('installed');
  }

  async #up(): Promise<void> {
    this.#server.listen(this.port, this.host);
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
    this.#isUp = true;
    await this.uart.up();
  }

  async #down(): Promise<void> {
    if (!this.#isUp) return;
    this.#isUp = false;
    await this.uart.down();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) resetSocket(socket);
    await closed;
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimeout(resolve, ms));
  }

  #tell(what: Event): void {
    this.#counts.set(what, this.count(what) + 1);
    const waiting = this.#waiting.get(what) ?? [];
    this.#waiting.delete(what);
    for (const resolve of waiting) resolve();
  }

  #connected(socket: Socket): void {
    socket.on('error', () => {});
    if (this.faults.oneAtATime && this.#sockets.size > 0) {
      resetSocket(socket);
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Nobody reads what comes to one that hangs.
    if (this.#isHung) return;
    const serve = () => void this.#serve(socket);
    if (this.#queued === null) serve();
    else this.#queued.push(serve);
  }

  /** One request and its answer, as tcp_client_thread does it: what comes first has to hold the whole head. */
  async #serve(socket: Socket): Promise<void> {
    let received = await next(socket);
    while (received.length > 0 && isFull(received.length)) {
      received = Buffer.concat([received, await next(socket)]);
    }
    const asked = parse(received);
    if (asked === null) {
      socket.end();
      return;
    }
    this.requests.push({
      method: asked.method,
      path: asked.path,
      bodyLength: asked.contentLength ?? asked.body.length,
    });
    this.#tell('request');
    if (this.faults.slowMs > 0) await this.#pass(this.faults.slowMs);
    const pages = new Pages(this, this.device, {
      upload: (address, most) => this.#upload(socket, asked, address, most),
    });
    const reply = await pages.answer(asked);
    if (reply === null || this.#isHung) return;
    const body = Buffer.from(reply.body);
    for (let at = 0; at < body.length; at += 1024) {
      this.#errors.flip(body.subarray(at, at + 1024), this.faults.readErrors);
    }
    this.#answer(socket, reply.head, body);
  }

  #answer(socket: Socket, head: string, body: Buffer): void {
    const resetAt = happensWithin(this.faults.resetsDownload, 0, body.length);
    const cutAt = happensWithin(this.faults.cutsAnswer, 0, body.length);
    const end = resetAt ?? cutAt ?? body.length;
    const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body.subarray(0, end)]);
    if (resetAt === null) socket.end(bytes);
    // Has to be taken by the other side before, as a reset throws away what was not.
    else socket.write(bytes, () => setImmediate(() => resetSocket(socket)));
  }

  /** @returns bytes that were taken, the words of a refusal, or null where the connection went away in the middle of it */
  async #upload(
    socket: Socket,
    { body, contentLength }: Asked,
    address: number,
    most: number,
  ): Promise<number | string | null> {
    const refusal = this.device.beginUpload(address, most, body.length);
    if (refusal !== null) {
      this.#dropsUploads ||= this.faults.dropsAfterRefusal;
      this.#tell('refused');
      return refusal;
    }
    const length = contentLength ?? body.length;
    const spoil = (sector: Buffer) => this.#errors.flip(sector, this.faults.bitErrors);
    let taken = 0;
    let piece = body;
    for (;;) {
      if (happensWithin(this.faults.resetsUpload, taken, piece.length) !== null) {
        this.device.endUpload(spoil);
        resetSocket(socket);
        return null;
      }
      if (!this.#dropsUploads) this.device.takeUpload(piece, spoil);
      taken += piece.length;
      if (taken >= length) break;
      piece = await next(socket);
      if (piece.length > 0) continue;
      // It waits for the rest for ever. Source: http_rest_post_flash, where a closed connection is no error.
      if (this.faults.hangsOnBrokenUpload && !this.#closed && this.#isUp) {
        this.#isHung = true;
        this.#tell('hung');
      } else this.device.endUpload(spoil);
      return null;
    }
    if (!this.#dropsUploads) this.device.endUpload(spoil);
    this.#tell('upload');
    return taken;
  }
}

/** A piece that fills what was free for it is not taken for the last one. */
function isFull(length: number): boolean {
  return length >= FIRST_BUFFER && (length - FIRST_BUFFER) % MORE_BUFFER === 0;
}

/** The next bytes; none where the connection has ended. */
function next(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const settle = (bytes: Buffer) => {
      socket.off('data', settle);
      socket.off('close', none);
      socket.off('end', none);
      socket.pause();
      resolve(bytes);
    };
    const none = () => settle(Buffer.alloc(0));
    if (socket.readableEnded || socket.destroyed) {
      none();
      return;
    }
    socket.on('data', settle);
    socket.on('close', none);
    socket.on('end', none);
    socket.resume();
  });
}

function parse(received: Buffer): Asked | null {
  const end = received.indexOf('\r\n\r\n');
  const [first = '', ...lines] = received.toString('latin1', 0, Math.max(0, end)).split('\r\n');
  const [, method, path] = /^(GET|POST|PUT|OPTIONS) (\/\S*) /.exec(first) ?? [];
  if (end < 0 || method === undefined || path === undefined) return null;
  const header = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const length = header('content-length');
  return {
    method,
    path,
    authorization: header('authorization'),
    contentLength: length === undefined ? undefined : Number(length),
    body: received.subarray(end + 4),
  };
}
