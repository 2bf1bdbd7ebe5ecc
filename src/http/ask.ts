import { connect, type Socket } from 'node:net';
import type { Clock, Timer } from '../clock';
import { BkError, type ErrorCode, textOf } from '../errors';
import { type Note, say } from '../texts/note';
import { type AnswerFault, AnswerReader } from './answer-reader';

/** Who asks, where a device wants to know: it has one user, of this name. Source: http_basic_auth.c of OpenBeken. */
const USER = 'admin';
/** A body goes out in pieces of this size, so that it can be seen how far it is, bytes. */
const PIECE = 16_384;
/**
 * A body up to this size goes out together with its head, bytes: the server of a device does not wait for the body of a
 * command. Source: http_tcp_server.c and http_rest_post_cmd of OpenBeken.
 */
const SMALL_BODY = 512;

export interface HttpRequest {
  /** A name or an address; an IPv6 address with or without its brackets. */
  host: string;
  /** 80 for most. */
  port: number;
  method: 'GET' | 'POST';
  /** With its query, already encoded: `/cm?cmnd=STATUS%200`. */
  path: string;
  body?: Buffer;
  /** For basic authentication, user admin. It is in no error. */
  password?: string | undefined;
  /** Most bytes of body that are taken. */
  limit: number;
  /** Bytes of a body that is not an error: they end the answer; less is an error. */
  length?: number | undefined;
  /** How long nothing may happen, and how long all of it may take, ms. */
  idleMs: number;
  totalMs: number;
  signal?: AbortSignal | undefined;
  onBytes?: ((received: number) => void) | undefined;
}

export interface HttpAnswer {
  /** As the server says it; OpenBeken also says -1 and -20. */
  status: number;
  body: Buffer;
}

/**
 * One request to the web server of a device, over a connection of its own, in bounded time and memory whatever answers.
 * Nothing is followed, kept or tried again. An answer without a length is over when the connection ends, so that whoever
 * knows the length should say it. A request that is cancelled or fails ends the connection at once: in the middle of a
 * body that hangs an OpenBeken device, so cancel between requests.
 * @throws BkError BK_PORT_NOT_FOUND (nobody there), BK_NO_RESPONSE (silent, or too slow), BK_BAD_RESPONSE (broken off, too
 *   long or short, no HTTP, a redirect), BK_PORT_DENIED (401), BK_CANCELLED
 */
export function ask(request: HttpRequest, clock: Clock): Promise<HttpAnswer> {
  if (request.signal?.aborted) return Promise.reject(new Asking(request, clock).cancelled());
  return new Promise((resolve, reject) => {
    new Asking(request, clock).begin(resolve, reject);
  });
}

/** Where a device is, as it is told to people. */
function named({ host, port }: HttpRequest): string {
  return port === 80 ? host : `${host}:${port}`;
}

class Asking {
  readonly #request: HttpRequest;
  readonly #clock: Clock;
  readonly #reader: AnswerReader;
  readonly #onAbort = (): void => this.#fail(this.cancelled());
  #resolve: (answer: HttpAnswer) => void = () => {};
  #reject: (error: BkError) => void = () => {};
  #socket: Socket | null = null;
  #idle: Timer | null = null;
  #total: Timer | null = null;
  #isConnected = false;
  #isSent = false;
  #over = false;

  constructor(request: HttpRequest, clock: Clock) {
    this.#request = request;
    this.#clock = clock;
    this.#reader = new AnswerReader({ limit: request.limit, length: request.length });
  }

  begin(resolve: (answer: HttpAnswer) => void, reject: (error: BkError) => void): void {
    this.#resolve = resolve;
    this.#reject = reject;
    const { host, port, totalMs, signal } = this.#request;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#total = this.#clock.setTimeout(() => this.#fail(this.#late(totalMs, true)), totalMs, {
      background: true,
    });
    this.#happened();
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, noDelay: true });
    this.#socket = socket;
    socket.on('connect', () => {
      this.#isConnected = true;
      this.#happened();
      this.#send(socket);
    });
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('end', () => this.#ended());
    socket.on('error', (reason) => this.#broke(reason));
    socket.on('close', () => this.#broke(null));
  }

  cancelled(): BkError {
    return this.#error('BK_CANCELLED', say('http.cancelled', { host: named(this.#request) }), []);
  }

  #send(socket: Socket): void {
    const { method, path, host, port, body, password } = this.#request;
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${port === 80 ? host : `${host}:${port}`}`,
      'Connection: close',
      ...(password === undefined || password === ''
        ? []
        : [`Authorization: Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`]),
      ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
    ];
    const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    const isSmall = body === undefined || body.length <= SMALL_BODY;
    this.#write(socket, isSmall ? Buffer.concat([head, body ?? Buffer.alloc(0)]) : head, () => {
      if (isSmall) this.#isSent = true;
      else this.#sendBody(socket, body, 0);
    });
  }

  #sendBody(socket: Socket, body: Buffer, from: number): void {
    this.#write(socket, body.subarray(from, from + PIECE), () => {
      if (from + PIECE >= body.length) this.#isSent = true;
      else this.#sendBody(socket, body, from + PIECE);
    });
  }

  #write(socket: Socket, bytes: Buffer, next: () => void): void {
    socket.write(bytes, (reason) => {
      if (this.#over || reason) return;
      this.#happened();
      next();
    });
  }

  #take(bytes: Buffer): void {
    if (this.#over) return;
    this.#happened();
    const went = this.#reader.push(bytes);
    if (typeof went === 'object') {
      this.#fail(this.#bad(went));
      return;
    }
    const refused = this.#refusal();
    if (refused !== null) {
      this.#fail(refused);
      return;
    }
    if (this.#reader.received > 0) this.#request.onBytes?.(this.#reader.received);
    if (went === 'over') this.#end();
  }

  /** What need not be heard to its end. */
  #refusal(): BkError | null {
    const { status, hasHead } = this.#reader;
    if (!hasHead) return null;
    const where = { host: named(this.#request), path: this.#path };
    if (status === 401) {
      const isSet = (this.#request.password ?? '') !== '';
      const host = where.host;
      const text = isSet
        ? say('http.wrongPassword', { host })
        : say('http.wantsPassword', { host });
      const denied = this.#error('BK_PORT_DENIED', text, [say('http.setPassword')]);
      // Who asks may want to know whose password it is before telling one.
      return denied.with({ reason: new Error(this.#reader.challenge) });
    }
    const help = [say('http.isItTheDevice')];
    if (status >= 300 && status < 400) {
      return this.#error('BK_BAD_RESPONSE', say('http.sentElsewhere', where), help);
    }
    if (status >= 0 && status < 200) {
      return this.#error('BK_BAD_RESPONSE', say('http.noHttp', where), help);
    }
    // A refusal may come before all is sent; that all was taken cannot.
    if (status !== 200 || this.#isSent || this.#request.body === undefined) return null;
    return this.#error('BK_BAD_RESPONSE', say('http.tooEarly', where), help);
  }

  #ended(): void {
    if (this.#over) return;
    const fault = this.#reader.end();
    if (fault === null) this.#end();
    else if (!this.#reader.hasHead) this.#broke(null);
    else this.#fail(this.#bad(fault));
  }

  #broke(reason: Error | null): void {
    if (this.#over) return;
    const host = named(this.#request);
    const { hasBegun, received: got } = this.#reader;
    const path = this.#path;
    // Some are told of the reset before they are told that there was a connection.
    if (!this.#isConnected && (reason === null || code(reason) !== 'ECONNRESET')) {
      const why = reason === null ? '' : textOf(reason) || code(reason);
      this.#fail(
        this.#error('BK_PORT_NOT_FOUND', say('http.notReached', { host, reason: why }), [
          say('http.checkPowerAndAddress'),
        ]).with(reason === null ? {} : { reason }),
      );
      return;
    }
    const text = hasBegun
      ? say('http.brokeOff', { host, path, got })
      : say('http.broughtNothing', { host, path });
    const error = this.#error(hasBegun ? 'BK_BAD_RESPONSE' : 'BK_NO_RESPONSE', text, [
      say('http.startAnew'),
    ]);
    this.#fail(reason === null ? error : error.with({ reason }));
  }

  #bad(fault: AnswerFault): BkError {
    const where = { host: named(this.#request), path: this.#path };
    const got = this.#reader.received;
    const help = [say('http.isItTheDevice')];
    switch (fault.kind) {
      case 'noHttp':
        return this.#error('BK_BAD_RESPONSE', say('http.noHttp', where), help);
      case 'badHead':
        return this.#error('BK_BAD_RESPONSE', say('http.badHead', where), help);
      case 'tooLong': {
        const text = say('http.tooLong', { ...where, most: this.#request.limit });
        return this.#error('BK_BAD_RESPONSE', text, help);
      }
      case 'tooShort': {
        const text = say('http.tooShort', { ...where, got, length: fault.length });
        return this.#error('BK_BAD_RESPONSE', text, [say('http.startAnew')]);
      }
    }
  }

  /** Something has happened: the time in which something must starts anew. */
  #happened(): void {
    if (this.#over) return;
    if (this.#idle !== null) this.#clock.clearTimeout(this.#idle);
    const { idleMs } = this.#request;
    this.#idle = this.#clock.setTimeout(() => this.#fail(this.#late(idleMs, false)), idleMs, {
      background: true,
    });
  }

  #late(ms: number, inAll: boolean): BkError {
    const host = named(this.#request);
    const [path, seconds] = [this.#path, ms / 1000];
    if (!this.#isConnected) {
      const reason = say('http.silentFor', { seconds });
      return this.#error('BK_PORT_NOT_FOUND', say('http.notReached', { host, reason }), [
        say('http.checkPowerAndAddress'),
      ]);
    }
    const got = this.#reader.received;
    const text = inAll
      ? say('http.tooSlow', { host, path, seconds })
      : this.#reader.hasHead
        ? say('http.stopped', { host, path, got })
        : say('http.noAnswer', { host, path, seconds });
    return this.#error('BK_NO_RESPONSE', text, [say('http.startAnew')]);
  }

  /** Without what was asked in it: a command may hold what is nobody's business. */
  get #path(): string {
    return this.#request.path.replace(/\?.*$/s, '');
  }

  #error(what: ErrorCode, text: Note, advice: Note[]): BkError {
    return new BkError(what, text, { advice });
  }

  #end(): void {
    const { status, body } = this.#reader;
    if (this.#settle()) this.#resolve({ status, body });
  }

  #fail(error: BkError): void {
    if (this.#settle()) this.#reject(error);
  }

  /** @returns false where it was over already */
  #settle(): boolean {
    if (this.#over) return false;
    this.#over = true;
    for (const timer of [this.#idle, this.#total]) {
      if (timer !== null) this.#clock.clearTimeout(timer);
    }
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    this.#socket?.destroy();
    return true;
  }
}

/** Where several addresses were tried in vain the error has no text, but a code. */
function code(reason: Error): string {
  return 'code' in reason ? String(reason.code) : reason.name;
}
