import { SECTOR, type SectorState } from '../../messages';
import type { Dirty, LiveMap } from '../base/live-map';
import { COLUMNS, cornerOf, type Geometry, geometryOf } from './geometry';
import { regionName, type Stretch } from './regions';
import { stateOf, tilesOf } from './tiles';

const FONT = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Puts a map onto a canvas: all of it, or the cells that have changed. */
export class MapPainter {
  readonly #canvas: HTMLCanvasElement;
  #tiles = new Map<SectorState, HTMLCanvasElement>();
  #scale = 1;
  /** Of what was drawn last; null before. */
  geometry: Geometry | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /**
   * @param room width that there is, pixels of the page
   * @param cursor the sector that the keyboard is at; null where it is elsewhere
   */
  paint(
    map: LiveMap,
    regions: readonly Stretch[],
    dirty: Dirty,
    room: number,
    cursor: number | null,
  ): void {
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    if (dirty !== 'all' && this.geometry !== null) {
      for (const [first, count] of dirty) this.#cells(context, map, first, count);
      return;
    }
    const style = getComputedStyle(this.#canvas);
    const geometry = this.#measure(map, room, style);
    context.setTransform(this.#scale, 0, 0, this.#scale, 0, 0);
    context.clearRect(0, 0, geometry.width, geometry.height);
    this.#cells(context, map, 0, map.count);
    const ink = style.getPropertyValue('--bk-text').trim();
    outline(context, geometry, map, regions, ink);
    label(context, geometry, regions, ink, style.getPropertyValue('--bk-muted').trim());
    if (cursor !== null) frame(context, geometry, cursor, style);
  }

  #measure(map: LiveMap, room: number, style: CSSStyleDeclaration): Geometry {
    const geometry = geometryOf(map.size, room);
    this.geometry = geometry;
    this.#scale = window.devicePixelRatio;
    const { width, height, cellWidth, cellHeight } = geometry;
    this.#canvas.width = Math.round(width * this.#scale);
    this.#canvas.height = Math.round(height * this.#scale);
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    // A pixel on each side is for what is between the cells.
    this.#tiles = tilesOf(style, (cellWidth - 2) * this.#scale, (cellHeight - 2) * this.#scale);
    return geometry;
  }

  #cells(context: CanvasRenderingContext2D, map: LiveMap, first: number, count: number): void {
    const { geometry } = this;
    if (geometry === null) return;
    const end = Math.min(first + count, map.count);
    for (let sector = first; sector < end; sector++) {
      const tile = this.#tiles.get(stateOf(map.at(sector)));
      if (tile === undefined) continue;
      const [x, y] = cornerOf(geometry, sector);
      context.drawImage(tile, x + 1, y + 1, geometry.cellWidth - 2, geometry.cellHeight - 2);
    }
  }
}

/** A line wherever one region ends and another begins. */
function outline(
  context: CanvasRenderingContext2D,
  geometry: Geometry,
  map: LiveMap,
  regions: readonly Stretch[],
  ink: string,
): void {
  const owner = new Uint8Array(map.count);
  // The smaller ones come later, so that one inside of another has its own line.
  for (const { offset, length, number } of [...regions].sort((a, b) => b.length - a.length)) {
    owner.fill(number, Math.floor(offset / SECTOR), Math.ceil((offset + length) / SECTOR));
  }
  const { cellWidth, cellHeight } = geometry;
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let sector = 0; sector < map.count; sector++) {
    const mine = owner[sector] ?? 0;
    const [x, y] = cornerOf(geometry, sector);
    const isFirst = sector % COLUMNS === 0;
    const isLast = sector % COLUMNS === COLUMNS - 1;
    const above = sector < COLUMNS ? 0 : (owner[sector - COLUMNS] ?? 0);
    const below = owner[sector + COLUMNS] ?? 0;
    const before = isFirst ? 0 : (owner[sector - 1] ?? 0);
    if (mine !== above) line(context, x, y, x + cellWidth, y);
    if (mine !== before) line(context, x, y, x, y + cellHeight);
    if (isLast && mine !== 0) line(context, x + cellWidth, y, x + cellWidth, y + cellHeight);
    const isEnd = sector + COLUMNS >= map.count;
    if (isEnd && mine !== 0 && below === 0) {
      line(context, x, y + cellHeight, x + cellWidth, y + cellHeight);
    }
  }
  context.stroke();
}

function line(
  context: CanvasRenderingContext2D,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
}

/** Addresses of rows, numbers of the regions that begin in them, and their names where there is room. */
function label(
  context: CanvasRenderingContext2D,
  geometry: Geometry,
  regions: readonly Stretch[],
  ink: string,
  muted: string,
): void {
  const { cellHeight, rows, left, hasAddresses, names, width } = geometry;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  // So many rows apart that the addresses do not touch.
  const step = Math.max(1, Math.ceil(11 / cellHeight));
  const every = rows > 8 ? Math.max(step, 2) : step;
  context.font = `10px ${FONT}`;
  context.fillStyle = muted;
  for (let row = 0; hasAddresses && row < rows; row += every) {
    const address = (row * COLUMNS * SECTOR).toString(16).toUpperCase().padStart(6, '0');
    context.fillText(address, left - 18, 1 + (row + 0.5) * cellHeight);
  }
  context.fillStyle = ink;
  let free = 0;
  for (const { offset, number, name } of regions) {
    const row = Math.floor(offset / SECTOR / COLUMNS);
    const y = Math.max(free, 1 + (row + 0.5) * cellHeight);
    context.font = `bold 10px ${FONT}`;
    context.textAlign = 'right';
    context.fillText(String(number), left - 4, y);
    // Regions that begin in one row are named below each other.
    free = y + 11;
    if (names === null) continue;
    context.textAlign = 'left';
    context.font = '12px sans-serif';
    context.fillText(`${number} ${regionName(name)}`, names, y, width - names);
  }
}

/** Where the keyboard is. */
function frame(
  context: CanvasRenderingContext2D,
  geometry: Geometry,
  sector: number,
  style: CSSStyleDeclaration,
): void {
  const [x, y] = cornerOf(geometry, sector);
  const { cellWidth, cellHeight } = geometry;
  const [outer, inner] = ['--bk-focus', '--bk-ground'].map((name) => style.getPropertyValue(name));
  context.lineWidth = 4;
  context.strokeStyle = inner ?? '';
  context.strokeRect(x, y, cellWidth, cellHeight);
  context.lineWidth = 2;
  context.strokeStyle = outer ?? '';
  context.strokeRect(x - 0.5, y - 0.5, cellWidth + 1, cellHeight + 1);
}
