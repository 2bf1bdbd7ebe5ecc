import {
  QUEUE_JOB_STATES,
  type QueueJob,
  type QueueJobState,
  type QueueState,
} from '../../messages';
import { api } from '../base/api';
import { element, setText } from '../base/elements';
import { errorOf } from '../base/run';
import { say, text } from '../base/texts';
import { errorCard } from '../show/error-card';
import { BenchList } from './bench-list';
import { JobList } from './job-list';
import { wordsOf } from './queued-job';

/** One queue: how many jobs it holds, the benches that do them, and the latest jobs. */
export class QueueView {
  readonly root: HTMLElement;
  readonly #id: string;
  readonly #title = element('span');
  readonly #short = element('span', { class: 'bk-muted' });
  readonly #trouble = element('p', { class: 'bk-wrong', role: 'status' });
  readonly #counts = element('ul', { class: 'bk-counts', 'aria-label': text('queue.counts') });
  readonly #numbers = new Map<QueueJobState, HTMLElement>();
  readonly #benches = new BenchList();
  readonly #jobs: JobList;
  /** What came of a button, for those who do not see the list change as well. */
  readonly #said = element('p', { class: 'bk-queue-said bk-muted', role: 'status' });
  readonly #refused = element('div', { role: 'alert' });

  constructor(id: string) {
    this.#id = id;
    this.#jobs = new JobList({
      onCancel: (job) => this.#ask(job, api.cancelQueued, 'queue.cancelled'),
      onRetry: (job) => this.#ask(job, api.retryQueued, 'queue.retried'),
    });
    for (const state of QUEUE_JOB_STATES) {
      const number = element('strong');
      this.#numbers.set(state, number);
      const words = element('span', {}, text(`queue.state.${state}`));
      this.#counts.append(element('li', { 'data-state': state }, number, ' ', words));
    }
    this.root = element(
      'details',
      { class: 'bk-queue', open: true },
      element('summary', {}, this.#title, ' ', this.#short),
      this.#trouble,
      this.#counts,
      this.#benches.root,
      this.#jobs.root,
      this.#said,
      this.#refused,
    );
  }

  update({ name, server, trouble, look }: QueueState): void {
    setText(this.#title, text('queue.title', { name }));
    setText(this.#trouble, troubleOf(server, trouble, look?.isPaused === true));
    const parts = [this.#counts, this.#benches.root, this.#jobs.root];
    for (const part of parts) part.hidden = look === null;
    if (look === null) {
      setText(this.#short, '');
      return;
    }
    const { counts, benches, jobs } = look;
    for (const [state, number] of this.#numbers) setText(number, String(counts[state]));
    const short = (['waiting', 'active', 'failed'] as const).map(
      (state) => `${counts[state]} ${text(`queue.state.${state}`)}`,
    );
    setText(this.#short, short.join(' · '));
    this.#benches.show(benches, jobs);
    this.#jobs.show(jobs);
  }

  #ask(
    job: QueueJob,
    request: (queue: string, job: string) => Promise<undefined>,
    done: 'queue.cancelled' | 'queue.retried',
  ): void {
    this.#refused.replaceChildren();
    setText(this.#said, '');
    request(this.#id, job.id).then(
      () => setText(this.#said, text(done, { job: wordsOf(job) })),
      (thrown) => this.#refused.replaceChildren(errorCard(errorOf(thrown))),
    );
  }
}

/** What keeps jobs from being done; empty where nothing does. */
function troubleOf(
  server: QueueState['server'],
  trouble: QueueState['trouble'],
  isPaused: boolean,
): string {
  if (trouble !== null) return say(trouble);
  if (server === 'connecting') return text('queue.connecting');
  return isPaused ? text('queue.paused') : '';
}
