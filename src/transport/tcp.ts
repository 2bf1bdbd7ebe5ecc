import { connect, type Socket } from 'node:net';
import type { Clock } from '../clock';
import { BkError, textOf } from '../errors';
import { parseNetworkAddress } from './address';
import type { Transport } from './transport';

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
/** Longer than any such line, bytes. */
const REFUSAL_BYTES = 200;
/** What chips speak after a boot; the server has to be set to it. */
const SERVER_BAUD = 115_200;

/** What went wrong, in words, by the operating system's code. */
const CONNECT_ERRORS: Readonly<Record<string, { what: string; advice: string }>> = {
  ECONNREFUSED: {
    what: 'nothing listens there',
    advice: 'Start the serial server, and check the port number.',
  },
  ENOTFOUND: { what: 'there is no host of that name', advice: 'Check the name of the host.' },
  EAI_AGAIN: {
    what: 'the name of the host cannot be looked up',
    advice: 'Check the network, or use the IP address.',
  },
  EHOSTUNREACH: {
    what: 'the host cannot be reached',
    advice: 'Check that the serial server is powered and in this network.',
  },
  ENETUNREACH: { what: 'its network cannot be reached', advice: 'Check the network.' },
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
): Promise<Transport> {
  const { host, port } = parseNetworkAddress(url);
  if (signal?.aborted) throw cancelled(url);
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, noDelay: true });
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
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
  return new TcpTransport(url, socket, clock);
}

function cancelled(url: string): BkError {
  return new BkError('BK_CANCELLED', `The job was cancelled while it connected to ${url}`, {
    phase: 'open',
  });
}

function timedOut(url: string): BkError {
  return new BkError('BK_PORT_NOT_FOUND', `${url} does not answer within ${CONNECT_MS / 1000} s`, {
    phase: 'open',
    advice: ['Check that the serial server is powered and in this network.'],
  });
}

function turnedAway(url: string, said: string, reason: Error | null): BkError {
  const why = said === '' ? '' : `. It said "${said}"`;
  return new BkError(
    'BK_PORT_BUSY',
    `${url} took the connection and closed it at once: another program may be using it${why}`,
    {
      phase: 'open',
      ...(reason === null ? {} : { reason }),
      advice: [
        'End the other program that is connected to this serial server, and start the job again.',
        'If there is none: look at what the server logs; it may not be able to open its serial port.',
      ],
    },
  );
}

function closed(url: string, reason: Error | null): BkError {
  return new BkError('BK_PORT_LOST', `The connection to ${url} is closed`, {
    ...(reason === null ? {} : { reason }),
    advice: ['Check the serial server and the network, then start the job again.'],
  });
}

function notFound(url: string, reason: Error): BkError {
  const code = 'code' in reason ? String(reason.code) : '';
  const entry = CONNECT_ERRORS[code];
  return new BkError(
    'BK_PORT_NOT_FOUND',
    `${url} cannot be connected: ${entry?.what ?? textOf(reason)}`,
    { phase: 'open', reason, advice: [entry?.advice ?? 'Check the address and the network.'] },
  );
}

class TcpTransport implements Transport {
  readonly port: string;
  readonly baudRate = SERVER_BAUD;
  readonly canSetBaudRate = false;
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

  constructor(port: string, socket: Socket, clock: Clock) {
    this.port = port;
    this.#socket = socket;
    this.#clock = clock;
    this.#openedAt = clock.now();
    socket.on('error', (reason) => {
      this.#reason ??= reason;
    });
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.once('close', () => this.#lose());
    socket.on('data', (bytes) => {
      if (this.#heard.length <= REFUSAL_BYTES) {
        this.#heard += bytes.toString('latin1', 0, REFUSAL_BYTES + 1 - this.#heard.length);
      }
      if (this.#open) this.onData?.(bytes);
    });
  }

  write(bytes: Buffer): Promise<void> {
    if (!this.#open) return Promise.reject(this.#lost());
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
    throw new BkError('BK_BAD_SETTING', `${this.port} cannot change its rate to ${baudRate} baud`, {
      advice: ['Leave the baud at auto: a line served as raw bytes stays at 115200.'],
    });
  }

  async setLines(): Promise<boolean> {
    return false;
  }

  /** Nothing is held back here: every byte is handed over when it arrives. */
  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#open = false;
    this.#loss ??= closed(this.port, null);
    // Ends after the last bytes have left, unless nobody takes them.
    this.#socket.destroySoon();
    const timer = this.#clock.setTimeout(() => this.#socket.destroy(), CLOSE_MS);
    await this.#closed;
    this.#clock.clearTimeout(timer);
  }

  #lose(): void {
    if (!this.#open) return;
    this.#open = false;
    this.onLost?.(this.#lost());
  }

  #lost(reason: Error | null = this.#reason): BkError {
    this.#loss ??= this.#isTurnedAway()
      ? turnedAway(this.port, this.#heard.trim().replace(/\s+/g, ' '), reason)
      : closed(this.port, reason);
    return this.#loss;
  }

  #isTurnedAway(): boolean {
    if (this.#clock.now() - this.#openedAt >= TURNED_AWAY_MS) return false;
    return this.#heard === '' || (this.#heard.length <= REFUSAL_BYTES && REFUSAL.test(this.#heard));
  }
}
