import type { Job } from 'bullmq';
import { cleanNote, type Progress, render } from '../../../src';
import type { QueueServer } from '../server/queue-server';

/** Dashboards are told of progress at most so often, ms. */
const SHOWN_MS = 1000;
/** So many lines the log has that they show, at most. */
const MOST_LINES = 100;

/** What others see of a job under way: who has enqueued it, and dashboards. */
export class JobShow {
  readonly #server: QueueServer;
  readonly #bench: string;
  readonly #job: Job;
  #shownAt = Number.NEGATIVE_INFINITY;
  #phase = '';
  #lines = 0;

  constructor(server: QueueServer, bench: string, job: Job) {
    this.#server = server;
    this.#bench = bench;
    this.#job = job;
  }

  /** @param owner who is told */
  progress(owner: string, progress: object): void {
    const told = { ...progress, bench: this.#bench };
    this.#server.signal({ kind: 'progress', job: this.#job.id ?? '', owner, progress: told });
    this.#log(progress as Progress);
    const now = this.#server.clock.now();
    if (now - this.#shownAt < SHOWN_MS || this.#server.redis.status !== 'ready') return;
    this.#shownAt = now;
    this.#job.updateProgress(told).catch(() => {});
  }

  /** A line for each phase, which dashboards show: without paths and names. */
  #log({ phase, code, params }: Progress): void {
    const isNews = phase !== this.#phase && this.#lines < MOST_LINES;
    if (!isNews || this.#server.redis.status !== 'ready') return;
    this.#phase = phase;
    this.#lines++;
    const said = render(cleanNote({ code, params }));
    const line = `${this.#server.clock.date().toISOString()} ${this.#bench}: ${said}`;
    this.#job.log(line).catch(() => {});
  }
}
