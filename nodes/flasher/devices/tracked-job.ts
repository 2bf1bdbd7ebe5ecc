import type { BkError, Clock, JobResult, Note, Progress, WatchedJob } from '../../../src';
import type { EndedJob, RunningJob } from '../messages';
import { shownError, shownNote, shownResult } from '../shown';

/** One job of a device, from its asking to its end. */
export class TrackedJob {
  readonly id: string;
  readonly by: RunningJob['by'];
  readonly #clock: Clock;
  readonly #watched: WatchedJob;
  readonly #warnings: Note[] = [];
  #startedAt: number | null = null;
  #progress: Progress | null = null;
  #recoveries = 0;

  constructor(id: string, by: RunningJob['by'], watched: WatchedJob, clock: Clock) {
    this.id = id;
    this.by = by;
    this.#watched = watched;
    this.#clock = clock;
  }

  get operation(): WatchedJob['operation'] {
    return this.#watched.operation;
  }

  /** Whether it has the port's turn. */
  get isStarted(): boolean {
    return this.#startedAt !== null;
  }

  start(): void {
    this.#startedAt = this.#clock.now();
  }

  cancel(): void {
    this.#watched.cancel();
  }

  report(progress: Progress): void {
    this.#progress = progress;
  }

  warn(text: Note): void {
    this.#warnings.push(text);
  }

  recovered(): void {
    this.#recoveries++;
  }

  /** Null until it has said what it does. */
  get running(): RunningJob | null {
    if (this.#progress === null) return null;
    const { phase, overallPercent, bytesPerSecond, overallEtaSeconds } = this.#progress;
    const { code, params, waitsForPerson, line } = this.#progress;
    return {
      id: this.id,
      operation: this.operation,
      by: this.by,
      phase,
      percent: overallPercent,
      bytesPerSecond,
      secondsLeft: overallEtaSeconds,
      message: { code, params },
      waitsForPerson,
      recoveries: this.#recoveries,
      line: line?.code ?? null,
    };
  }

  done({ payload, facts }: JobResult<unknown>): EndedJob {
    return this.#ended(null, shownResult(payload), facts.warningCodes);
  }

  failed(error: BkError): EndedJob {
    return this.#ended(shownError(error), null, this.#warnings);
  }

  #ended(error: EndedJob['error'], result: unknown, warnings: readonly Note[]): EndedJob {
    const took = this.#startedAt === null ? 0 : this.#clock.now() - this.#startedAt;
    return {
      id: this.id,
      operation: this.operation,
      by: this.by,
      at: this.#clock.date().toISOString(),
      seconds: Math.round(took / 100) / 10,
      error,
      result,
      warnings: warnings.map(shownNote),
    };
  }
}
