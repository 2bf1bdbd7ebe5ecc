import type { Clock, Timer } from '../../clock';
import { BkError, isBkError } from '../../errors';
import { say } from '../../texts/note';
import { VANISHED_MS } from '../arrival-watch';
import {
  ASK,
  CONTROL,
  ComPort,
  DATA_BITS_8,
  PARITY_NONE,
  PURGE_BOTH,
  STOP_BITS_1,
} from '../telnet/com-port';
import {
  BINARY,
  COM_PORT,
  escaped,
  NO_GO_AHEAD,
  optionRequest,
  TelnetReader,
} from '../telnet/telnet';
import type { ModemLines, Transport } from '../transport';
import { canonicalNetworkPort } from './network-address';
import type { PortScheme } from './port-scheme';
import { openTcp, type TcpTransport, TURNED_AWAY_MS, vanished } from './tcp';

/** How long a server may take to say whether it serves a serial port by commands, ms. */
const AGREE_MS = 4_000;
/** A server from which nothing comes for so long though it is written to, ms, is asked something itself. */
const ASK_AFTER_MS = 3_000;
/** A rate that is further off than this is not received: start and eight data bits add up to it. */
const BAUD_TOLERANCE = 0.02;
/** Bits on the wire for one byte: 8N1. */
const BITS_PER_BYTE = 10;
/** What both sides have to do for bytes to pass as they are. */
const OPTIONS = [BINARY, NO_GO_AHEAD, COM_PORT];

/** A serial line that another computer serves, with its rate and its modem lines. Source: RFC 2217. */
export const rfc2217Scheme: PortScheme = {
  names: ['rfc2217'],
  form: 'rfc2217://host:port',
  isServed: true,
  isFollowed: false,
  turnsAwayMs: TURNED_AWAY_MS,
  canonical: (address) => canonicalNetworkPort('rfc2217', address),
  filesIn: () => [],
  open: (address, { baudRate, clock, signal }) => openRfc2217(address, baudRate, clock, signal),
};

/**
 * Connects to a serial server and has it set 8N1, no flow control, both modem lines released.
 * @param url `rfc2217://host:port`
 * @throws BkError BK_PORT_NOT_FOUND (no answer), BK_PORT_BUSY, BK_PORT_LOST, BK_CANCELLED, BK_BAD_SETTING (the URL,
 *   the rate, or a server that does not take commands)
 */
export async function openRfc2217(
  url: string,
  baudRate: number,
  clock: Clock,
  signal?: AbortSignal | undefined,
): Promise<Transport> {
  const transport = new Rfc2217Transport(await openTcp(url, clock, signal), clock);
  try {
    await transport.agree(signal);
    await transport.prepare(baudRate);
    return transport;
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** Telnet over a line of raw bytes: what is not data is taken out of it. */
class Rfc2217Transport implements Transport {
  readonly canSetBaudRate = true;
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  readonly #line: TcpTransport;
  readonly #clock: Clock;
  readonly #comPort: ComPort;
  #baudRate: number;
  #roundTripMs = 0;
  #loss: Error | null = null;
  /** Runs from a write on until something comes. */
  #silence: Timer | null = null;
  /** When all that was written has left the server's port, should it begin with it at once; by the clock, ms. */
  #leftAt = 0;
  /** Called when the server says whether it takes commands, or when the line is lost. */
  #agreed: (takes: boolean) => void = () => {};
  /** Options that this side has offered, or has said it uses. */
  readonly #offered = new Set<number>(OPTIONS);
  /** Options that the server has been asked for, or has been told that it may use. */
  readonly #asked = new Set<number>([BINARY, NO_GO_AHEAD]);
  /** Options that the server was told that this side does not use: once, as one that asks on and on may read nothing. */
  readonly #refused = new Set<number>();

  constructor(line: TcpTransport, clock: Clock) {
    this.#line = line;
    this.#clock = clock;
    this.#baudRate = line.baudRate;
    this.#comPort = new ComPort(clock, (bytes) => this.#send(bytes));
    const reader = new TelnetReader({
      onData: (bytes) => this.onData?.(bytes),
      onMessage: (option, message) => {
        if (option === COM_PORT) this.#comPort.take(message);
      },
      onOption: (verb, option) => this.#negotiate(verb, option),
    });
    line.onData = (bytes) => {
      this.#stopAsking();
      reader.push(bytes);
    };
    line.onLost = (reason) => {
      this.#stopAsking();
      this.#loss = reason;
      this.#comPort.end();
      this.#agreed(false);
      this.onLost?.(reason);
    };
  }

  get port(): string {
    return this.#line.port;
  }

  /** How long the server took to agree. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  /** @throws BkError BK_BAD_SETTING where the server does not take commands, BK_CANCELLED, and what the line was lost for */
  async agree(signal: AbortSignal | undefined): Promise<void> {
    const begun = this.#clock.now();
    const takes = await this.#takesCommands(signal);
    if (this.#loss !== null) throw this.#loss;
    if (!takes) throw noCommands(this.port);
    this.#roundTripMs = this.#clock.now() - begun;
    this.#comPort.took(this.#roundTripMs);
  }

  #takesCommands(signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        this.#clock.clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        end();
      };
      const cancel = (): void => settle(() => reject(cancelled(this.port)));
      const timer = this.#clock.setTimeout(() => this.#agreed(false), AGREE_MS);
      this.#agreed = (takes) => settle(() => resolve(takes));
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      const offers = [...this.#offered].map((option) => optionRequest('will', option));
      const wishes = [...this.#asked].map((option) => optionRequest('do', option));
      this.#send(Buffer.concat([...offers, ...wishes]));
    });
  }

  /** What a flasher needs of a port, whatever it was set to before. */
  async prepare(baudRate: number): Promise<void> {
    await this.setBaudRate(baudRate);
    const port = this.#comPort;
    port.tell('dataSize', DATA_BITS_8);
    port.tell('parity', PARITY_NONE);
    port.tell('stopSize', STOP_BITS_1);
    port.tell('lineStateMask', 0);
    port.tell('modemStateMask', 0);
    port.tell('control', CONTROL.noFlowControl);
    port.tell('purge', PURGE_BOTH);
    await this.setLines({ rts: false, dtr: false });
    if (this.#loss !== null) throw this.#loss;
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#comPort.running;
    const lineMs = (bytes.length * BITS_PER_BYTE * 1000) / this.#baudRate;
    this.#leftAt = Math.max(this.#leftAt, this.#clock.now()) + lineMs;
    this.#silence ??= this.#clock.setTimeout(() => this.#ask(), ASK_AFTER_MS, { background: true });
    return this.#line.write(escaped(bytes));
  }

  /**
   * What was written has reached the server when it answers a question that was sent after it; of the way over the
   * server's own line nobody tells.
   */
  async drain(): Promise<void> {
    await this.#line.drain();
    const onLine = this.#leftAt - this.#clock.now();
    await this.#comPort.rate(ASK);
    if (this.#loss !== null) throw this.#loss;
    // It may have reached the server only now.
    if (onLine > 0) await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, onLine));
  }

  /** A server that does not answer is believed: the rate has to prove itself anyway. */
  async setBaudRate(baudRate: number): Promise<void> {
    const set = (await this.#comPort.rate(baudRate)) ?? baudRate;
    if (this.#loss !== null) throw this.#loss;
    if (Math.abs(set - baudRate) <= baudRate * BAUD_TOLERANCE) {
      this.#baudRate = baudRate;
      return;
    }
    // Some go to 9600 baud then: the port must not stay where nobody expects it.
    if (baudRate !== this.#baudRate) await this.#comPort.rate(this.#baudRate);
    throw new BkError(
      'BK_BAD_SETTING',
      say('transport.serverSetOtherRate', { port: this.port, baud: baudRate, set }),
      { advice: [say('transport.chooseLowerBaud')] },
    );
  }

  /** Whether a server has such lines it does not tell: some answer nothing about them, others what they were asked for. */
  async setLines({ rts, dtr }: ModemLines): Promise<boolean> {
    this.#comPort.tell('control', rts ? CONTROL.rts.on : CONTROL.rts.off);
    this.#comPort.tell('control', dtr ? CONTROL.dtr.on : CONTROL.dtr.off);
    await this.#comPort.rate(ASK);
    return this.#loss === null;
  }

  close(): Promise<void> {
    this.#stopAsking();
    this.#comPort.end();
    return this.#line.close();
  }

  /** A chip may be silent; a server that has answered questions before is not, unless something has happened to it. */
  #ask(): void {
    this.#silence = null;
    if (!this.#comPort.hasAnswered) return;
    const giveUp = () => this.#line.giveUp(vanished(this.port));
    const left = VANISHED_MS - ASK_AFTER_MS;
    this.#silence = this.#clock.setTimeout(giveUp, left, { background: true });
    this.#comPort.ask();
  }

  #stopAsking(): void {
    if (this.#silence !== null) this.#clock.clearTimeout(this.#silence);
    this.#silence = null;
  }

  /** Each option is said once: two sides that answer each other's answers would never end. */
  #negotiate(verb: 'will' | 'wont' | 'do' | 'dont', option: number): void {
    if (option === COM_PORT && (verb === 'do' || verb === 'will')) this.#agreed(true);
    if (option === COM_PORT && verb === 'dont') this.#agreed(false);
    if (verb === 'do' && !this.#offered.has(option) && !this.#refused.has(option)) {
      this.#refused.add(option);
      this.#send(optionRequest('wont', option));
    } else if (verb === 'will' && !this.#asked.has(option)) {
      this.#asked.add(option);
      this.#send(optionRequest(OPTIONS.includes(option) ? 'do' : 'dont', option));
    }
  }

  /** What is lost with the line is told by it. */
  #send(bytes: Buffer): void {
    this.#line.write(bytes).catch((error: unknown) => {
      if (!isBkError(error)) throw error;
    });
  }
}

function cancelled(port: string): BkError {
  return new BkError('BK_CANCELLED', say('transport.cancelledConnecting', { port }), {
    phase: 'open',
  });
}

function noCommands(port: string): BkError {
  return new BkError('BK_BAD_SETTING', say('transport.takesNoCommands', { port }), {
    phase: 'open',
    advice: [say('transport.serveRfc2217'), say('transport.useRawBytes')],
  });
}
