import type { Timer } from '../clock';
import { BkError, type ErrorCode } from '../errors';
import { say } from '../texts/note';
import type { OpenLine } from '../trace/record-lines';
import type { VirtualClock } from '../virtual-clock';
import { FlashModel } from './flash-model';
import { type Act, differs, fits, type HostStep, isHostStep, nextHostStep } from './host-acts';
import { LatestProbe, probeOf, SLACK_MS, stepOf } from './probes';
import type { Script, Step } from './script';

/** So much later than a timer was due a computer fires it, and a program does the next thing, ms. */
const LAG_MS = 2;
/** So long a computer may stand still before it fires a timer that is due, ms. */
const STALL_MS = 500;

/** Who is at the host's end of a line. */
export interface Receiver {
  received(bytes: Buffer): void;
  lost(reason: Error): void;
}

/**
 * Plays what a port did according to a record, while an engine does on the clock what it did then. What it does is
 * compared; what the port did then comes as much later as it came then. Where the host was slower or faster than it
 * is now, the clock follows the record.
 */
export class Playback {
  readonly #script: Script;
  readonly #clock: VirtualClock;
  readonly #flash: FlashModel;
  #receiver: Receiver | null = null;
  /** The next step. */
  #at = 0;
  /** What of that step has not arrived yet, where a part has. */
  #rest: { bytes: Buffer; t: number } | null = null;
  /** What arrives in this moment. */
  readonly #arrived: Buffer[] = [];
  /** What the clock shows at the record's beginning, at the earliest. */
  readonly #base: number;
  /** What has to be added to the record's times to get the clock's. */
  #offset: number;
  #timer: Timer | null = null;
  #draining: { resolve(): void; reject(reason: Error): void }[] = [];
  #failed: BkError | null = null;
  /** `away`: it cannot be opened, or went away by itself. */
  #port: 'closed' | 'open' | 'away' = 'closed';
  /** The latest thing that was written, where it is one. */
  #probe: LatestProbe | null = null;

  constructor(script: Script, clock: VirtualClock) {
    this.#script = script;
    this.#clock = clock;
    this.#base = clock.now();
    this.#offset = this.#base;
    this.#flash = new FlashModel(script);
  }

  /** Of the record. */
  get file(): string {
    return this.#script.file;
  }

  /** What was known of rates before the link began. */
  get rates(): { proved: number | null; failed: readonly number[] } {
    const line = this.#script.events.find(({ kind }) => kind === 'rates');
    return line?.kind === 'rates' ? line : { proved: null, failed: [] };
  }

  /** Whether the port is away. */
  get isAway(): boolean {
    return this.#port === 'away';
  }

  /** @throws BkError as it was opened then, or BK_REPLAY */
  open(receiver: Receiver): Pick<OpenLine, 'baud' | 'rates' | 'way'> {
    // Nobody opened it any more then: it did not come back.
    const isGone = this.isAway && this.#script.steps[this.#nextHost()]?.kind !== 'open';
    if (isGone) throw this.#asThen('BK_PORT_LOST');
    const step = this.#take({ kind: 'open' });
    if (step?.kind !== 'open') throw this.#failed as BkError;
    if (step.error !== undefined) {
      this.#port = 'away';
      throw this.#asThen(step.error);
    }
    this.#port = 'open';
    this.#receiver = receiver;
    this.#clock.onDue = (at) => this.#onDue(at);
    this.#schedule();
    return step;
  }

  /** The host does something. @throws BkError as it came out then, or BK_REPLAY */
  act(act: Act): HostStep | null {
    const step = this.#port === 'away' ? this.#takeInVain(act) : this.#take(act);
    if (act.kind === 'out') this.#flash.sent(act.bytes);
    this.#schedule();
    if (step?.kind === 'baud' && step.error !== undefined) {
      throw this.#asThen(step.error ?? 'BK_PORT_LOST');
    }
    return step;
  }

  /** Resolves when what was written has left, as it did then. @throws BkError BK_PORT_LOST when the port goes before */
  drained(): Promise<void> {
    const ahead = this.#script.steps.slice(this.#at, this.#nextHost());
    const isWorthWaiting = ahead.some(({ kind }) => kind === 'drained' || kind === 'lost');
    if (!isWorthWaiting) return Promise.resolve();
    return new Promise((resolve, reject) => this.#draining.push({ resolve, reject }));
  }

  /** The host closes the port: nothing comes any more. */
  close(): void {
    this.#receiver = null;
    this.#stop();
    if (this.#port === 'open') this.#port = 'closed';
    const next = this.#nextHost();
    if (this.#script.steps[next]?.kind === 'close') {
      this.#at = next + 1;
      this.#rest = null;
    }
    this.#clock.onDue = null;
  }

  /** On a port that is away everything fails, as it did then. */
  #takeInVain(act: Act): HostStep | null {
    const step = this.#script.steps[this.#nextHost()];
    const asThen = step !== undefined && isHostStep(step) && fits(step, act);
    const taken = asThen ? this.#take(act) : null;
    const isInVain = act.kind === 'out' || (act.kind === 'baud' && taken === null);
    if (isInVain) throw this.#asThen('BK_PORT_LOST');
    return taken;
  }

  #take(act: Act): HostStep | null {
    if (this.#failed !== null) throw this.#failed;
    const next = this.#nextHost();
    const found = stepOf(act, this.#script.steps, next, this.#probe);
    if (found === null) {
      if (this.#isOneMoreProbe(act, next)) return null;
      throw this.#fail(act, next);
    }
    // What came before that has come: the host was busy, or is faster than it was.
    this.#passTo(found);
    const step = this.#script.steps[found] as HostStep;
    this.#at = found + 1;
    this.#clock.skipTo(
      Math.min(step.t + this.#offset, Math.max(this.#clock.now(), step.t + this.#base)),
    );
    this.#offset = this.#clock.now() - step.t;
    if (step.kind === 'out') {
      const kind = probeOf(step);
      this.#probe = kind === null ? null : new LatestProbe(kind, this.#clock.now());
    }
    return step;
  }

  /** All up to a step is over; what answered probes that are not made now does not come. */
  #passTo(end: number): void {
    const first = this.#nextHost();
    while (this.#at < end) {
      if (this.#at < first) this.#pass();
      else this.#at++;
    }
    if (first < end) this.#rest = null;
    this.#deliver();
  }

  /** A probe is made once more than then: it gets what the last one got, or what it would have got. */
  #isOneMoreProbe(act: Act, next: number): boolean {
    if (this.#probe === null || probeOf(act) !== this.#probe.kind) return false;
    const step = this.#script.steps[next];
    if (step === undefined || this.#clock.now() > step.t + this.#offset + SLACK_MS) return false;
    const { kind, answer } = this.#probe;
    if (act.kind === 'out') this.#flash.sent(act.bytes);
    const bytes = kind === 'link' ? answer?.bytes : this.#flash.checksumAnswer;
    if (kind === 'rate' && !bytes) return false;
    if (answer !== null && bytes) {
      this.#clock.setTimeout(() => this.#receiver?.received(bytes), answer.ms);
    }
    return true;
  }

  #fail(act: Act, next: number): BkError {
    const step = (this.#script.steps[next] as HostStep | undefined) ?? null;
    const t = this.#clock.now() - this.#offset;
    this.#failed = differs({ file: this.#script.file, step, t, act });
    this.#stop();
    return this.#failed;
  }

  /** Where the next thing stands that the host did. */
  #nextHost(): number {
    return nextHostStep(this.#script.steps, this.#at);
  }

  #stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    for (const { resolve } of this.#draining.splice(0)) resolve();
  }

  /** The next thing that the port did comes in its time. */
  #schedule(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    const due = this.#due;
    if (due === null) return;
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#timer = null;
        this.#happen();
      },
      Math.max(0, due - this.#clock.now()),
    );
  }

  /** When the next step happens by itself, by the clock; null where it is the host's. */
  get #due(): number | null {
    const step = this.#script.steps[this.#at];
    if (step === undefined || isHostStep(step) || this.#receiver === null) return null;
    return (this.#rest?.t ?? step.t) + this.#offset;
  }

  /**
   * The next thing happens that the port did, and what follows so soon that the host did nothing in between; then the
   * clock shows when the host did something, so that it finds the time that it found then.
   */
  #happen(): void {
    for (;;) {
      this.#pass();
      const due = this.#due;
      const now = this.#clock.now();
      const follows = due !== null && due <= now + LAG_MS && this.#isLastBefore;
      if (due === null || (due > now && !follows)) break;
      this.#clock.skipTo(due);
    }
    this.#deliver();
    this.#catchUp();
    this.#schedule();
  }

  /** Whether all that the port did before the host's next act follows within a moment. */
  get #isLastBefore(): boolean {
    const next = this.#nextHost();
    const last = this.#script.steps[next - 1];
    const end = last?.kind === 'in' ? (last.until ?? last.t) : last?.t;
    return (
      next < this.#script.steps.length && (end ?? 0) + this.#offset <= this.#clock.now() + LAG_MS
    );
  }

  #catchUp(): void {
    const step = this.#script.steps[this.#at];
    if (step === undefined || !isHostStep(step)) return;
    const then = step.t + this.#offset;
    if (then <= this.#clock.now() + LAG_MS) this.#clock.skipTo(then);
  }

  /** A timer is about to fire: it may have been later then. */
  #onDue(at: number): number {
    const step = this.#script.steps[this.#at];
    if (step === undefined || this.#failed !== null || this.#receiver === null) return at;
    const due = this.#due;
    if (due === null) {
      const then = step.t + this.#offset;
      return then > at + LAG_MS ? at : Math.max(at, then);
    }
    if (due > at + STALL_MS) return at;
    // A timer that had brought something about would have done so before this came.
    this.#clock.skipTo(due);
    this.#happen();
    return Math.max(at, this.#clock.now());
  }

  /** One step is over. */
  #pass(): void {
    const step = this.#script.steps[this.#at] as Step;
    if (step.kind === 'in') {
      this.#arrive(step);
      return;
    }
    this.#at++;
    this.#deliver();
    if (step.kind === 'drained') this.#draining.shift()?.resolve();
    if (step.kind !== 'lost') return;
    this.#port = 'away';
    const gone = this.#asThen('BK_PORT_LOST');
    for (const { reject } of this.#draining.splice(0)) reject(gone);
    this.#receiver?.lost(step.error === null ? new Error(gone.message) : this.#asThen(step.error));
  }

  /** Bytes arrive: what came in pieces comes in two. */
  #arrive(step: Extract<Step, { kind: 'in' }>): void {
    const { until } = step;
    let bytes =
      this.#rest?.bytes ?? Buffer.concat(step.bytes.map((one) => this.#flash.bytesOf(one)));
    if (this.#rest === null && until !== undefined && bytes.length > 1) {
      const half = bytes.length >> 1;
      this.#rest = { bytes: bytes.subarray(half), t: until };
      this.#flash.arrived(bytes);
      bytes = bytes.subarray(0, half);
    } else {
      if (this.#rest === null) this.#flash.arrived(bytes);
      this.#rest = null;
      this.#at++;
    }
    this.#probe?.arrived(bytes, this.#clock.now());
    this.#arrived.push(bytes);
  }

  /** What arrives in one moment comes in one piece: the host has no time to do something with the first of it. */
  #deliver(): void {
    const bytes = Buffer.concat(this.#arrived.splice(0));
    if (bytes.length > 0) this.#receiver?.received(bytes);
  }

  #asThen(code: ErrorCode): BkError {
    const { file } = this.#script;
    return new BkError(code, say('replay.asThen', { file, code }), { phase: 'open' });
  }
}
