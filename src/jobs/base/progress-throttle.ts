import type { Clock } from '../../clock';
import type { LineCode } from '../../diagnosis/line-verdict';
import type { Phase } from '../../errors';
import type { Progress } from './progress';

/** Five a second is all that an editor and a flow can follow. */
const INTERVAL_MS = 200;

/**
 * Thins out the progress of one job, but always lets the first and the last report of a phase through,
 * also where phases alternate. It works from timestamps alone: there is no timer that could outlive the job.
 */
export class ProgressThrottle {
  readonly #clock: Clock;
  readonly #emit: (progress: Progress) => void;
  readonly #begun = new Set<Phase>();
  readonly #ended = new Set<Phase>();
  /** The latest report of each phase that was held back. */
  readonly #held = new Map<Phase, Progress>();
  #waited = false;
  #line: LineCode | undefined;
  #emittedAt = Number.NEGATIVE_INFINITY;
  /** What was last said of the whole job. */
  #overall: Pick<Progress, 'overallPercent' | 'overallEtaSeconds'> = {
    overallPercent: 0,
    overallEtaSeconds: null,
  };

  constructor(clock: Clock, emit: (progress: Progress) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  report(progress: Progress): void {
    const { phase, done, total, waitsForPerson, line } = progress;
    const isFirst = !this.#begun.has(phase);
    const isLast = total > 0 && done === total && !this.#ended.has(phase);
    // What a person has to do must not wait: no later report may come while the job waits for them.
    const isCall = waitsForPerson && (!this.#waited || line?.code !== this.#line);
    this.#waited = waitsForPerson;
    this.#line = line?.code;
    // What began before may be over now: its latest report was its last.
    if (isFirst) this.flush();
    this.#begun.add(phase);
    if (isLast) this.#ended.add(phase);
    const isDue = this.#clock.now() - this.#emittedAt >= INTERVAL_MS;
    if (isFirst || isLast || isCall || isDue) this.#send(progress);
    else this.#held.set(phase, progress);
  }

  /** Sends what was held back: the last of each phase. To be called when the job ends. */
  flush(): void {
    for (const progress of [...this.#held.values()]) {
      // Of its phase a report that was held back is news, of the whole job it may be old.
      const isOld = progress.overallPercent < this.#overall.overallPercent;
      this.#send(isOld ? { ...progress, ...this.#overall } : progress);
    }
  }

  #send(progress: Progress): void {
    this.#held.delete(progress.phase);
    this.#emittedAt = this.#clock.now();
    const { overallPercent, overallEtaSeconds } = progress;
    this.#overall = { overallPercent, overallEtaSeconds };
    this.#emit(progress);
  }
}
