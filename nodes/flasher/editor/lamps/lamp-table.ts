import { timeText } from '../base/amounts';
import { button, element, setText } from '../base/elements';
import { text } from '../base/texts';
import { COLUMNS, type Lamp, toCsv } from './lamp';

/** All lamps of an evening, to be saved by the browser. */
export class LampTable {
  readonly root: HTMLElement;
  readonly #lamps: Lamp[] = [];
  readonly #rows = element('tbody');
  readonly #count = element('p', { role: 'status' });

  constructor() {
    const head = COLUMNS.map((column) => element('th', { scope: 'col' }, nameOf(column)));
    const table = element(
      'table',
      { class: 'bk-table' },
      element('caption', { class: 'bk-hidden' }, text('evening.table')),
      element('thead', {}, element('tr', {}, ...head)),
      this.#rows,
    );
    const save = button(text('evening.save'), 'floppy-o', () => this.#save());
    const scroller = element(
      'div',
      { class: 'bk-scroll', tabindex: 0, role: 'group', 'aria-label': text('evening.table') },
      table,
    );
    this.root = element('div', { class: 'bk-lamps', hidden: true }, this.#count, scroller, save);
  }

  add(lamp: Lamp): void {
    this.#lamps.push(lamp);
    this.root.hidden = false;
    const done = this.#lamps.filter(({ isDone }) => isDone).length;
    setText(this.#count, text('evening.count', { done, all: this.#lamps.length }));
    const shown: Record<string, string> = { ...lamp, at: timeText(lamp.at), isDone: '' };
    shown.backup = lamp.backup.split(/[\\/]/).at(-1) ?? '';
    shown.result = `${lamp.isDone ? '✓' : '✗'} ${lamp.result}`;
    const cells = COLUMNS.map((column) => element('td', {}, shown[column] ?? ''));
    this.#rows.append(element('tr', { class: lamp.isDone ? '' : 'bk-bad-row' }, ...cells));
  }

  #save(): void {
    const file = new Blob([toCsv(this.#lamps, COLUMNS.map(nameOf))], { type: 'text/csv' });
    const link = element('a', {
      href: URL.createObjectURL(file),
      download: `lamps-${new Date().toISOString().slice(0, 10)}.csv`,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

function nameOf(column: string): string {
  return text(`evening.column.${column}`);
}
