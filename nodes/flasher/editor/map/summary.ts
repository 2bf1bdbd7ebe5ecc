import { sizeText } from '../../../../src/texts/amounts';
import { SECTOR_STATES } from '../../messages';
import { addressText } from '../base/amounts';
import { element } from '../base/elements';
import type { LiveMap } from '../base/live-map';
import { text } from '../base/texts';
import { regionName, stretchesOf } from './regions';
import { STATES, tilesOf } from './tiles';

/** Side of a sign in the legend, pixels. */
const SIGN = 14;
/** Numbers that change with every sector can be read by nobody; milliseconds. */
const INTERVAL = 500;

/**
 * The map in words: what each sign means and how many sectors have it, and region for region what state it is in.
 * It says the same as the map to those who do not see it.
 */
export class MapSummary {
  readonly root: HTMLElement;
  readonly #legend = element('ul', { class: 'bk-legend' });
  readonly #rows = element('tbody');
  /** The theme's colours are known only where it stands in the page. */
  readonly #size = new ResizeObserver(() => this.update());
  readonly #theme = new MutationObserver(() => this.#paint());
  #map: LiveMap | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    const head = ['region', 'from', 'size', 'state'].map((column) =>
      element('th', { scope: 'col' }, text(`map.${column}`)),
    );
    const table = element(
      'table',
      { class: 'bk-table' },
      element('caption', { class: 'bk-hidden' }, text('map.summary')),
      element('thead', {}, element('tr', {}, ...head)),
      this.#rows,
    );
    this.root = element(
      'div',
      { class: 'bk-summary' },
      element('h4', { class: 'bk-hidden' }, text('map.legend')),
      this.#legend,
      element('div', { class: 'bk-scroll' }, table),
    );
    this.#size.observe(this.root);
    this.#theme.observe(document.documentElement, { attributeFilter: ['class'] });
  }

  /** It is not shown any more: nothing of the page holds it. */
  close(): void {
    this.#size.disconnect();
    this.#theme.disconnect();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  show(map: LiveMap): void {
    this.#map = map;
    this.#paint();
  }

  /** Soon, and not more often than can be read. */
  update(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#paint();
    }, INTERVAL);
  }

  #paint(): void {
    const map = this.#map;
    this.root.hidden = map === null || map.count === 0;
    if (map === null || this.root.hidden || !this.root.isConnected) return;
    const tiles = tilesOf(getComputedStyle(this.root), SIGN, SIGN);
    const counts = map.counts();
    this.#legend.replaceChildren(
      ...STATES.map((state) => {
        const sign = tiles.get(state) ?? null;
        sign?.setAttribute('aria-hidden', 'true');
        const count = counts.get(SECTOR_STATES[state]) ?? 0;
        const words = element('span', {}, text(`sector.${state}`));
        const number = element('span', { class: 'bk-count' }, String(count));
        return element('li', { class: count === 0 ? 'bk-none' : '' }, sign, words, ' ', number);
      }),
    );
    this.#rows.replaceChildren(
      ...stretchesOf(map).map(({ number, name, offset, length }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, `${number} ${regionName(name)}`),
          element('td', { class: 'bk-code' }, addressText(offset)),
          element('td', {}, sizeText(length)),
          element('td', {}, stateWords(map, offset, length)),
        ),
      ),
    );
  }
}

/** `verified`, or `12 written, 3 erased`, in sectors. */
function stateWords(map: LiveMap, offset: number, length: number): string {
  const counts = map.counts(offset, length);
  const present = STATES.filter((state) => (counts.get(SECTOR_STATES[state]) ?? 0) > 0);
  const [only, ...others] = present;
  if (only !== undefined && others.length === 0) return text(`sector.${only}`);
  return present
    .map((state) => `${counts.get(SECTOR_STATES[state])} ${text(`sector.${state}`)}`)
    .join(', ');
}
