import type { Clock } from '../../clock';
import type { Phase } from '../../errors';
import type { Note } from '../../texts/note';
import { render } from '../../texts/render';

export type Operation = 'connect' | 'read' | 'write' | 'erase';

/** One report of how far a job is. Within a phase `done` never falls. */
export interface Progress {
  operation: Operation;
  phase: Phase;
  /** Bytes of this phase; for phases without bytes 0 of 0. */
  done: number;
  total: number;
  /** 0 to 100, whole. */
  percent: number;
  /** Of this phase; null until it can be told. */
  bytesPerSecond: number | null;
  etaSeconds: number | null;
  /** Flash address that is being worked on; null where there is none. */
  address: number | null;
  /** One sentence for a person; says what to do where the job waits for someone. */
  message: string;
  /** Code of that sentence, and what it was told. */
  code: string;
  params: Note['params'];
  /** True while the job cannot go on without a person's hand. */
  waitsForPerson: boolean;
}

export type ProgressListener = (progress: Progress) => void;

interface PhaseState {
  done: number;
  total: number;
  startedAt: number;
}

/** Turns what a job does into progress reports; phases may alternate, each with its own count. */
export class ProgressReporter {
  readonly #operation: Operation;
  readonly #clock: Clock;
  readonly #listener: ProgressListener | undefined;
  readonly #phases = new Map<Phase, PhaseState>();

  constructor(operation: Operation, clock: Clock, listener: ProgressListener | undefined) {
    this.#operation = operation;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Begins a phase of so many bytes; none begins without bytes, and one that has begun keeps its count. */
  begin(phase: Phase, total: number, message: Note): void {
    if (total === 0 || this.#phases.has(phase)) return;
    const state = { done: 0, total, startedAt: this.#clock.now() };
    this.#phases.set(phase, state);
    this.#emit(phase, state, null, message, false);
  }

  /** So many bytes of a phase are done, the last of them at `address`; a repair outside any phase counts for none. */
  advance(phase: Phase, bytes: number, address: number, message: Note): void {
    const state = this.#phases.get(phase);
    if (state === undefined) return;
    state.done = Math.min(state.total, state.done + bytes);
    this.#emit(phase, state, address, message, false);
  }

  /** A phase is over though not all of its bytes needed work. */
  end(phase: Phase, message: Note): void {
    const state = this.#phases.get(phase);
    if (state === undefined || state.done === state.total) return;
    state.done = state.total;
    this.#emit(phase, state, null, message, false);
  }

  /** Says what is going on in a phase that has no bytes. */
  say(phase: Phase, message: Note, waitsForPerson = false): void {
    const state = { done: 0, total: 0, startedAt: this.#clock.now() };
    this.#emit(phase, state, null, message, waitsForPerson);
  }

  #emit(
    phase: Phase,
    { done, total, startedAt }: PhaseState,
    address: number | null,
    note: Note,
    waitsForPerson: boolean,
  ): void {
    if (this.#listener === undefined) return;
    const seconds = (this.#clock.now() - startedAt) / 1000;
    const rate = done > 0 && seconds > 0 ? done / seconds : null;
    this.#listener({
      operation: this.#operation,
      phase,
      done,
      total,
      percent: total === 0 ? 0 : Math.floor((100 * done) / total),
      bytesPerSecond: rate === null ? null : Math.round(rate),
      etaSeconds: rate === null ? null : Math.ceil((total - done) / rate),
      address,
      message: render(note),
      code: note.code,
      params: note.params,
      waitsForPerson,
    });
  }
}
