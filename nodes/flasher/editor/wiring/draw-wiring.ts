import { type Pinout, type PinRow, ROLES, type Role } from './pinouts';

/** What is written into the drawing, in a person's language. All else in it is what stands on boards. */
export interface WiringWords {
  /** Of the whole drawing, for screen readers. */
  title: string;
  adapter: string;
  supply: string;
  /** What that has to give. */
  current: string;
  reset: string;
  /** The sides of a module that has pads on both. */
  front: string;
  back: string;
  /** Of a module whose pins are not known here. */
  anyModule: string;
  /** Never mains, and never 5 V. */
  safety: string;
}

interface Point {
  x: number;
  y: number;
}

/** Where pins lie on the paper, in its units. */
interface PlacedPin extends Point {
  role: Role | null;
  name: string;
  edge: PinRow['edge'];
}

/** One side of a module on the paper. */
interface Board extends Point {
  width: number;
  height: number;
  label: string;
  /** Which side of it is seen, where that has to be said. */
  side: string;
  pins: PlacedPin[];
}

const WIDTH = 640;
/** Above it there is nothing. */
const TOP = 34;
const HEIGHT = 404;
const LANE = 12;
/** Where the things at the left end, and the first wire may go up and down. */
const SOURCES = 152;
const FIRST_LANE = 182;
const MODULE = { x: 320, y: 64 };
const BETWEEN_FACES = 36;

/** What each wire comes from: how high its pin lies, what is written there, and its lane. */
const WIRES: Readonly<Record<Exclude<Role, 'GND'>, { y: number; pin: string; lane: number }>> = {
  RX1: { y: 84, pin: 'TX', lane: 2 },
  TX1: { y: 114, pin: 'RX', lane: 1 },
  '3V3': { y: 234, pin: '3.3 V', lane: 3 },
  CEN: { y: 340, pin: 'CEN', lane: 4 },
};
/** Ground joins all three things at the left. */
const GROUNDS = [144, 264, 368];

/**
 * How an adapter, a supply and a module are joined, as the text of an SVG. Colours are the text's own, and four that
 * can be told from a light and a dark ground alike.
 * @param pinout null for a module that is not known: then its pins have names and no places
 */
export function drawWiring(pinout: Pinout | null, words: WiringWords): string {
  const boards = pinout === null ? [anyBoard(words)] : boardsOf(pinout, words);
  const parts = [
    `<title>${safe(words.title)}</title>`,
    `<desc>${safe(description(pinout, words))}</desc>`,
    ...boards.map(drawBoard),
    ...wires(boards),
    box(54, 112, words.adapter, '', [
      [WIRES.RX1.y, WIRES.RX1.pin],
      [WIRES.TX1.y, WIRES.TX1.pin],
      [144, 'GND'],
    ]),
    box(194, 106, words.supply, words.current, [
      [WIRES['3V3'].y, WIRES['3V3'].pin],
      [264, 'GND'],
    ]),
    button(words.reset),
    `<text class="bk-warn" x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">${safe(words.safety)}</text>`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" class="bk-wiring-drawing" role="img" viewBox="0 ${TOP} ${WIDTH} ${HEIGHT - TOP}" font-family="sans-serif" font-size="13" fill="currentColor">\n${parts.join('\n')}\n</svg>\n`;
}

/** The same as a picture of its own, for pages whose ground nobody knows. */
export function wiringPicture(pinout: Pinout | null, words: WiringWords): string {
  const paper = `<rect y="${TOP}" width="${WIDTH}" height="${HEIGHT - TOP}" fill="#fff"/>`;
  return drawWiring(pinout, words)
    .replace(' fill="currentColor">', ' fill="currentColor" color="#222">')
    .replace('\n<title>', `\n${paper}\n<title>`);
}

function description(pinout: Pinout | null, words: WiringWords): string {
  const at = (role: Role) => (pinout === null ? role : `${role} (${pinout.roles[role]})`);
  return [
    `${words.adapter} TX – ${at('RX1')}`,
    `${words.adapter} RX – ${at('TX1')}`,
    `${words.supply} 3.3 V – ${at('3V3')}`,
    `GND – ${at('GND')}`,
    `${words.reset}: ${at('CEN')} – GND`,
    words.safety,
  ].join('; ');
}

function boardsOf(pinout: Pinout, words: WiringWords): Board[] {
  const faces = [...new Set(pinout.rows.map(({ face }) => face))];
  const scale = faces.length > 1 ? 8 : 8.5;
  const width = pinout.width * scale;
  const height = pinout.height * scale;
  return faces.map((face, index) => {
    const x = MODULE.x + index * (width + BETWEEN_FACES);
    const board = { x, y: MODULE.y, width, height };
    return {
      ...board,
      label: pinout.name,
      side: faces.length > 1 ? words[face] : '',
      pins: pinout.rows
        .filter((row) => row.face === face)
        .flatMap((row) => placed(row, board, scale, pinout)),
    };
  });
}

function placed(
  { edge, first, pitch, pins }: PinRow,
  board: Point & { width: number; height: number },
  scale: number,
  { roles, names }: Pinout,
): PlacedPin[] {
  return pins.map((number, index) => {
    const along = (first + index * pitch) * scale;
    const role = ROLES.find((one) => roles[one] === number) ?? null;
    const own = role === null ? undefined : names?.[role];
    const name = own === undefined ? (role ?? '') : `${role} (${own})`;
    if (edge === 'bottom')
      return { x: board.x + along, y: board.y + board.height, role, name, edge };
    const x = edge === 'left' ? board.x : board.x + board.width;
    return { x, y: board.y + along, role, name, edge };
  });
}

/** A module with named pins at no certain places. */
function anyBoard({ anyModule }: WiringWords): Board {
  const board = { x: MODULE.x, y: MODULE.y, width: 190, height: 210 };
  const pins = ROLES.map((role, index) => {
    return { x: board.x, y: board.y + 74 + index * 26, role, name: role, edge: 'left' as const };
  });
  return { ...board, label: anyModule, side: '', pins };
}

function drawBoard({ x, y, width, height, label, side, pins }: Board): string {
  const outline = `<rect x="${x}" y="${y}" width="${num(width)}" height="${num(height)}" rx="4" fill="none" stroke="currentColor" stroke-width="1.5"/>`;
  const middle = num(x + width / 2);
  const title = `<text x="${middle}" y="${y + 48}" text-anchor="middle" font-weight="bold">${safe(label)}</text><text x="${middle}" y="${y + 64}" text-anchor="middle" font-size="12">${safe(side)}</text>`;
  // The antenna tells which end is the upper one.
  const step = width / 8;
  const antenna = `<path d="M${num(x + step)} ${y + 28}v-18h${num(step)}v12h${num(step)}v-12h${num(step)}v12h${num(step)}v-12h${num(step)}v12h${num(step)}" fill="none" stroke="currentColor" opacity=".6"/>`;
  return [outline, title, antenna, ...pins.map(drawPin)].join('\n');
}

function drawPin({ x, y, role, name, edge }: PlacedPin): string {
  const pad = `<circle cx="${num(x)}" cy="${num(y)}" r="${role === null ? 2.5 : 4}" ${role === null ? 'opacity=".5"' : `fill="${colour(role)}"`}/>`;
  if (role === null) return pad;
  if (edge === 'bottom') {
    return `${pad}\n<text transform="translate(${num(x + 4)} ${num(y - 9)}) rotate(-90)">${name}</text>`;
  }
  const [dx, anchor] = edge === 'left' ? [9, 'start'] : [-9, 'end'];
  return `${pad}\n<text x="${num(x + dx)}" y="${num(y + 4)}" text-anchor="${anchor}">${name}</text>`;
}

function wires(boards: readonly Board[]): string[] {
  const ends = boards.flatMap((board) =>
    board.pins.flatMap((pin) => (pin.role === null ? [] : [{ pin, board, role: pin.role }])),
  );
  // Beside and below a module each wire has a line of its own, the nearest pin the nearest one.
  const order = [...ends].sort((one, other) => depth(one.pin) - depth(other.pin));
  return order.map(({ pin, board, role }, index) => {
    const points = around(pin, board, index, boards);
    if (role === 'GND') return ground(points);
    const { y, lane } = WIRES[role];
    const x = FIRST_LANE + lane * LANE;
    return line([{ x: SOURCES, y }, { x, y }, { x, y: points[0]?.y ?? y }, ...points], role);
  });
}

/** Those that lie lower or further to the right go round the outside of the others. */
function depth({ edge, x, y }: PlacedPin): number {
  return edge === 'bottom' ? x : edge === 'left' ? -y : 1000 - y;
}

/** From the lanes at the left to a pin, past the module that it is on and all that stand before it. */
function around(pin: PlacedPin, board: Board, index: number, boards: readonly Board[]): Point[] {
  if (pin.edge === 'left') return [{ x: pin.x, y: pin.y }];
  const bottom = Math.max(...boards.map(({ y, height }) => y + height));
  const below = bottom + 12 + index * LANE;
  if (pin.edge === 'bottom') return [{ x: pin.x, y: below }, pin];
  const isUpper = pin.y < board.y + board.height / 2;
  const right = board.x + board.width + 14 + index * LANE;
  const y = isUpper ? board.y - 2 - (5 - index) * 8 : below;
  return [{ x: right, y }, { x: right, y: pin.y }, pin];
}

function ground(points: readonly Point[]): string {
  const x = FIRST_LANE;
  const [first = 0, , last = 0] = GROUNDS;
  const taps = GROUNDS.map(
    (y) =>
      `<path d="M${SOURCES} ${y}H${x}" fill="none" stroke="currentColor" stroke-width="2.5"/><circle cx="${x}" cy="${y}" r="4"/>`,
  );
  const start = points[0]?.y ?? last;
  const bus = `<path d="M${x} ${Math.min(first, start)}V${num(Math.max(last, start))}" fill="none" stroke="currentColor" stroke-width="2.5"/>`;
  return [bus, ...taps, line([{ x, y: start }, ...points], 'GND')].join('\n');
}

function line(points: readonly Point[], role: Role): string {
  const [first, ...rest] = points;
  const path = `M${num(first?.x ?? 0)} ${num(first?.y ?? 0)}${rest.map(({ x, y }) => `L${num(x)} ${num(y)}`).join('')}`;
  return `<path data-wire="${role}" d="${path}" fill="none" stroke="${colour(role)}" stroke-width="2.5" stroke-linejoin="round"/>`;
}

function box(
  y: number,
  height: number,
  title: string,
  more: string,
  pins: readonly (readonly [y: number, name: string])[],
): string {
  const outline = `<rect x="12" y="${y}" width="${SOURCES - 12}" height="${height}" rx="4" fill="none" stroke="currentColor" stroke-width="1.5"/>`;
  const words = `<text x="20" y="${y + 18}" font-weight="bold">${safe(title)}</text><text x="20" y="${y + height - 10}" font-size="11">${safe(more)}</text>`;
  const names = pins.map(
    ([at, name]) =>
      `<circle cx="${SOURCES}" cy="${at}" r="4"/><text x="${SOURCES - 10}" y="${at + 4}" text-anchor="end">${safe(name)}</text>`,
  );
  return [outline, words, ...names].join('\n');
}

/** Joins reset and ground while it is pressed, or a wire is held there. */
function button(words: string): string {
  const { y } = WIRES.CEN;
  const low = GROUNDS[2] ?? 0;
  return [
    `<path d="M${SOURCES} ${y}H120M${SOURCES} ${low}H120M120 ${y}L112 ${low - 8}" fill="none" stroke="currentColor" stroke-width="2.5"/>`,
    `<circle cx="120" cy="${y}" r="3"/><circle cx="120" cy="${low}" r="3"/>`,
    `<text x="12" y="${y - 12}" font-size="12">${safe(words)}</text>`,
  ].join('\n');
}

function colour(role: Role): string {
  switch (role) {
    case '3V3':
      return '#d9443f';
    case 'GND':
      return 'currentColor';
    case 'RX1':
      return '#2f7fd6';
    case 'TX1':
      return '#239455';
    case 'CEN':
      return '#b87200';
  }
}

/** Numbers as short as they can be. */
function num(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function safe(words: string): string {
  return words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
