import type { Clock } from '../../clock';
import type { LineVerdict } from '../../diagnosis/line-verdict';
import type { Phase } from '../../errors';
import { type Note, say } from '../../texts/note';
import { render } from '../../texts/render';
import { cleanNote } from '../../trace/clean-words';
import type { Decisions } from '../../trace/recorder';
import { JobEstimate } from './job-estimate';

export type Operation = 'connect' | 'read' | 'write' | 'erase' | 'examine' | 'listen';

/** One report of how far a job is. Within a phase `done` never falls, and `overallPercent` never does. */
export interface Progress {
  /** One sentence for a person; says what to do where the job waits for someone. */
  message: string;
  operation: Operation | 'inspect';
  phase: Phase;
  /** Bytes of this phase; for phases without bytes 0 of 0. */
  done: number;
  total: number;
  /** 0 to 100, whole. */
  percent: number;
  /** Of this phase; null until it can be told. */
  bytesPerSecond: number | null;
  etaSeconds: number | null;
  /**
   * Of the whole job, its phases weighted by the seconds that they are planned to take: 0 to 99, whole, and 100 in
   * the last report of a job that has succeeded.
   */
  overallPercent: number;
  /** Seconds left for the whole job; null until its first phase with bytes has begun. */
  overallEtaSeconds: number | null;
  /** Flash address that is being worked on; null where there is none. */
  address: number | null;
  /** The device's name, or its port where it has none. */
  device: string;
  port: string;
  /** `aa:bb:cc:dd:ee:ff`; null until the job has come to know it, if it has to. */
  mac: string | null;
  /** Code of the message, and what it was told. */
  code: string;
  params: Note['params'];
  /** True while the job cannot go on without a person's hand. */
  waitsForPerson: boolean;
  /** What the line carries, where the message is about that: while a chip is called that does not answer. */
  line?: LineVerdict;
}

export type ProgressListener = (progress: Progress) => void;

/** What each report says of the job itself. */
export interface JobSubject {
  operation: Operation | 'inspect';
  device: string;
  port: string;
}

interface PhaseState {
  done: number;
  total: number;
  startedAt: number;
}

/** Turns what a job does into progress reports; phases may alternate, each with its own count. */
export class ProgressReporter {
  readonly #subject: JobSubject;
  readonly #clock: Clock;
  readonly #listener: ProgressListener | undefined;
  readonly #decisions: Decisions | undefined;
  readonly #phases = new Map<Phase, PhaseState>();
  readonly #estimate = new JobEstimate();
  /** The phase with bytes that was told of last. */
  #latest: Phase | null = null;
  /** Since when work is going on that no phase has been told of; null while it waits for a person. */
  #since: number | null = null;
  #isOver = false;
  #mac: string | null = null;
  #line: LineVerdict | null = null;
  #lookUpMac: () => string | null = () => null;

  constructor(
    subject: JobSubject,
    clock: Clock,
    listener: ProgressListener | undefined,
    decisions?: Decisions,
  ) {
    this.#subject = subject;
    this.#clock = clock;
    this.#listener = listener;
    this.#decisions = decisions;
  }

  /** What the line carries, as it was said last; null where it was not. */
  get line(): LineVerdict | null {
    return this.#line;
  }

  /** From now on reports name the chip. @param known its MAC as far as it is known; must not ask the chip */
  nameChip(known: () => string | null): void {
    this.#lookUpMac = known;
  }

  /** A phase that is to come, or is under way, is planned to take so many seconds from here on. */
  expect(phase: Phase, seconds: number): void {
    this.#estimate.expect(phase, seconds);
  }

  /** A phase that is under way turns out to take so many seconds more. */
  expectMore(phase: Phase, seconds: number): void {
    this.#estimate.expect(phase, this.#estimate.leftOf(phase) + seconds);
  }

  /**
   * Begins a phase of so many bytes; none begins without bytes, and one that has begun keeps its count.
   * @param seconds that it is planned to take
   */
  begin(phase: Phase, total: number, seconds: number, message: Note): void {
    if (this.#phases.has(phase)) return;
    this.#estimate.expect(phase, total === 0 ? 0 : seconds);
    if (total === 0) return;
    const state = { done: 0, total, startedAt: this.#clock.now() };
    this.#phases.set(phase, state);
    this.#decisions?.decide({ kind: 'phase', phase, text: cleanNote(message) });
    this.#since ??= state.startedAt;
    this.#emit(phase, state, null, message, false);
  }

  /**
   * So many bytes of a phase are done, the last of them at `address`; a repair outside any phase counts for none.
   * @param seconds that they were planned to take; by default as long as all other bytes of the phase
   */
  advance(
    phase: Phase,
    bytes: number,
    address: number | null,
    message: Note,
    seconds?: number,
  ): void {
    const state = this.#phases.get(phase);
    if (state === undefined) return;
    this.#count(phase, state, bytes, seconds);
    this.#emit(phase, state, address, message, false);
  }

  /** A phase is over though not all of its bytes needed work. */
  end(phase: Phase, message: Note): void {
    const state = this.#phases.get(phase);
    if (state === undefined || state.done === state.total) return;
    this.#count(phase, state, state.total - state.done);
    this.#emit(phase, state, null, message, false);
  }

  /** Says what is going on in a phase that has no bytes. */
  say(phase: Phase, message: Note, waitsForPerson = false, line: LineVerdict | null = null): void {
    this.#line = line;
    // How long a person takes says nothing of how long the rest of the work will.
    if (waitsForPerson) this.#since = null;
    const waits = waitsForPerson ? { waits: true as const } : {};
    this.#decisions?.decide({ kind: 'phase', phase, text: cleanNote(message), ...waits });
    const state = { done: 0, total: 0, startedAt: this.#clock.now() };
    this.#emit(phase, state, null, message, waitsForPerson, line);
  }

  /** The job has succeeded: its last phase is told once more. */
  finish(): void {
    this.#isOver = true;
    const state = this.#latest === null ? undefined : this.#phases.get(this.#latest);
    if (this.#latest === null || state === undefined) return;
    this.#emit(this.#latest, state, null, say('job.done'), false);
  }

  #count(phase: Phase, state: PhaseState, bytes: number, seconds?: number): void {
    const now = this.#clock.now();
    const took = this.#since === null ? 0 : (now - this.#since) / 1000;
    this.#since = now;
    const left = state.total - state.done;
    const counted = Math.min(left, bytes);
    const rest = this.#estimate.leftOf(phase);
    const planned = counted === left ? rest : (seconds ?? (rest * counted) / left);
    this.#estimate.spend(phase, planned, took);
    state.done += counted;
  }

  #emit(
    phase: Phase,
    { done, total, startedAt }: PhaseState,
    address: number | null,
    note: Note,
    waitsForPerson: boolean,
    line: LineVerdict | null = null,
  ): void {
    if (total > 0) this.#latest = phase;
    if (this.#listener === undefined) return;
    const seconds = (this.#clock.now() - startedAt) / 1000;
    const rate = done > 0 && seconds > 0 ? done / seconds : null;
    this.#listener({
      message: render(note),
      ...this.#subject,
      phase,
      done,
      total,
      percent: total === 0 ? 0 : Math.floor((100 * done) / total),
      bytesPerSecond: rate === null ? null : Math.round(rate),
      etaSeconds: rate === null ? null : Math.ceil((total - done) / rate),
      overallPercent: this.#isOver ? 100 : this.#estimate.percent,
      overallEtaSeconds: this.#secondsLeft(),
      address,
      mac: this.#knownMac(),
      code: note.code,
      params: note.params,
      waitsForPerson,
      ...(line === null ? {} : { line }),
    });
  }

  #secondsLeft(): number | null {
    if (this.#isOver) return 0;
    const left = this.#phases.size === 0 ? null : this.#estimate.secondsLeft;
    return left === null ? null : Math.ceil(left);
  }

  /** A job that rewrites the calibration forgets it; who looks on does not. */
  #knownMac(): string | null {
    this.#mac = this.#lookUpMac() ?? this.#mac;
    return this.#mac;
  }
}
