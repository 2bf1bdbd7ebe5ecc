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
/** Of what it has answered before it is waited for at least so long, ms: a network may stand still for a moment. */
const KNOWN_WAIT_MS = 1_500;
/** So often in a row one kind of request stays unanswered before its answers are not waited for any more. */
const UNANSWERED = 2;

export type ComPortRequest = keyof typeof REQUESTS;

/** Sends requests for a served serial port and waits for their answers, each for a limited time. */
export class ComPort {
  readonly #clock: Clock;
  readonly #send: (bytes: Buffer) => void;
  readonly #waiting = new Map<number, (value: Buffer | null) => void>();
  readonly #unanswered = new Map<ComPortRequest, number>();
  readonly #answered = new Set<ComPortRequest>();
  /** The longest time that an answer has taken, ms. */
  #slowest = 0;
  #resume: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(clock: Clock, send: (bytes: Buffer) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Resolves as soon as the server takes data. */
  get running(): Promise<void> {
    return this.#running;
  }

  /** How long an answer may be waited for, ms. */
  get patience(): number {
    return Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, PATIENCE * this.#slowest));
  }

  /** What one round trip took, ms. */
  took(ms: number): void {
    this.#slowest = Math.max(this.#slowest, ms);
  }

  /**
   * Sends one request. They go out in the order of the calls, and one of a kind is under way at a time.
   * @returns what the server says that it has set; null where it says nothing in time, as some never do
   */
  async request(kind: ComPortRequest, value: Buffer): Promise<Buffer | null> {
    const code = REQUESTS[kind];
    const unanswered = this.#unanswered.get(kind) ?? 0;
    const begun = this.#clock.now();
    const least = this.#answered.has(kind) ? KNOWN_WAIT_MS : 0;
    const patience = Math.max(least, this.patience);
    const answer =
      unanswered >= UNANSWERED ? Promise.resolve(null) : this.#answerTo(code, value, patience);
    this.#send(optionMessage(COM_PORT, Buffer.concat([Buffer.from([code]), value])));
    const answered = await answer;
    if (answered === null) this.#unanswered.set(kind, unanswered + 1);
    else {
      this.#unanswered.delete(kind);
      this.#answered.add(kind);
      this.took(this.#clock.now() - begun);
    }
    return answered;
  }

  /** A message of the server, without its frame. */
  take(message: Buffer): void {
    const code = message[0];
    if (code === undefined) return;
    if (code === ANSWER + SUSPEND || code === SUSPEND) this.#suspend();
    else if (code === ANSWER + RESUME || code === RESUME) this.#resume?.();
    else this.#waiting.get(code - ANSWER)?.(Buffer.from(message.subarray(1)));
  }

  /** Nobody answers any more. */
  end(): void {
    for (const settle of [...this.#waiting.values()]) settle(null);
    this.#resume?.();
  }

  /** An answer that says otherwise may be a late one, to an earlier request: it counts when no better one comes. */
  #answerTo(code: number, asked: Buffer, patience: number): Promise<Buffer | null> {
    return new Promise((resolve) => {
      let timer: Timer;
      let other: Buffer | null = null;
      const settle = (value: Buffer | null): void => {
        this.#clock.clearTimeout(timer);
        if (this.#waiting.get(code) === take) this.#waiting.delete(code);
        resolve(value);
      };
      const isQuestion = asked.every((byte) => byte === 0);
      const take = (value: Buffer | null): void => {
        const fits = value?.subarray(0, asked.length).equals(asked);
        if (value === null || isQuestion || fits) settle(value);
        else other = value;
      };
      this.#waiting.get(code)?.(null);
      this.#waiting.set(code, take);
      timer = this.#clock.setTimeout(() => settle(other), patience);
    });
  }

  #suspend(): void {
    if (this.#resume !== null) return;
    this.#running = new Promise((resolve) => {
      this.#resume = () => {
        this.#resume = null;
        resolve();
      };
    });
  }
}
