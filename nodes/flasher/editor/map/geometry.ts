import { SECTOR } from '../../messages';

/** Sectors of 4 KiB in a row of 64 KiB. */
export const COLUMNS = 16;

/** What all of a map should fit in, where its rows allow it; pixels. */
const HEIGHT = 460;
const LEAST_CELL = 7;
const LARGEST_CELL = [28, 16] as const;
/** Room for the address of a row, and for the number of a region that begins in it; where it is narrow for that alone. */
const GUTTER = 56;
const NARROW_GUTTER = 18;
/** Below this width there is no room for addresses. */
const WITH_ADDRESSES = 240;
/** From this width on the regions' names stand beside the map. */
const WITH_NAMES = 440;
const NAMES = 150;

/** Where things are on the canvas, in pixels of the page. */
export interface Geometry {
  left: number;
  hasAddresses: boolean;
  cellWidth: number;
  cellHeight: number;
  rows: number;
  width: number;
  height: number;
  /** Where the regions' names begin; null where there is no room for them. */
  names: number | null;
}

/** How a flash of so many bytes is drawn where there is so much room. */
export function geometryOf(size: number, room: number): Geometry {
  const rows = Math.ceil(size / SECTOR / COLUMNS);
  const names = room >= WITH_NAMES ? NAMES : 0;
  const [widest, highest] = LARGEST_CELL;
  const hasAddresses = room >= WITH_ADDRESSES;
  const left = hasAddresses ? GUTTER : NARROW_GUTTER;
  const free = Math.floor((room - left - names) / COLUMNS);
  const cellWidth = Math.max(LEAST_CELL, Math.min(widest, free));
  const fitting = Math.floor(HEIGHT / Math.max(1, rows));
  const cellHeight = Math.max(LEAST_CELL, Math.min(cellWidth, highest, fitting));
  const right = left + cellWidth * COLUMNS;
  return {
    left,
    hasAddresses,
    cellWidth,
    cellHeight,
    rows,
    width: right + names,
    height: rows * cellHeight + 2,
    names: names === 0 ? null : right + 8,
  };
}

/** The sector at a point of the canvas; null where there is none. */
export function sectorAt(geometry: Geometry, x: number, y: number): number | null {
  const column = Math.floor((x - geometry.left) / geometry.cellWidth);
  const row = Math.floor((y - 1) / geometry.cellHeight);
  if (column < 0 || column >= COLUMNS || row < 0 || row >= geometry.rows) return null;
  return row * COLUMNS + column;
}

/** Upper left corner of a sector's cell. */
export function cornerOf(geometry: Geometry, sector: number): readonly [x: number, y: number] {
  const [row, column] = [Math.floor(sector / COLUMNS), sector % COLUMNS];
  return [geometry.left + column * geometry.cellWidth, 1 + row * geometry.cellHeight];
}
