import type { QueueBench, QueueJob } from '../../messages';
import { element } from '../base/elements';
import { text, textOr } from '../base/texts';
import { progressOf, wordsOf } from './queued-job';

/** The benches of a queue, and what each is at. */
export class BenchList {
  readonly root: HTMLElement;
  readonly #list = element('ul', { class: 'bk-queue-list', 'aria-label': text('queue.benches') });
  readonly #none = element('p', { class: 'bk-muted' }, text('queue.noBench'));
  #shown = '';

  constructor() {
    this.root = element(
      'section',
      { class: 'bk-queue-part', 'aria-label': text('queue.benches') },
      element('h4', {}, text('queue.benches')),
      this.#none,
      this.#list,
    );
  }

  show(benches: readonly QueueBench[], jobs: readonly QueueJob[]): void {
    this.#none.hidden = benches.length > 0;
    this.#list.hidden = benches.length === 0;
    const told = benches.map((bench) => ({ ...bench, work: workOf(bench, jobs) }));
    // Nothing in it can have the keyboard: it is made anew, but only where something is another.
    const shown = JSON.stringify(told);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(...told.map(lineOf));
  }
}

function lineOf({ name, computer, state, chip, mac, work }: QueueBench & { work: string }) {
  const facts = [computer, chip ?? '', mac ?? ''].filter(Boolean).join(' · ');
  return element(
    'li',
    { 'data-state': state },
    element(
      'div',
      { class: 'bk-queue-line' },
      element('strong', {}, name),
      element('span', {}, textOr(`queue.at.${state}`, state)),
    ),
    facts === '' ? null : element('p', { class: 'bk-muted' }, facts),
    work === '' ? null : element('p', {}, work),
  );
}

/** What it does: of a job that is not among those shown the id. */
function workOf({ job }: QueueBench, jobs: readonly QueueJob[]): string {
  const known = jobs.find(({ id }) => id === job);
  return known === undefined ? (job ?? '') : `${wordsOf(known)} ${progressOf(known)}`.trim();
}
