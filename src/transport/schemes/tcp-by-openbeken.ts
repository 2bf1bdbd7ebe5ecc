import type { Clock } from '../../clock';
import { BkError, isBkError } from '../../errors';
import { say } from '../../texts/note';
import { parseUartAddress, type UartAddress } from '../openbeken/uart-address';
import { type ResetPin, UartCommands } from '../openbeken/uart-commands';
import type { ModemLines, Transport } from '../transport';
import { canonicalNetworkPort } from './network-address';
import type { OpenOptions, PortScheme } from './port-scheme';
import { openTcp } from './tcp';

/** A driver that was started anew listens after a moment: how long it is waited for, and how often it is tried, ms. */
const LISTENS_MS = 2_000;
const TRY_MS = 40;
/** One connection that is neither taken nor refused is tried anew, ms. */
const ONE_TRY_MS = 1_000;
/** What the module may take from the network to its pins, besides the network's own time, ms. Source: drv_uart_tcp.c. */
const TO_PINS_MS = 25;
/** Bits on the wire for one byte: 8N1. */
const BITS_PER_BYTE = 10;

/**
 * A spare OpenBeken module as an adapter over Wi-Fi: its driver UartTCP carries the bytes, its web server sets rate and
 * reset pin.
 */
export const tcpByOpenBekenScheme: PortScheme = {
  names: ['tcp', 'socket'],
  claims: (address) => address.includes('?'),
  form: 'tcp://host:8888?control=openbeken',
  isServed: true,
  isFollowed: false,
  // The driver keeps other clients waiting and turns none away.
  turnsAwayMs: 0,
  canonical: (address) => {
    const { host, port } = parseUartAddress(address);
    return canonicalNetworkPort('tcp', `tcp://${host}:${port}`);
  },
  filesIn: () => [],
  open: openByOpenBeken,
};

/**
 * @throws BkError BK_BAD_SETTING (the address, no OpenBeken, no driver, no such pin), BK_PORT_DENIED (password),
 *   BK_PORT_NOT_FOUND, BK_PORT_LOST, BK_CANCELLED
 */
async function openByOpenBeken(name: string, options: OpenOptions): Promise<Transport> {
  const { baudRate, clock, signal, password = '' } = options;
  const address = parseUartAddress(name);
  const commands = new UartCommands(name, address, password, clock);
  await commands.lookAround(signal);
  const pin = address.resetPin === null ? null : await commands.resetPin(address.resetPin, signal);
  try {
    await commands.start(baudRate, signal);
    await commands.mustRun(signal);
    const line = await connected(name, address, clock, signal);
    const transport = new ControlledLine({ name, address, commands, pin, clock, line, baudRate });
    await transport.setLines({ rts: false, dtr: false });
    return transport;
  } catch (error) {
    await commands.restore();
    throw error;
  }
}

interface Parts {
  name: string;
  address: UartAddress;
  commands: UartCommands;
  pin: ResetPin | null;
  clock: Clock;
  line: Connection;
  baudRate: number;
}

interface Connection {
  transport: Transport;
  /** How long it took to be made, ms: there and back once. */
  tripMs: number;
}

/** Connects to a driver that has just been started. @throws BkError BK_PORT_NOT_FOUND, BK_CANCELLED */
async function connected(
  name: string,
  { host, port }: UartAddress,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Connection> {
  const end = clock.now() + LISTENS_MS;
  for (;;) {
    const once = new AbortController();
    const stop = (): void => once.abort();
    signal?.addEventListener('abort', stop, { once: true });
    const begun = clock.now();
    const timer = clock.setTimeout(stop, ONE_TRY_MS);
    try {
      const transport = await openTcp(`tcp://${host}:${port}`, clock, once.signal);
      return { transport, tripMs: clock.now() - begun };
    } catch (error) {
      const passes = isBkError(error, 'BK_PORT_NOT_FOUND', 'BK_CANCELLED');
      if (signal?.aborted || !passes) throw error;
      if (clock.now() >= end) throw notListening(name, error);
    } finally {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
    await new Promise<void>((resolve) => clock.setTimeout(resolve, TRY_MS));
  }
}

function notListening(port: string, reason: BkError): BkError {
  return new BkError('BK_PORT_NOT_FOUND', say('transport.uartNotListening', { port }), {
    phase: 'open',
    reason,
    advice: [say('transport.restartModule')],
  });
}

/** One line for those who use it, and a connection after the other below: each new rate ends the one before. */
class ControlledLine implements Transport {
  readonly port: string;
  readonly canSetBaudRate = true;
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  readonly #parts: Parts;
  readonly #clock: Clock;
  #line: Transport;
  #tripMs = 0;
  #baudRate: number;
  /** When all that was written has left the module's pins, as far as can be told. */
  #freeAt = 0;
  #isLow: boolean | null = null;
  #loss: BkError | null = null;
  /** What is under way at the module; bytes wait for it. */
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#clock = parts.clock;
    this.port = parts.name;
    this.#baudRate = parts.baudRate;
    this.#line = parts.line.transport;
    this.#use(parts.line);
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  get holds(): number {
    return this.#parts.address.buffer;
  }

  /** There and back, and through the module each way. */
  get roundTripMs(): number {
    return this.#tripMs + 2 * TO_PINS_MS;
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#running;
    this.#mustBeThere();
    const onLine = (bytes.length * BITS_PER_BYTE * 1000) / this.#baudRate;
    const arrives = this.#clock.now() + this.#tripMs + TO_PINS_MS;
    this.#freeAt = Math.max(arrives, this.#freeAt) + onLine;
    await this.#line.write(bytes).catch((error: Error) => this.#lose(error));
    this.#mustBeThere();
  }

  /** What the module still holds cannot be known; it is waited for before the rate is changed. */
  async drain(): Promise<void> {
    await this.#running;
    await this.#line.drain().catch((error: Error) => this.#lose(error));
    this.#mustBeThere();
  }

  /** Any rate is taken: it has to prove itself. */
  setBaudRate(baudRate: number): Promise<void> {
    return this.#alone(async () => {
      if (baudRate === this.#baudRate) return;
      await this.#untilFree();
      const { name, address, commands } = this.#parts;
      const old = this.#line;
      old.onData = null;
      old.onLost = null;
      await commands.start(baudRate);
      await old.close();
      this.#use(await connected(name, address, this.#clock));
      this.#baudRate = baudRate;
    });
  }

  /** The reset pin is what an adapter's RTS is: asserted is low. */
  async setLines({ rts }: ModemLines): Promise<boolean> {
    const { pin, commands } = this.#parts;
    if (pin === null || this.#loss !== null) return false;
    await this.#alone(async () => {
      if (rts === this.#isLow) return;
      await this.#untilFree();
      await commands.set(pin, rts ? pin.low : highOf(pin));
      this.#isLow = rts;
    });
    return true;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const wasThere = this.#loss === null;
    this.#loss ??= gone(this.port, null);
    await this.#running;
    await this.#line.close();
    if (!wasThere) return;
    const { pin, commands } = this.#parts;
    // A chip that is left in reset stays there until somebody comes by.
    if (pin !== null && this.#isLow === true) await commands.set(pin, highOf(pin)).catch(() => {});
    await commands.restore();
  }

  /** One thing at a time. @throws BkError BK_PORT_LOST: a module that does not do it may have done half of it */
  async #alone(work: () => Promise<void>): Promise<void> {
    const before = this.#running;
    const done = before.then(async () => {
      this.#mustBeThere();
      try {
        await work();
      } catch (error) {
        if (!isBkError(error)) throw error;
        this.#lose(error);
        this.#mustBeThere();
      }
    });
    this.#running = done.catch(() => {});
    await done;
  }

  #use({ transport, tripMs }: Connection): void {
    this.#line = transport;
    this.#tripMs = tripMs;
    transport.onData = (bytes) => this.onData?.(bytes);
    transport.onLost = (reason) => this.#lose(reason);
  }

  async #untilFree(): Promise<void> {
    await this.#line.drain();
    const ms = this.#freeAt - this.#clock.now();
    if (ms > 0) await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, ms));
  }

  #mustBeThere(): void {
    if (this.#loss !== null) throw this.#loss;
  }

  /** Nobody is turned away by the driver, so that a connection that ends at once is lost like any other. */
  #lose(reason: Error): void {
    if (this.#loss !== null) return;
    this.#loss = gone(this.port, reason);
    void this.#line.close();
    this.onLost?.(this.#loss);
  }
}

/** The channel's value for which the pin is high. */
function highOf({ low }: ResetPin): 0 | 1 {
  return low === 0 ? 1 : 0;
}

function gone(port: string, reason: Error | null): BkError {
  return new BkError('BK_PORT_LOST', say('transport.moduleGone', { port }), {
    ...(reason === null ? {} : { reason }),
    advice: [say('transport.checkModuleAndWifi')],
  });
}
