import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ModemLines, Transport } from '../../src/transport/transport';
import { resetSocket } from './reset-socket';

/** How a served port departs from RFC 2217, as servers that people have do. */
export interface ServerHabits {
  /** Takes no commands: what comes in is data. */
  raw?: boolean;
  /** Says that it does not serve a port by commands. */
  refuses?: boolean;
  /** Requests that are carried out and not answered: ser2net on a pty leaves control so, some builds purge. */
  silent?: readonly number[];
  /** Bytes that an answer to a rate has behind it: sredird's four NULs. */
  appended?: Buffer;
  /** Answers another value of `control` than it was asked for, as sredird does. */
  wrongControl?: boolean;
  /** The one rate that it does not leave. */
  onlyBaud?: number;
  /** Rates that it knows, and the one that it takes for all others, as sredird does. */
  rates?: readonly number[];
  otherwise?: number;
  /** Hands on every byte by itself. */
  splits?: boolean;
  /** Serves one client at a time, and says this to others before it closes. */
  tellsOthers?: string;
}

/** A connection as the server needs it. */
type Connection = Duplex & { resetAndDestroy(): unknown };

/**
 * A serial server on loopback with one port behind it, written from RFC 2217 and not from the client. Rates and modem
 * lines reach the port in the order in which they come in among the data.
 */
export class SerialServer {
  /** All requests so far: number and value. */
  readonly requests: [number, Buffer][] = [];
  readonly habits: ServerHabits;
  /** What the client has written, without commands. */
  received = Buffer.alloc(0);
  readonly #open: () => Promise<Transport>;
  readonly #server: Server = createServer((socket) => void this.serve(socket));
  #socket: Connection | null = null;

  /** @param open the port behind it, for each client anew */
  constructor(open: () => Promise<Transport>, habits: ServerHabits = {}) {
    this.#open = open;
    this.habits = habits;
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `rfc2217://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks the connection, as a network does. */
  cut(): void {
    if (this.#socket !== null) resetSocket(this.#socket);
  }

  /** Closes the connection after all that was sent. */
  end(): void {
    this.#socket?.end();
  }

  /** Sends bytes as they are. */
  sendRaw(bytes: readonly number[] | Buffer): void {
    this.#socket?.write(Buffer.from(bytes));
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
  }

  /** Takes a client. */
  async serve(socket: Connection): Promise<void> {
    socket.on('error', () => {});
    const { tellsOthers } = this.habits;
    if (tellsOthers !== undefined && this.#socket?.destroyed === false) {
      socket.end(tellsOthers);
      return;
    }
    this.#socket = socket;
    const gone = new Promise((resolve) => socket.once('close', resolve));
    const waiting: Buffer[] = [];
    socket.on('data', (bytes) => waiting.push(bytes));
    const port = await this.#open().catch(() => null);
    if (port === null) {
      socket.destroy();
      return;
    }
    socket.removeAllListeners('data');
    const session = new ServedPort(this, port, socket);
    for (const bytes of waiting) session.take(bytes);
    socket.on('data', (bytes) => session.take(bytes));
    await gone;
    await port.close();
  }
}

class ServedPort {
  readonly #server: SerialServer;
  readonly #port: Transport;
  readonly #socket: Connection;
  readonly #lines: ModemLines = { rts: false, dtr: false };
  #order: Promise<unknown> = Promise.resolve();
  #pending = Buffer.alloc(0);
  /** Data that are not handed on yet. */
  readonly #run: Buffer[] = [];

  constructor(server: SerialServer, port: Transport, socket: Connection) {
    this.#server = server;
    this.#port = port;
    this.#socket = socket;
    port.onData = (bytes) => this.#send(server.habits.raw ? bytes : doubled(bytes));
  }

  take(bytes: Buffer): void {
    if (this.#server.habits.raw) {
      this.#data(bytes);
      this.#flush();
      return;
    }
    this.#pending = Buffer.concat([this.#pending, bytes]);
    let at = 0;
    for (;;) {
      const next = this.#step(at);
      if (next === null) break;
      at = next;
    }
    this.#pending = this.#pending.subarray(at);
    this.#flush();
  }

  /** @returns where the next piece begins; null where this one is not complete */
  #step(at: number): number | null {
    const all = this.#pending;
    if (at >= all.length) return null;
    if (all[at] !== 0xff) {
      const end = all.indexOf(0xff, at);
      const stop = end < 0 ? all.length : end;
      this.#data(all.subarray(at, stop));
      return stop;
    }
    const verb = all[at + 1];
    if (verb === undefined) return null;
    if (verb === 0xff) {
      this.#data(Buffer.from([0xff]));
      return at + 2;
    }
    if (verb === 250) {
      const end = endOfMessage(all, at + 2);
      if (end === null) return null;
      this.#request(undoubled(all.subarray(at + 2, end)));
      return end + 2;
    }
    const option = all[at + 2];
    if (option === undefined) return null;
    if (verb === 251)
      this.#answer([255, option === 44 && this.#server.habits.refuses ? 254 : 253, option]);
    if (verb === 253) this.#answer([255, option === 0 || option === 3 ? 251 : 252, option]);
    return at + 3;
  }

  #data(bytes: Buffer): void {
    this.#run.push(Buffer.from(bytes));
  }

  /** What came in one piece goes to the port in one. */
  #flush(): void {
    if (this.#run.length === 0) return;
    const bytes = Buffer.concat(this.#run.splice(0));
    this.#server.received = Buffer.concat([this.#server.received, bytes]);
    this.#then(() => this.#port.write(bytes));
  }

  #request(message: Buffer): void {
    const [option, code = 0, ...rest] = message;
    if (option !== 44) return;
    this.#flush();
    const value = Buffer.from(rest);
    this.#server.requests.push([code, value]);
    this.#then(() => this.#carryOut(code, value));
  }

  async #carryOut(code: number, value: Buffer): Promise<void> {
    const { habits } = this.#server;
    let told = value;
    if (code === 1) told = await this.#setBaud(value.readUInt32BE(0));
    if (code === 5) {
      await this.#control(value[0] ?? 0);
      if (habits.wrongControl) told = Buffer.from([0]);
    }
    if (habits.silent?.includes(code)) return;
    this.#answer([255, 250, 44, code + 100, ...doubled(told), 255, 240]);
  }

  async #setBaud(baud: number): Promise<Buffer> {
    const { onlyBaud, appended = Buffer.alloc(0), rates, otherwise = baud } = this.#server.habits;
    const taken = rates === undefined || rates.includes(baud) ? baud : otherwise;
    if (baud !== 0 && onlyBaud === undefined) await this.#port.setBaudRate(taken);
    const told = Buffer.alloc(4);
    told.writeUInt32BE(onlyBaud ?? this.#port.baudRate);
    return Buffer.concat([told, appended]);
  }

  async #control(value: number): Promise<void> {
    if (value === 8 || value === 9) this.#lines.dtr = value === 8;
    if (value === 11 || value === 12) this.#lines.rts = value === 11;
    await this.#port.setLines({ ...this.#lines });
  }

  #then(work: () => Promise<unknown>): void {
    this.#order = this.#order.then(work).catch(() => this.#socket.destroy());
  }

  #answer(bytes: readonly number[]): void {
    this.#send(Buffer.from(bytes));
  }

  #send(bytes: Buffer): void {
    if (!this.#server.habits.splits) this.#socket.write(bytes);
    else for (const byte of bytes) this.#socket.write(Buffer.from([byte]));
  }
}

function endOfMessage(bytes: Buffer, from: number): number | null {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    if (bytes[at + 1] === 240) return at;
    at++;
  }
  return null;
}

function doubled(bytes: Buffer): Buffer {
  return Buffer.from([...bytes].flatMap((byte) => (byte === 0xff ? [byte, byte] : [byte])));
}

function undoubled(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\xff\xff', '\xff'), 'latin1');
}

/** A port that is nothing but what was done to it. */
export function deafPort(): Transport & { log: string[] } {
  const log: string[] = [];
  let baudRate = 115_200;
  return {
    port: 'deaf',
    get baudRate() {
      return baudRate;
    },
    canSetBaudRate: true,
    onData: null,
    onLost: null,
    log,
    write: async (bytes) => void log.push(`write ${bytes.toString('hex')}`),
    drain: async () => {},
    setBaudRate: async (baud) => {
      baudRate = baud;
      log.push(`baud ${baud}`);
    },
    setLines: async ({ rts, dtr }) => {
      log.push(`lines ${rts ? 'rts' : '-'} ${dtr ? 'dtr' : '-'}`);
      return true;
    },
    close: async () => void log.push('close'),
  };
}
