import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { type Clock, systemClock, type Timer } from '../clock';
import { textOf } from '../errors';

/** How long nothing may arrive, and how long one answer may take, ms. */
const SILENCE_MS = 20_000;
const ANSWER_MS = 300_000;

/** What is sent, besides the address: no name, no key, nothing of any chip. */
export interface WebRequest {
  url: URL;
  /** What kind of answer is wanted, as HTTP has it. */
  accept: string;
  /** An answer that is longer is broken off, bytes. */
  most: number;
  signal?: AbortSignal | undefined;
}

export interface WebAnswer {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty where the status is not 200. */
  body: Buffer;
}

/** Fetches what a person has asked for; follows no redirect. Tests have one of their own. */
export interface Web {
  /** @throws WebFailure */
  get(request: WebRequest): Promise<WebAnswer>;
}

/**
 * Why there is no whole answer: nobody answered; the answer broke off or took too long (`of` is how many bytes were
 * announced, null where that was not told); it is longer than was asked for; somebody has cancelled.
 */
export type WebFault =
  | { kind: 'unreachable'; why: string }
  | { kind: 'silent'; seconds: number }
  | { kind: 'broken'; got: number; of: number | null }
  | { kind: 'tooLong'; most: number }
  | { kind: 'cancelled' };

export class WebFailure extends Error {
  readonly fault: WebFault;

  constructor(fault: WebFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** Over Node.js's own HTTP and HTTPS; the certificates of servers are checked as Node.js does. */
export class SystemWeb implements Web {
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  get(wanted: WebRequest): Promise<WebAnswer> {
    return new Promise((resolve, reject) => {
      if (wanted.signal?.aborted) {
        reject(new WebFailure({ kind: 'cancelled' }));
        return;
      }
      new Fetching(this.#clock, wanted, resolve, reject).begin();
    });
  }
}

/** One request on its way. */
class Fetching {
  readonly #clock: Clock;
  readonly #wanted: WebRequest;
  readonly #resolve: (answer: WebAnswer) => void;
  readonly #reject: (failure: WebFailure) => void;
  readonly #chunks: Buffer[] = [];
  readonly #onAbort = (): void => this.#fail({ kind: 'cancelled' });
  #got = 0;
  #announced: number | null = null;
  #answering = false;
  #over = false;
  #silence: Timer | null = null;
  #whole: Timer | null = null;
  #destroy: () => void = () => {};

  constructor(
    clock: Clock,
    wanted: WebRequest,
    resolve: (answer: WebAnswer) => void,
    reject: (failure: WebFailure) => void,
  ) {
    this.#clock = clock;
    this.#wanted = wanted;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    const { url, accept, signal } = this.#wanted;
    const send = url.protocol === 'https:' ? overHttps : overHttp;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#whole = this.#clock.setTimeout(
      () => this.#fail({ kind: 'silent', seconds: ANSWER_MS / 1000 }),
      ANSWER_MS,
      { background: true },
    );
    this.#heard();
    const request = send(url, {
      agent: false,
      headers: { accept, 'accept-encoding': 'identity', 'user-agent': 'node-red-contrib-bk72xx' },
    });
    this.#destroy = () => request.destroy();
    request.on('response', (response) => this.#take(response));
    request.on('error', (error) => this.#broke(error));
    request.end();
  }

  #take(response: IncomingMessage): void {
    this.#heard();
    this.#answering = true;
    const { statusCode: status = 0, headers } = response;
    const { most } = this.#wanted;
    if (status !== 200) {
      this.#end({ status, headers, body: Buffer.alloc(0) });
      return;
    }
    const length = Number(headers['content-length'] ?? Number.NaN);
    this.#announced = Number.isSafeInteger(length) ? length : null;
    if (this.#announced !== null && this.#announced > most) {
      this.#fail({ kind: 'tooLong', most });
      return;
    }
    response.on('data', (chunk: Buffer) => {
      this.#heard();
      this.#got += chunk.length;
      if (this.#got > most) this.#fail({ kind: 'tooLong', most });
      else this.#chunks.push(chunk);
    });
    response.on('error', (error) => this.#broke(error));
    response.on('end', () => {
      if (response.complete) this.#end({ status, headers, body: Buffer.concat(this.#chunks) });
      else this.#broke(new Error('aborted'));
    });
  }

  /** Something has arrived: the time in which something must starts anew. */
  #heard(): void {
    if (this.#over) return;
    if (this.#silence !== null) this.#clock.clearTimeout(this.#silence);
    this.#silence = this.#clock.setTimeout(
      () => this.#fail({ kind: 'silent', seconds: SILENCE_MS / 1000 }),
      SILENCE_MS,
      { background: true },
    );
  }

  #broke(error: Error): void {
    if (this.#answering) this.#fail({ kind: 'broken', got: this.#got, of: this.#announced });
    else this.#fail({ kind: 'unreachable', why: reasonOf(error) });
  }

  #end(answer: WebAnswer): void {
    if (this.#settle()) this.#resolve(answer);
  }

  #fail(fault: WebFault): void {
    if (this.#settle()) this.#reject(new WebFailure(fault));
  }

  /** @returns false where it was over already */
  #settle(): boolean {
    if (this.#over) return false;
    this.#over = true;
    for (const timer of [this.#silence, this.#whole]) {
      if (timer !== null) this.#clock.clearTimeout(timer);
    }
    this.#wanted.signal?.removeEventListener('abort', this.#onAbort);
    this.#destroy();
    return true;
  }
}

/** Where several addresses were tried in vain the error has no text, but a code. */
function reasonOf(error: Error): string {
  const text = textOf(error);
  return text === '' && 'code' in error ? String(error.code) : text;
}
