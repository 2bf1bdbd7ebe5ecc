import type { QueueJob } from '../../messages';
import { timeText } from '../base/amounts';
import { button, element, setText } from '../base/elements';
import { editor } from '../base/node-red';
import { say, text } from '../base/texts';
import { errorCard } from '../show/error-card';
import { progressOf, wordsOf } from './queued-job';

/** What can be asked of a job. */
export interface JobAsks {
  onCancel(job: QueueJob): void;
  onRetry(job: QueueJob): void;
}

/** The latest jobs of a queue; a job keeps its line, so that the keyboard stays where it is. */
export class JobList {
  readonly root: HTMLElement;
  readonly #list = element('ul', {
    class: 'bk-queue-list bk-queue-jobs',
    // It scrolls, also where no line of it has a button.
    tabindex: 0,
    'aria-label': text('queue.jobs'),
  });
  readonly #none = element('p', { class: 'bk-muted' }, text('queue.noJobs'));
  readonly #asks: JobAsks;
  readonly #lines = new Map<string, JobLine>();

  constructor(asks: JobAsks) {
    this.#asks = asks;
    this.root = element(
      'section',
      { class: 'bk-queue-part', 'aria-label': text('queue.jobs') },
      element('h4', {}, text('queue.jobs')),
      this.#none,
      this.#list,
    );
  }

  show(jobs: readonly QueueJob[]): void {
    this.#none.hidden = jobs.length > 0;
    this.#list.hidden = jobs.length === 0;
    const ids = new Set(jobs.map(({ id }) => id));
    for (const id of this.#lines.keys()) if (!ids.has(id)) this.#lines.delete(id);
    const lines = jobs.map((job) => {
      const line = this.#lines.get(job.id) ?? new JobLine(this.#asks);
      this.#lines.set(job.id, line);
      line.update(job);
      return line.root;
    });
    const isOther = lines.some((line, index) => this.#list.children[index] !== line);
    if (!isOther && this.#list.childElementCount === lines.length) return;
    const held = document.activeElement as HTMLElement | null;
    this.#list.replaceChildren(...lines);
    // What is moved loses the keyboard.
    if (held !== null && held !== document.activeElement && this.#list.contains(held)) held.focus();
  }
}

class JobLine {
  readonly root: HTMLElement;
  readonly #what = element('strong');
  readonly #state = element('span', { class: 'bk-queue-state' });
  readonly #more = element('span', { class: 'bk-muted' });
  readonly #now = element('p', { class: 'bk-muted' });
  readonly #why = element('details', {}, element('summary', {}, text('queue.why')));
  readonly #act = element('span');
  #job: QueueJob | null = null;
  #error = '';
  #asked: 'cancel' | 'again' | null = null;
  readonly #asks: JobAsks;

  constructor(asks: JobAsks) {
    this.#asks = asks;
    const head = element('div', { class: 'bk-queue-line' }, this.#what, this.#state, this.#act);
    this.root = element('li', {}, head, this.#more, this.#now, this.#why);
  }

  update(job: QueueJob): void {
    this.#job = job;
    this.root.dataset.state = job.state;
    setText(this.#what, wordsOf(job));
    setText(this.#state, `${text(`queue.state.${job.state}`)} ${progressOf(job)}`.trim());
    setText(this.#more, moreOf(job));
    setText(this.#now, job.message === null ? '' : say(job.message));
    this.#now.hidden = job.message === null;
    this.#showError(job);
    this.#offer(askedOf(job));
  }

  #showError({ error }: QueueJob): void {
    this.#why.hidden = error === null;
    const words = JSON.stringify(error);
    if (error === null || words === this.#error) return;
    this.#error = words;
    this.#why.replaceChildren(element('summary', {}, text('queue.why')), errorCard(error));
  }

  #offer(wanted: 'cancel' | 'again' | null): void {
    if (wanted === this.#asked) return;
    this.#asked = wanted;
    const hadKeyboard = this.#act.contains(document.activeElement);
    this.#act.replaceChildren(...(wanted === null ? [] : [this.#button(wanted)]));
    // The line stays at the keyboard when its button has done its work.
    if (!hadKeyboard) return;
    this.root.tabIndex = -1;
    this.root.focus();
  }

  #button(wanted: 'cancel' | 'again'): HTMLElement {
    const label = text(`action.${wanted}`);
    const job = this.#job === null ? '' : wordsOf(this.#job);
    const press = () => {
      if (this.#job === null) return;
      if (wanted === 'cancel') this.#asks.onCancel(this.#job);
      else this.#asks.onRetry(this.#job);
    };
    return button(label, wanted === 'cancel' ? 'ban' : 'repeat', press, {
      // Begins with what is seen on it, for those who speak to the page.
      'aria-label': `${label}: ${job}`,
      'data-action': wanted === 'cancel' ? 'cancel-queued' : 'retry-queued',
    });
  }
}

/** What who looks on may ask of it. */
function askedOf({ state }: QueueJob): 'cancel' | 'again' | null {
  if (!editor().user.hasPermission('bk72xx.write')) return null;
  if (state === 'failed') return 'again';
  return state === 'done' ? null : 'cancel';
}

/** When, where, and at which try. */
function moreOf({ at, bench, tries, mostTries }: QueueJob): string {
  const words = [timeText(at), bench ?? ''];
  if (tries > 0 && mostTries > 1)
    words.push(text('queue.tries', { number: tries, all: mostTries }));
  return words.filter(Boolean).join(' · ');
}
