import type { Clock, Random, Timer } from '../clock';
import type { CommandFrame } from './line/request-frames';
import type { Work } from './work';

/** Work under way: it takes the chip time and can be interrupted. */
interface Busy {
  work: Work;
  end: number;
  brownout: boolean;
  timer: Timer | undefined;
}

/** What of a chip's options tells how its processor works. */
export interface ProcessorHabits {
  /** Probability that work which can be interrupted is, by the chip's own supply. */
  brownout: number;
  /** It keeps what it hears while it works or talks; else that is lost. */
  ahead: boolean;
}

/** What the processor needs of the chip around it. Times are the clock's ms. */
export interface ProcessorSurroundings {
  /** Starts a command; null where the chip ignores it. */
  start(frame: CommandFrame, at: number): Work | null;
  /** Sends an answer; returns when its last byte will be out. */
  answer(bytes: Buffer, at: number): number;
  /** The chip restarts: on command, or because its supply gave way. */
  restart(at: number, brownout: boolean): void;
}

/** Takes commands one after the other, doing nothing else while it works or talks. */
export class Processor {
  readonly #around: ProcessorSurroundings;
  readonly #habits: ProcessorHabits;
  readonly #faults: Random;
  #clock: Clock;
  #queue: CommandFrame[] = [];
  #busy: Busy | null = null;
  #wake: Timer | undefined;
  #freeAt = Number.NEGATIVE_INFINITY;

  constructor(
    clock: Clock,
    habits: ProcessorHabits,
    faults: Random,
    around: ProcessorSurroundings,
  ) {
    this.#clock = clock;
    this.#habits = habits;
    this.#faults = faults;
    this.#around = around;
  }

  get idle(): boolean {
    return this.#busy === null && this.#queue.length === 0;
  }

  /** Until when the chip works or talks, as far as known. */
  get freeAt(): number {
    return this.#freeAt;
  }

  take(frames: readonly CommandFrame[]): void {
    for (const frame of frames) {
      if (this.#habits.ahead || !this.#engaged(frame.at)) this.#queue.push(frame);
    }
    this.#next();
  }

  /** Stops at once, in the middle of whatever it is. */
  stop(): void {
    this.#drop();
    const busy = this.#busy;
    this.#busy = null;
    if (busy === null) return;
    if (busy.timer !== undefined) this.#clock.clearTimeout(busy.timer);
    busy.work.interrupt?.();
  }

  /** Finishes what is under way now and forgets what waits: nobody is left to wait for it. */
  settle(): void {
    this.#drop();
    if (this.#busy === null) return;
    if (this.#busy.timer !== undefined) this.#clock.clearTimeout(this.#busy.timer);
    this.#end(this.#busy);
  }

  boot(at: number): void {
    this.#freeAt = at;
  }

  /** Only when settled: moves to a clock that shows so many ms more. */
  useClock(clock: Clock, shift: number): void {
    this.#clock = clock;
    this.#freeAt += shift;
  }

  #engaged(at: number): boolean {
    return !this.idle || at < this.#freeAt;
  }

  #drop(): void {
    this.#queue = [];
    if (this.#wake !== undefined) this.#clock.clearTimeout(this.#wake);
    this.#wake = undefined;
  }

  #next(): void {
    for (;;) {
      const [frame] = this.#queue;
      if (frame === undefined || this.#busy !== null || this.#wake !== undefined) return;
      const at = Math.max(frame.at, this.#freeAt);
      const wait = at - this.#clock.now();
      if (wait > 1e-6) {
        this.#wake = this.#clock.setTimeout(() => {
          this.#wake = undefined;
          this.#next();
        }, wait);
        return;
      }
      this.#queue.shift();
      const work = this.#around.start(frame, at);
      if (work !== null) this.#begin(work, at);
    }
  }

  #begin(work: Work, at: number): void {
    const brownout = work.interrupt !== undefined && this.#faults() < this.#habits.brownout;
    const end = at + (brownout ? work.ms / 2 : work.ms);
    const busy: Busy = { work, end, brownout, timer: undefined };
    this.#busy = busy;
    const wait = end - this.#clock.now();
    if (wait <= 0) {
      this.#end(busy);
      return;
    }
    busy.timer = this.#clock.setTimeout(() => {
      busy.timer = undefined;
      this.#end(busy);
      this.#next();
    }, wait);
  }

  #end(busy: Busy): void {
    const { work, end } = busy;
    if (busy.brownout) {
      this.stop();
      this.#around.restart(end, true);
      return;
    }
    this.#busy = null;
    work.finish?.();
    this.#freeAt = end;
    if (work.answer !== null) this.#freeAt = this.#around.answer(work.answer, end);
    if (work.reboots) this.#around.restart(end, false);
  }
}
