import type { DeviceState, LogEntry } from '../../messages';
import { timeText } from '../base/amounts';
import { element } from '../base/elements';
import { say, text } from '../base/texts';
import { copyButton } from '../show/copy';

/** The signs of the levels, so that none is told by its colour alone. */
const SIGNS: Readonly<Record<LogEntry['level'], string>> = {
  info: '·',
  good: '✓',
  warning: '!',
  error: '✗',
};

/** As many lines as are shown; all that the browser has are copied. */
const SHOWN = 200;

/** What has happened at a device, line by line. */
export class Log {
  readonly root: HTMLElement;
  readonly #lines = element('ol', {
    class: 'bk-log',
    tabindex: 0,
    'aria-label': text('log.title'),
  });
  #entries: readonly LogEntry[] = [];
  #device: DeviceState | null = null;
  #isAsked = false;

  constructor() {
    const copy = copyButton(text('log.copy'), () => this.#asText());
    this.root = element(
      'section',
      { class: 'bk-log-part', 'aria-label': text('log.title') },
      element('div', { class: 'bk-task-head' }, element('h3', {}, text('log.title')), copy),
      element('p', { class: 'bk-muted' }, text('log.safe')),
      this.#lines,
    );
  }

  show(device: DeviceState, entries: readonly LogEntry[]): void {
    this.#device = device;
    this.#entries = entries;
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#paint();
    });
  }

  /** Lines that stand there already stay: only new ones are made. */
  #paint(): void {
    const shown = this.#entries.slice(-SHOWN);
    const old = new Map(
      [...this.#lines.children].map((line) => [line.getAttribute('data-line'), line]),
    );
    const device = this.#device?.id ?? '';
    const { scrollTop, scrollHeight, clientHeight } = this.#lines;
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - 8;
    const lines = shown.map((entry) => {
      const key = `${device}/${entry.number}/${entry.at}`;
      return old.get(key) ?? lineOf(entry, key);
    });
    if (lines.length === 0) {
      lines.push(element('li', { class: 'bk-muted' }, text('log.empty')));
    }
    this.#lines.replaceChildren(...lines);
    if (isAtEnd) this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  /** For a forum post: the facts of the chip, then all lines. */
  #asText(): string {
    const { chip, port } = this.#device ?? { chip: null, port: '' };
    const head = [
      `node-red-contrib-bk72xx, ${port}`,
      chip === null
        ? ''
        : [chip.chip, chip.flash.name, `bootloader ${chip.bootloader.name} ${chip.bootloader.crc}`]
            .filter(Boolean)
            .join(', '),
    ];
    const lines = this.#entries.map(
      ({ at, level, text: note }) => `${at} ${SIGNS[level]} ${say(note)}`,
    );
    return [...head.filter(Boolean), ...lines].join('\n');
  }
}

function lineOf({ at, level, text: note }: LogEntry, key: string): HTMLElement {
  return element(
    'li',
    { 'data-level': level, 'data-line': key },
    element('time', { datetime: at }, timeText(at)),
    element('span', { class: 'bk-sign' }, element('span', { 'aria-hidden': 'true' }, SIGNS[level])),
    element('span', { class: 'bk-hidden' }, `${text(`level.${level}`)} `),
    element('span', {}, say(note)),
  );
}
