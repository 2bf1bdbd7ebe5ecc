import type { BkError } from '../../errors';
import type { RecoveryRecord } from '../../session/base/report';
import type { Note } from '../../texts/note';
import type { ChipReport, JobResult } from './job-types';
import type { Operation, Progress } from './progress';
import type { SectorChange } from './sector-change';

/** A job of a device, as those see it who look on. */
export interface WatchedJob {
  /** Counts up, of this device. */
  readonly id: number;
  readonly operation: Operation;
  /** As aborting its signal does. */
  cancel(): void;
}

/** What happens to a job. */
export type JobEvent =
  /** It waits for its turn. Told before the call that asks for the job returns. */
  | { kind: 'queued' }
  /** It has the port's turn. */
  | { kind: 'started' }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'sectors'; change: SectorChange }
  /** What is known of the chip: once it was identified, and again where the job learns more. */
  | { kind: 'chip'; report: ChipReport }
  | { kind: 'warning'; text: Note }
  /** A break was mended. */
  | { kind: 'recovery'; recovery: RecoveryRecord }
  | { kind: 'done'; result: JobResult<unknown> }
  | { kind: 'failed'; error: BkError };

export type DeviceEvent = JobEvent & { readonly job: WatchedJob };

export type DeviceListener = (event: DeviceEvent) => void;

/** Tells of one job; undefined where nobody looks on, so that nothing has to be made for it. */
export type TellOfJob = ((event: JobEvent) => void) | undefined;

/** Those who look on at a device. One that throws is not told any more: a job must not fail by it. */
export class DeviceWatch {
  readonly #listeners = new Set<DeviceListener>();
  #jobs = 0;

  /** @returns what ends it */
  add(listener: DeviceListener): () => void {
    const own: DeviceListener = (event) => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** A job begins. Who comes later is not told of it. */
  begin(operation: Operation, cancel: () => void): TellOfJob {
    const id = ++this.#jobs;
    if (this.#listeners.size === 0) return undefined;
    const job: WatchedJob = { id, operation, cancel };
    const listeners = new Set(this.#listeners);
    return (event) => {
      for (const listener of listeners) {
        if (!this.#listeners.has(listener)) continue;
        try {
          listener({ ...event, job });
        } catch {
          this.#listeners.delete(listener);
        }
      }
    };
  }
}

/** Who looks on is told how a job ended before it is known to who asked for it. */
export function told<Payload>(
  work: Promise<JobResult<Payload>>,
  tell: TellOfJob,
): Promise<JobResult<Payload>> {
  if (tell === undefined) return work;
  return work.then(
    (result) => {
      tell({ kind: 'done', result });
      return result;
    },
    (error) => {
      tell({ kind: 'failed', error });
      throw error;
    },
  );
}
