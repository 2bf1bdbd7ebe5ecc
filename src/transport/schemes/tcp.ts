import { connect, type Socket } from 'node:net';
import type { Clock } from '../../clock';
import { BkError, textOf } from '../../errors';
import { say } from '../../texts/note';
import { ArrivalWatch, unacknowledged, VANISHED_MS } from '../arrival-watch';
import type { Transport } from '../transport';
import { canonicalNetworkPort, parseNetworkAddress } from './network-address';
import type { PortScheme } from './port-scheme';

/** How long a server may take to accept, ms. */
const CONNECT_MS = 10_000;
/** A silent connection is probed after so many ms. */
const KEEP_ALIVE_MS = 15_000;
/** How long the last bytes may take to leave when the connection is closed, ms. */
const CLOSE_MS = 1_000;
/**
 * A server that closes a connection so soon after it took it, ms, and before the line had a word, turns it
 * away. So do our own simulated chip and ser2net for all clients but the first.
 */
export const TURNED_AWAY_MS = 1_000;
/** Some say why, in one line of text. Source: ser2net ("Port already in use", "Port's device already in use"). */
const REFUSAL = /^[\x20-\x7e\s]*\b(?:in use|busy)\b[\x20-\x7e\s]*$/i;
/** A server that speaks telnet begins with its options. Source: RFC 854. */
const TELNET_OPTIONS = /\xff[\xfb-\xfe][\s\S]/g;
/** Longer than any such line, bytes. */
const REFUSAL_BYTES = 200;
/** What chips speak after a boot; the server has to be set to it. */
const SERVER_BAUD = 115_200;

/** What went wrong and what helps, by the operating system's code. */
const CONNECT_ERRORS = {
  ECONNREFUSED: ['transport.nothingListens', 'transport.startServer'],
  ENOTFOUND: ['transport.noSuchHost', 'transport.checkHostName'],
  EAI_AGAIN: ['transport.noLookUp', 'transport.useAddress'],
  EHOSTUNREACH: ['transport.hostUnreachable', 'transport.checkServerPower'],
  ENETUNREACH: ['transport.networkUnreachable', 'transport.checkNetwork'],
} as const;

/** A serial line that another computer serves as raw bytes: its rate and modem lines are that one's business. */
export const tcpScheme: PortScheme = {
  names: ['tcp', 'socket'],
  form: 'tcp://host:port',
  isServed: true,
  isFollowed: false,
  turnsAwayMs: TURNED_AWAY_MS,
  canonical: (url) => canonicalNetworkPort('tcp', url),
  filesIn: () => [],
  open: (url, { clock, signal }) => openTcp(url, clock, signal),
};

/**
 * Connects to a serial line that is served as raw bytes. A server that turns the connection away does so
 * after it took it: the loss is BK_PORT_BUSY then.
 * @param url `tcp://host:port`
 * @throws BkError BK_PORT_NOT_FOUND (no answer), BK_BAD_SETTING (the URL), BK_CANCELLED
 */
export async function openTcp(
  url: string,
  clock: Clock,
  signal?: AbortSignal | undefined,
): Promise<TcpTransport> {
  const { host, port } = parseNetworkAddress(url);
  if (signal?.aborted) throw cancelled(url);
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, noDelay: true });
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  // A name is looked up before, and several addresses may be tried in vain.
  let begun = clock.now();
  socket.on('connectionAttempt', () => {
    begun = clock.now();
  });
  let giveUp: (error: BkError) => void = () => {};
  const onAbort = (): void => giveUp(cancelled(url));
  const timer = clock.setTimeout(() => giveUp(timedOut(url)), CONNECT_MS);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      giveUp = reject;
      socket.once('connect', resolve);
      socket.once('error', (reason) => reject(notFound(url, reason)));
    });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clock.clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
  return new TcpTransport(url, socket, clock, clock.now() - begun);
}

function cancelled(port: string): BkError {
  return new BkError('BK_CANCELLED', say('transport.cancelledConnecting', { port }), {
    phase: 'open',
  });
}

function timedOut(port: string): BkError {
  const text = say('transport.connectTimeout', { port, seconds: CONNECT_MS / 1000 });
  return new BkError('BK_PORT_NOT_FOUND', text, {
    phase: 'open',
    advice: [say('transport.checkServerPower')],
  });
}

function turnedAway(port: string, said: string, reason: Error | null): BkError {
  const text =
    said === ''
      ? say('transport.turnedAway', { port })
      : say('transport.turnedAwaySaying', { port, said });
  return new BkError('BK_PORT_BUSY', text, {
    phase: 'open',
    ...(reason === null ? {} : { reason }),
    advice: [say('transport.endOtherClient'), say('transport.lookAtServerLog')],
  });
}

function closed(port: string, reason: Error | null): BkError {
  return new BkError('BK_PORT_LOST', say('transport.connectionClosed', { port }), {
    ...(reason === null ? {} : { reason }),
    advice: [say('transport.checkServerAndNetwork')],
  });
}

/** The error for a server that was there and is not any more, though nobody has closed the connection. */
export function vanished(port: string): BkError {
  const text = say('transport.serverVanished', { port, seconds: VANISHED_MS / 1000 });
  return new BkError('BK_PORT_LOST', text, { advice: [say('transport.checkServerAndNetwork')] });
}

function notFound(port: string, reason: Error): BkError {
  const code = 'code' in reason ? String(reason.code) : '';
  const known = Object.hasOwn(CONNECT_ERRORS, code)
    ? CONNECT_ERRORS[code as keyof typeof CONNECT_ERRORS]
    : null;
  return new BkError(
    'BK_PORT_NOT_FOUND',
    known === null
      ? say('transport.notConnected', { port, reason: textOf(reason) })
      : say(known[0], { port }),
    { phase: 'open', reason, advice: [say(known?.[1] ?? 'transport.checkAddress')] },
  );
}

export class TcpTransport implements Transport {
  readonly port: string;
  readonly baudRate = SERVER_BAUD;
  readonly canSetBaudRate = false;
  readonly roundTripMs: number;
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #closed: Promise<void>;
  readonly #openedAt: number;
  #open = true;
  #reason: Error | null = null;
  /** The first bytes that came, at most REFUSAL_BYTES and one more. */
  #heard = '';
  /** Made once, so that everybody is told the same of one loss. */
  #loss: BkError | null = null;
  /** Whether what is written arrives. */
  readonly #arrivals: ArrivalWatch;

  constructor(port: string, socket: Socket, clock: Clock, roundTripMs: number) {
    this.port = port;
    this.roundTripMs = roundTripMs;
    this.#socket = socket;
    this.#clock = clock;
    this.#openedAt = clock.now();
    const giveUp = () => this.giveUp(vanished(port));
    this.#arrivals = new ArrivalWatch(clock, () => unacknowledged(socket), giveUp);
    socket.on('error', (reason) => {
      this.#reason ??= reason;
    });
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.once('close', () => this.#lose());
    socket.on('data', (bytes) => {
      this.#arrivals.heard();
      if (this.#heard.length <= REFUSAL_BYTES) {
        this.#heard += bytes.toString('latin1', 0, REFUSAL_BYTES + 1 - this.#heard.length);
      }
      if (this.#open) this.onData?.(bytes);
    });
  }

  write(bytes: Buffer): Promise<void> {
    if (!this.#open) return Promise.reject(this.#lost());
    this.#arrivals.written();
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        if (error) reject(this.#lost(error));
        else resolve();
      });
    });
  }

  /** What the server still holds cannot be known. */
  async drain(): Promise<void> {
    if (!this.#open) throw this.#lost();
    if (this.#socket.writableLength > 0) await this.write(Buffer.alloc(0));
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (!this.#open) throw this.#lost();
    if (baudRate === this.baudRate) return;
    const text = say('transport.rateIsFixed', { port: this.port, baud: baudRate });
    throw new BkError('BK_BAD_SETTING', text, { advice: [say('transport.leaveBaudAtAuto')] });
  }

  async setLines(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {
    this.#end();
    this.#loss ??= closed(this.port, null);
    // Ends after the last bytes have left, unless nobody takes them.
    this.#socket.destroySoon();
    const timer = this.#clock.setTimeout(() => this.#socket.destroy(), CLOSE_MS);
    await this.#closed;
    this.#clock.clearTimeout(timer);
  }

  /** Counts the connection as lost, and tells so. */
  giveUp(loss: BkError): void {
    this.#loss ??= loss;
    this.#socket.destroy();
    this.#lose();
  }

  #lose(): void {
    if (!this.#open) return;
    this.#end();
    this.onLost?.(this.#lost());
  }

  #end(): void {
    this.#open = false;
    this.#arrivals.end();
  }

  #lost(reason: Error | null = this.#reason): BkError {
    this.#loss ??= this.#isTurnedAway()
      ? turnedAway(this.port, this.#said.trim().replace(/\s+/g, ' '), reason)
      : closed(this.port, reason);
    return this.#loss;
  }

  #isTurnedAway(): boolean {
    if (this.#clock.now() - this.#openedAt >= TURNED_AWAY_MS) return false;
    if (this.#heard.length > REFUSAL_BYTES) return false;
    return this.#said === '' || REFUSAL.test(this.#said);
  }

  get #said(): string {
    return this.#heard.replace(TELNET_OPTIONS, '');
  }
}
