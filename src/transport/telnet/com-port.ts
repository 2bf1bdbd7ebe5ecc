import type { Clock, Timer } from '../../clock';
import { COM_PORT, optionMessage } from './telnet';

/** Requests of a client by number; a server's answers are 100 above. Source: RFC 2217. */
const REQUESTS = {
  baudRate: 1,
  dataSize: 2,
  parity: 3,
  stopSize: 4,
  control: 5,
  lineStateMask: 10,
  modemStateMask: 11,
  purge: 12,
} as const;
const ANSWER = 100;
/** Of the server alone: the client is to stop sending, or may go on. */
const SUSPEND = 8;
const RESUME = 9;

/** Values of `control`. */
export const CONTROL = {
  noFlowControl: 1,
  dtr: { on: 8, off: 9 },
  rts: { on: 11, off: 12 },
} as const;
/** 8N1, and nothing told that nobody asks for. */
export const DATA_BITS_8 = 8;
export const PARITY_NONE = 1;
export const STOP_BITS_1 = 1;
/** Both directions of `purge`. */
export const PURGE_BOTH = 3;

/** How long an answer is waited for at least, ms: a server that gives none is gone on with. */
const LEAST_WAIT_MS = 300;
/** The same as a multiple of the longest answer so far: networks differ by more than that. */
const PATIENCE = 4;
const MOST_WAIT_MS = 3_000;
/** So many questions in a row stay unanswered before no answers are waited for any more. */
const UNANSWERED = 2;

/** A server that has asked to stop and says nothing more is written to again, ms: a job must not hang on it. */
const MOST_SUSPENDED_MS = 10_000;

/** In place of a rate: it is only told. */
export const ASK = 0;

export type ComPortRequest = keyof typeof REQUESTS;

/**
 * Sends requests for a served serial port. Only answers about the rate are waited for: all servers that were tried give
 * them, and carry out in their order what came before. Of modem lines some tell nothing, and some something else.
 */
export class ComPort {
  readonly #clock: Clock;
  readonly #send: (bytes: Buffer) => void;
  #take: ((answer: Buffer | null) => void) | null = null;
  /** Questions in a row that were not answered. */
  #unanswered = 0;
  /** Answers that were not waited for long enough, and may still come. */
  #owed = 0;
  #hasAnswered = false;
  /** The longest time that an answer has taken, ms. */
  #slowest = 0;
  #resume: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(clock: Clock, send: (bytes: Buffer) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Resolves as soon as the server takes data, or has asked for too long a time that it be given none. */
  get running(): Promise<void> {
    return this.#running;
  }

  /** Whether this server is one that answers: where it does not any more, something has happened to it. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** How long an answer may be waited for, ms. */
  get patience(): number {
    return Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, PATIENCE * this.#slowest));
  }

  /** What one round trip took, ms. */
  took(ms: number): void {
    this.#slowest = Math.max(this.#slowest, ms);
  }

  /** Sends a request and waits for nothing: once a later question is answered, it is carried out. */
  tell(kind: ComPortRequest, value: Buffer | number): void {
    const bytes = typeof value === 'number' ? [value] : value;
    this.#send(optionMessage(COM_PORT, Buffer.from([REQUESTS[kind], ...bytes])));
  }

  /** Asks for an answer that nobody waits for. */
  ask(): void {
    this.#owed++;
    this.tell('baudRate', Buffer.alloc(4));
  }

  /**
   * Has the port set to a rate, and waits until the server says which one it has; `ASK` changes nothing. One at a time.
   * @returns bits per second; null where the server says nothing in time, as some never do
   */
  async rate(baudRate: number): Promise<number | null> {
    this.#take?.(null);
    const begun = this.#clock.now();
    const value = Buffer.alloc(4);
    value.writeUInt32BE(baudRate);
    // A rate takes its time on a server that says nothing, too.
    const isMute = baudRate === ASK && this.#unanswered >= UNANSWERED && !this.#hasAnswered;
    const answer = isMute ? Promise.resolve(null) : this.#answerTo(value, begun);
    this.tell('baudRate', value);
    return answer;
  }

  /** A message of the server, without its frame. */
  take(message: Buffer): void {
    const code = message[0];
    if (code === undefined) return;
    if (code === ANSWER + SUSPEND || code === SUSPEND) this.#suspend();
    else if (code === ANSWER + RESUME || code === RESUME) this.#resume?.();
    // Some append bytes of their own.
    else if (code === ANSWER + REQUESTS.baudRate && message.length >= 5)
      this.#answered(Buffer.from(message.subarray(1, 5)));
  }

  /** Nobody answers any more. */
  end(): void {
    this.#take?.(null);
    this.#resume?.();
  }

  #answered(answer: Buffer): void {
    this.#unanswered = 0;
    this.#hasAnswered = true;
    if (this.#take !== null) this.#take(answer);
    else if (this.#owed > 0) this.#owed--;
  }

  /** Where answers are owed, one that says otherwise may be a late one: it counts when no better one comes. */
  #answerTo(asked: Buffer, begun: number): Promise<number | null> {
    return new Promise((resolve) => {
      let other: Buffer | null = null;
      const settle = (answer: Buffer | null): void => {
        this.#clock.clearTimeout(timer);
        this.#take = null;
        resolve(answer?.readUInt32BE(0) ?? null);
      };
      const timer = this.#clock.setTimeout(() => {
        this.#owed++;
        if (other === null) this.#unanswered++;
        settle(other);
      }, this.patience);
      this.#take = (answer) => {
        if (answer === null) return settle(null);
        this.took(this.#clock.now() - begun);
        const mayBeLate = this.#owed > 0 && !answer.equals(asked);
        if (!mayBeLate) {
          this.#owed = 0;
          return settle(answer);
        }
        this.#owed--;
        other = answer;
      };
    });
  }

  #suspend(): void {
    if (this.#resume !== null) return;
    this.#running = new Promise((resolve) => {
      this.#resume = () => {
        this.#clock.clearTimeout(timer);
        this.#resume = null;
        resolve();
      };
    });
    const timer: Timer = this.#clock.setTimeout(() => this.#resume?.(), MOST_SUSPENDED_MS);
  }
}
