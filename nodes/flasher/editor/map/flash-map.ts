import { SECTOR } from '../../messages';
import { addressText } from '../base/amounts';
import { element, setText } from '../base/elements';
import { type Dirty, LiveMap } from '../base/live-map';
import { text } from '../base/texts';
import { COLUMNS, sectorAt } from './geometry';
import { MapPainter } from './map-painter';
import { regionName, type Stretch, stretchesOf } from './regions';
import { stateOf } from './tiles';

/** How far each key moves, in sectors. */
const MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -COLUMNS,
  ArrowDown: COLUMNS,
  PageUp: -4 * COLUMNS,
  PageDown: 4 * COLUMNS,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/**
 * The flash of one chip, a cell a sector. With the keyboard it is a slider over its sectors, whose value is said
 * in words; the mouse points at them.
 */
export class FlashMapView {
  readonly root: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #readout: HTMLElement;
  readonly #painter: MapPainter;
  readonly #size = new ResizeObserver(() => this.#draw('all'));
  /** The editor tells its theme by a class of the page. */
  readonly #theme = new MutationObserver(() => this.#draw('all'));
  #map = new LiveMap();
  #regions: readonly Stretch[] = [];
  #cursor = 0;
  /** What is to be drawn in the next frame. */
  #dirty: Dirty | null = null;
  #isAsked = false;

  constructor() {
    this.#canvas = element('canvas', {
      class: 'bk-map-canvas',
      tabindex: 0,
      role: 'slider',
      'aria-label': text('map.sectors'),
      onkeydown: (event) => this.#onKey(event as KeyboardEvent),
      onmousemove: (event) => this.#point(event as MouseEvent),
      onclick: (event) => this.#point(event as MouseEvent),
      onfocus: () => this.#moveTo(this.#cursor),
      onblur: () => this.#draw('all'),
    });
    this.#readout = element('p', { class: 'bk-map-readout' }, text('map.hint'));
    const scroller = element('div', { class: 'bk-map-scroller' }, this.#canvas);
    this.root = element('div', { class: 'bk-map' }, scroller, this.#readout);
    this.#painter = new MapPainter(this.#canvas);
    this.#size.observe(this.root);
    this.#theme.observe(document.documentElement, { attributeFilter: ['class'] });
  }

  /** It is not shown any more: nothing of the page holds it. */
  close(): void {
    this.#size.disconnect();
    this.#theme.disconnect();
  }

  /** Shows a map from now on; it is empty before the device's first job. */
  show(map: LiveMap): void {
    this.#map = map;
    this.update('all');
  }

  update(dirty: Dirty): void {
    this.root.hidden = this.#map.count === 0;
    if (this.root.hidden) return;
    if (dirty === 'all') {
      this.#regions = stretchesOf(this.#map);
      this.#cursor = Math.min(this.#cursor, this.#map.count - 1);
      this.#describe();
    }
    this.#draw(dirty);
  }

  #draw(dirty: Dirty): void {
    if (dirty === 'all' || this.#dirty === 'all') this.#dirty = 'all';
    else this.#dirty = [...(this.#dirty ?? []), ...dirty];
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      const now = this.#dirty ?? 'all';
      // Nothing is drawn where nobody sees it; the observer calls once it is seen.
      if (this.root.clientWidth === 0) return;
      this.#dirty = null;
      const cursor = document.activeElement === this.#canvas ? this.#cursor : null;
      this.#painter.paint(this.#map, this.#regions, now, this.root.clientWidth, cursor);
    });
  }

  #onKey(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const last = this.#map.count - 1;
    const to = this.#cursor + move;
    // Up and down stay in their column.
    if (Number.isFinite(move) && (to < 0 || to > last)) return;
    this.#moveTo(Math.max(0, Math.min(last, to)));
  }

  #moveTo(sector: number): void {
    this.#cursor = sector;
    this.#describe();
    setText(this.#readout, this.#words(sector));
    this.#draw('all');
  }

  #point(event: MouseEvent): void {
    const { geometry } = this.#painter;
    const sector = geometry === null ? null : sectorAt(geometry, event.offsetX, event.offsetY);
    if (sector === null || sector >= this.#map.count) return;
    setText(this.#readout, this.#words(sector));
    if (event.type === 'click') this.#moveTo(sector);
  }

  #describe(): void {
    const values = {
      'aria-valuemin': 0,
      'aria-valuemax': this.#map.count - 1,
      'aria-valuenow': this.#cursor,
      'aria-valuetext': this.#words(this.#cursor),
    };
    for (const [name, value] of Object.entries(values)) {
      this.#canvas.setAttribute(name, String(value));
    }
  }

  #words(sector: number): string {
    const region = this.#map.regionOf(sector);
    return text('map.cell', {
      address: addressText(sector * SECTOR),
      region: region === null ? text('region.other') : regionName(region.name),
      state: text(`sector.${stateOf(this.#map.at(sector))}`),
    });
  }
}
