import { SECTOR_STATES, type SectorState } from '../../messages';

/** States in the order of the legend. */
export const STATES = Object.keys(SECTOR_STATES) as SectorState[];

const STATE_OF = new Map<string, SectorState>(STATES.map((state) => [SECTOR_STATES[state], state]));

/** What a letter of a map stands for; what is not known is shown as unknown. */
export function stateOf(letter: string): SectorState {
  return STATE_OF.get(letter) ?? 'unknown';
}

/** A way along the unit square, from point to point. */
type Line = readonly (readonly [x: number, y: number])[];

const BOX: Line = [
  [0.2, 0.2],
  [0.8, 0.2],
  [0.8, 0.8],
  [0.2, 0.8],
  [0.2, 0.2],
];

/** The sign of each state, so that none is told by its colour alone. */
const SIGNS: Readonly<Record<SectorState, readonly Line[]>> = {
  unknown: [],
  // A dot.
  read: [
    [
      [0.4, 0.5],
      [0.6, 0.5],
    ],
  ],
  // An equals sign.
  same: [
    [
      [0.2, 0.35],
      [0.8, 0.35],
    ],
    [
      [0.2, 0.65],
      [0.8, 0.65],
    ],
  ],
  // A hollow box.
  erased: [BOX],
  // A slash.
  written: [
    [
      [0.2, 0.85],
      [0.8, 0.15],
    ],
  ],
  // A tick.
  verified: [
    [
      [0.15, 0.5],
      [0.4, 0.8],
      [0.85, 0.2],
    ],
  ],
  // A cross.
  failed: [
    [
      [0.2, 0.15],
      [0.8, 0.85],
    ],
    [
      [0.2, 0.85],
      [0.8, 0.15],
    ],
  ],
  // A fence.
  protected: [
    [
      [0.3, 0.1],
      [0.3, 0.9],
    ],
    [
      [0.7, 0.1],
      [0.7, 0.9],
    ],
    [
      [0.1, 0.5],
      [0.9, 0.5],
    ],
  ],
  // An upright bar.
  kept: [
    [
      [0.5, 0.15],
      [0.5, 0.85],
    ],
  ],
};

/** Draws one cell. Sizes in pixels of the canvas. */
function drawTile(
  context: CanvasRenderingContext2D,
  state: SectorState,
  [width, height]: readonly [width: number, height: number],
  { fill, sign }: { fill: string; sign: string },
): void {
  context.fillStyle = fill;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = sign;
  context.lineWidth = Math.max(1, Math.min(width, height) / (state === 'failed' ? 5 : 7));
  if (state === 'read') context.lineWidth = Math.max(1.5, Math.min(width, height) / 4);
  // In a flat cell the sign keeps its proportions.
  const size = Math.min(width, height);
  const [left, top] = [(width - size) / 2, (height - size) / 2];
  context.beginPath();
  for (const line of SIGNS[state]) {
    line.forEach(([x, y], index) => {
      if (index === 0) context.moveTo(left + x * size, top + y * size);
      else context.lineTo(left + x * size, top + y * size);
    });
  }
  context.stroke();
}

/**
 * The nine cells of one size, drawn once; a map is then put together of copies.
 * @param style of an element of the sidebar, whose variables hold the colours of the theme
 */
export function tilesOf(
  style: CSSStyleDeclaration,
  width: number,
  height: number,
): Map<SectorState, HTMLCanvasElement> {
  const colour = (name: string) => style.getPropertyValue(`--bk-map-${name}`).trim();
  return new Map(
    STATES.map((state) => {
      const tile = document.createElement('canvas');
      tile.width = Math.max(1, Math.round(width));
      tile.height = Math.max(1, Math.round(height));
      const context = tile.getContext('2d');
      const colours = { fill: colour(state), sign: colour(`${state}-sign`) };
      if (context !== null) drawTile(context, state, [tile.width, tile.height], colours);
      return [state, tile];
    }),
  );
}
