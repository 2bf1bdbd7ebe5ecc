import type { QueueBench, QueueJob } from '../../messages';
import { element, setText } from '../base/elements';
import { text, textOr } from '../base/texts';
import { code } from '../show/facts';
import { progressOf, wordsOf } from './queued-job';

const COLUMNS = ['bench', 'standing', 'chip', 'job'] as const;

/** The benches of a queue, and what each is at. */
export class BenchTable {
  readonly root: HTMLElement;
  readonly #rows = element('tbody');
  readonly #none = element('p', { class: 'bk-muted' }, text('queue.noBench'));
  readonly #table: HTMLElement;
  #shown = '';

  constructor() {
    const head = COLUMNS.map((column) => element('th', { scope: 'col' }, text(`queue.${column}`)));
    this.#table = element(
      'div',
      { class: 'bk-scroll' },
      element(
        'table',
        { class: 'bk-table' },
        element('caption', { class: 'bk-hidden' }, text('queue.benches')),
        element('thead', {}, element('tr', {}, ...head)),
        this.#rows,
      ),
    );
    this.root = element(
      'section',
      { class: 'bk-queue-part', 'aria-label': text('queue.benches') },
      element('h4', {}, text('queue.benches')),
      this.#none,
      this.#table,
    );
  }

  show(benches: readonly QueueBench[], jobs: readonly QueueJob[]): void {
    this.#none.hidden = benches.length > 0;
    this.#table.hidden = benches.length === 0;
    const lines = benches.map((bench) => cellsOf(bench, jobs));
    // Nothing in it can have the keyboard: it is made anew, but only where something is another.
    const shown = JSON.stringify(lines);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const rows = lines.map(([name, standing, chip, job]) => {
      const head = element('th', { scope: 'row' });
      setText(head, name);
      const cells = [standing, code(chip), job].map((cell) => element('td', {}, cell));
      return element('tr', {}, head, ...cells);
    });
    this.#rows.replaceChildren(...rows);
  }
}

type Cells = readonly [name: string, standing: string, chip: string, job: string];

function cellsOf(
  { name, computer, state, chip, mac, job }: QueueBench,
  jobs: readonly QueueJob[],
): Cells {
  const known = jobs.find(({ id }) => id === job);
  const work = known === undefined ? (job ?? '') : `${wordsOf(known)} ${progressOf(known)}`.trim();
  const chips = [chip, mac].filter((word) => word !== null);
  return [
    computer === '' ? name : `${name} (${computer})`,
    textOr(`queue.at.${state}`, state),
    chips.length === 0 ? '' : chips.join(' '),
    work,
  ];
}
