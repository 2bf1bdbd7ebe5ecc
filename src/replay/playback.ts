import { crc32 } from 'node:zlib';
import type { Timer } from '../clock';
import { BkError, type ErrorCode } from '../errors';
import { say } from '../texts/note';
import type { Stretch } from '../trace/record-lines';
import type { VirtualClock } from '../virtual-clock';
import { checksumsIn, FlashModel } from './flash-model';
import { type Act, differs, fits, type HostStep, isHostStep, isLinkCheck } from './host-acts';
import type { Script, Step } from './script';
import { noiseFrom, standInFor } from './stand-ins';

/** So much later than a timer was due a computer fires it, and a program does the next thing, ms. */
const LAG_MS = 2;
/** So much longer or shorter than in the record a chip may be called, ms: timers of a busy computer are so late. */
const SLACK_MS = 100;

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
  /** Those that are told, by their requests: now and then one is not, as it might be another one's late answer. */
  readonly #checksums: ReadonlyMap<string, Buffer>;
  #receiver: Receiver | null = null;
  /** The next step. */
  #at = 0;
  /** What of that step has not arrived yet, where a part has. */
  #rest: { bytes: Buffer; t: number } | null = null;
  /** What the clock shows at the record's beginning, at the earliest. */
  readonly #base: number;
  /** What has to be added to the record's times to get the clock's. */
  #offset: number;
  #timer: Timer | null = null;
  #draining: { resolve(): void; reject(reason: Error): void }[] = [];
  #failed: BkError | null = null;
  /** `away`: it cannot be opened, or went away by itself. */
  #port: 'closed' | 'open' | 'away' = 'closed';
  /** The latest link check, and what came of it. */
  #check: { t: number; answer: { bytes: Buffer; ms: number } | null } | null = null;

  constructor(script: Script, clock: VirtualClock) {
    this.#script = script;
    this.#clock = clock;
    this.#base = clock.now();
    this.#offset = this.#base;
    const chip = script.events.find((line) => line.kind === 'chip');
    this.#flash = new FlashModel(chip?.kind !== 'chip' || chip.family === 'full');
    this.#checksums = checksumsIn(script.steps);
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
  open(receiver: Receiver): { baud: number; rates: boolean } {
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
    return { baud: step.baud, rates: step.rates };
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
    if (act.kind === 'out') throw this.#asThen('BK_PORT_LOST');
    return taken;
  }

  #take(act: Act): HostStep | null {
    if (this.#failed !== null) throw this.#failed;
    const next = this.#nextHost();
    const found = this.#find(act, next);
    if (found === null) {
      if (this.#isOneMoreCheck(act, next)) return null;
      throw this.#fail(act, next);
    }
    // What came before that has come: the host was busy, or is faster than it was.
    while (this.#at < found) this.#pass();
    const step = this.#script.steps[found] as HostStep;
    this.#at = found + 1;
    this.#clock.skipTo(
      Math.min(step.t + this.#offset, Math.max(this.#clock.now(), step.t + this.#base)),
    );
    this.#offset = this.#clock.now() - step.t;
    if (isLinkCheck(step)) this.#check = { t: this.#clock.now(), answer: null };
    else if (step.kind === 'out') this.#check = null;
    return step;
  }

  /** The step that an act is: the next one, or one behind link checks that are not made now. */
  #find(act: Act, next: number): number | null {
    const { steps } = this.#script;
    const first = steps[next];
    for (let index = next; index < steps.length; index++) {
      const step = steps[index] as Step;
      if (!isHostStep(step)) continue;
      if (fits(step, act)) return index;
      if (this.#check === null || !isLinkCheck(step)) return null;
      if (step.t - (first?.t ?? 0) > SLACK_MS) return null;
    }
    return null;
  }

  /** Link checks of a chip that is being called are repeated a few times more: then they get what the last one got. */
  #isOneMoreCheck(act: Act, next: number): boolean {
    if (this.#check === null || !isLinkCheck(act)) return false;
    const step = this.#script.steps[next];
    if (step === undefined || this.#clock.now() > step.t + this.#offset + SLACK_MS) return false;
    const { answer } = this.#check;
    if (answer !== null) {
      this.#clock.setTimeout(() => this.#receiver?.received(answer.bytes), answer.ms);
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
    const { steps } = this.#script;
    let index = this.#at;
    while (index < steps.length && !isHostStep(steps[index] as Step)) index++;
    return index;
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
      if (due === null || due > this.#clock.now() + LAG_MS || !this.#isLastBefore) break;
      this.#clock.skipTo(due);
    }
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
    const then = due ?? step.t + this.#offset;
    if (then > at + LAG_MS) return at;
    if (due === null) return Math.max(at, then);
    // What came then came before anything that a timer brought about.
    this.#clock.skipTo(then);
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
    let bytes = this.#rest?.bytes ?? Buffer.concat(step.bytes.map((one) => this.#bytesOf(one)));
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
    if (this.#check !== null && this.#check.answer === null) {
      this.#check.answer = { bytes, ms: this.#clock.now() - this.#check.t };
    }
    this.#receiver?.received(bytes);
  }

  #bytesOf(stretch: Stretch): Buffer {
    if (typeof stretch === 'string' || stretch.of !== 'checksum') return standInFor([stretch]);
    const { checksum, asked } = this.#flash;
    if (stretch.wrong) return noiseFrom(stretch.n, crc32(asked));
    return checksum ?? this.#checksums.get(asked) ?? noiseFrom(stretch.n, ~crc32(asked));
  }

  #asThen(code: ErrorCode): BkError {
    const { file } = this.#script;
    return new BkError(code, say('replay.asThen', { file, code }), { phase: 'open' });
  }
}
