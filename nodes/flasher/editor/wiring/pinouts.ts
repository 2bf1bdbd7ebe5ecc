/** What a wire goes to: the supply, ground, the module's receiver and transmitter of UART1, and its reset. */
export type Role = '3V3' | 'GND' | 'RX1' | 'TX1' | 'CEN';

export const ROLES: readonly Role[] = ['3V3', 'GND', 'RX1', 'TX1', 'CEN'];

/** Pins along one edge of one side of a module, from the top or from the left, as that side is seen. */
export interface PinRow {
  face: 'front' | 'back';
  edge: 'left' | 'right' | 'bottom';
  /** Millimetres from the upper or left end of the edge to the middle of the first pin, and from pin to pin. */
  first: number;
  pitch: number;
  pins: readonly number[];
}

/** A module as its maker numbers its pins. The front is where the shield is, with the antenna at the top. */
export interface Pinout {
  name: string;
  /** Millimetres. */
  width: number;
  height: number;
  rows: readonly PinRow[];
  /** Which pin is what; only what has to be wired. */
  roles: Readonly<Record<Role, number>>;
  /** What its maker calls those that have other names there. */
  names?: { readonly [role in Role]?: string };
}

/** Of the size and with the pins of an ESP-12: 22 of them, numbered down the left, up the right, then the bottom. */
const TWELVE = {
  width: 16,
  height: 24,
  rows: [
    { face: 'front', edge: 'left', first: 8.5, pitch: 2, pins: [1, 2, 3, 4, 5, 6, 7, 8] },
    { face: 'front', edge: 'right', first: 8.5, pitch: 2, pins: [16, 15, 14, 13, 12, 11, 10, 9] },
    { face: 'front', edge: 'bottom', first: 3, pitch: 2, pins: [17, 18, 19, 20, 21, 22] },
  ],
  roles: { '3V3': 8, GND: 9, RX1: 15, TX1: 16, CEN: 1 },
  names: { '3V3': 'VCC', CEN: 'RST', RX1: 'RXD1', TX1: 'TXD1' },
} as const;

/** Stands upright in a board, so that its pads are on both sides of its lower edge: even ones in front, odd ones behind. */
const TWO = {
  width: 15,
  height: 17.9,
  rows: [
    { face: 'back', edge: 'bottom', first: 2.5, pitch: 2, pins: [1, 3, 5, 7, 9, 11] },
    { face: 'front', edge: 'bottom', first: 3.5, pitch: 2, pins: [10, 8, 6, 4, 2] },
  ],
  roles: { '3V3': 1, GND: 3, RX1: 5, TX1: 7, CEN: 10 },
} as const;

/**
 * Positions by LibreTiny's boards (boards/_base/pcb) with the shapes of boardgen (res/templates). A second reading, of the tables
 * "Pin definition" of Tuya's data sheets or of copies of them, was seen for CBU and CB3S, and for the UART side of CB2S; WB2S and WB3S
 * rest on their being made alike. No other module is drawn.
 */
export const PINOUTS: readonly Pinout[] = [
  { name: 'CB2S', ...TWO },
  { name: 'CB3S', ...TWELVE },
  {
    name: 'CBU',
    width: 15.8,
    height: 20.3,
    rows: [
      { face: 'front', edge: 'left', first: 6.1, pitch: 1.4, pins: [1, 2, 3, 4, 5, 6, 7] },
      { face: 'front', edge: 'right', first: 6.1, pitch: 1.4, pins: [21, 20, 19, 18, 17, 16, 15] },
      { face: 'front', edge: 'bottom', first: 2.5, pitch: 1.8, pins: [8, 9, 10, 11, 12, 13, 14] },
    ],
    roles: { '3V3': 14, GND: 13, RX1: 16, TX1: 15, CEN: 18 },
  },
  { name: 'WB2S', ...TWO },
  { name: 'WB3S', ...TWELVE },
];

/** By the name that stands on the shield; null for a module that is not known here. */
export function pinoutOf(name: string): Pinout | null {
  return PINOUTS.find((pinout) => pinout.name === name) ?? null;
}
