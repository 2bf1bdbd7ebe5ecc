import sinon from 'sinon';
import { BkError, Device, type Progress } from '../../src';
import { SECTOR } from '../../src/chip/geometry';
import type { SimulatedChip } from '../../src/simulator/simulator';
import type { Path } from './adapter';
import { noise } from './bench-device';
import { randomFrom } from './random';
import { nextSeed } from './seed';
import { SerialServer } from './serial-server';
import {
  environmentOn,
  forgetSimulatedChips,
  openSimulated,
  prepareSimulatedChip,
} from './simulated-chips';
import { VirtualClock } from './virtual-clock';
import { type Cut, VirtualNetwork, type Welcome } from './virtual-network';

/** How a served port is spoken to. */
export type ServedPath = Exclude<Path, 'serial'>;

/** Moments of a write at which the connection is cut; `baud` lies within another phase. */
export const MOMENTS = [
  'open',
  'link',
  'identify',
  'baud',
  'compare',
  'erase',
  'write',
  'verify',
  'reboot',
] as const;
type Moment = (typeof MOMENTS)[number];

/** What happens to a connection, and what comes of clients afterwards. */
export const FATES: readonly { name: string; cut: Cut; welcome: Welcome }[] = [
  { name: 'is reset', cut: 'reset', welcome: 'served' },
  { name: 'is closed', cut: 'end', welcome: 'served' },
  { name: 'is reset by a server that starts anew', cut: 'reset', welcome: 'refused' },
  { name: 'is closed, as are all that come for a while', cut: 'end', welcome: 'closed' },
  { name: 'dies with its server, which comes back later', cut: 'vanish', welcome: 'nothing' },
  { name: 'dies for the client while the server holds it', cut: 'forgotten', welcome: 'served' },
];
type Fate = (typeof FATES)[number];

/** A server may be away for so long, ms. */
const LONGEST_AWAY_MS = 6_000;
const LONGEST_TAKEN_MS = 2_000;
/** How many of the writes are cut twice, and how soon after the server is back at most, ms. */
const TWICE = 0.3;
const LONGEST_PEACE_MS = 3_000;
const OFFSET = 0x100000;
const LENGTH = 24 * SECTOR;
/** When the first connection stands, and for how long it counts as just opened, ms. */
const CONNECTED_MS = 0.5;
const FIRST_MS = 3;
/** Both sides of a change of the rate, ms. */
const AROUND_BAUD_MS = 25;

/** What each path needs of the chip: over raw bytes there is no line to reset it by, and no other rate. */
const SETUPS = {
  rfc2217: { sim: 'bk7231n?app=silent&reset=rts', reset: 'rts' },
  tcp: { sim: 'bk7231n?window=400', reset: 'auto' },
} as const;

/** A chip behind a server in a network of its own, all on one clock. */
class ServedBench {
  readonly clock = new VirtualClock();
  readonly chip: SimulatedChip;
  readonly device: Device;
  readonly network: VirtualNetwork;
  readonly server: SerialServer;

  constructor(path: ServedPath) {
    // Chips that nobody uses would be thrown away for want of room, this one too while it is cut off.
    forgetSimulatedChips();
    const { sim, reset } = SETUPS[path];
    const url = `sim://${sim}&seed=${nextSeed()}`;
    this.chip = prepareSimulatedChip(url, this.clock);
    this.server = new SerialServer(() => openSimulated(url, this.clock), {
      raw: path === 'tcp',
      tellsOthers: 'Port already in use\r\n',
    });
    this.network = new VirtualNetwork(this.clock, (socket) => void this.server.serve(socket));
    const settings = { port: `${path}://bench:2217`, reset, idle: 0, baud: 921_600 } as const;
    this.device = new Device(
      path === 'tcp' ? { ...settings, baud: 'auto' } : settings,
      environmentOn(this.clock),
    );
  }
}

type Span = readonly [from: number, to: number];

/** When a write that nobody disturbs is at each of the moments, in ms; those that a path does not have are left out. */
async function timetable(path: ServedPath): Promise<Map<Moment, Span>> {
  const bench = new ServedBench(path);
  const { clock, chip, device, server } = bench;
  chip.flash.set(noise(LENGTH, 3), OFFSET);
  const begins: [string, number][] = [];
  const onProgress = ({ phase }: Progress): void => {
    if (begins.at(-1)?.[0] !== phase) begins.push([phase, clock.now()]);
  };
  const rates: number[] = [];
  const { requests } = server;
  requests.push = (...all) => {
    for (const [code, value] of all)
      if (code === 1 && value.readUInt32BE(0) === 921_600) rates.push(clock.now());
    return Array.prototype.push.apply(requests, all);
  };
  await device.write({ image: noise(LENGTH), offset: OFFSET }, { onProgress });
  const end = clock.now();
  await device.close();
  sinon.restore();
  const spans = new Map<Moment, Span>();
  begins.forEach(([phase, at], index) => {
    if (MOMENTS.includes(phase as Moment))
      spans.set(phase as Moment, [at, begins[index + 1]?.[1] ?? end]);
  });
  const [opened = 0] = spans.get('link') ?? [];
  // There is no connection yet at its very beginning.
  spans.set('open', [CONNECTED_MS, Math.max(opened, FIRST_MS)]);
  const [first, last] = [rates[0], rates.at(-1)];
  if (first !== undefined && last !== undefined)
    spans.set('baud', [first - AROUND_BAUD_MS, last + AROUND_BAUD_MS]);
  return spans;
}

/** How one write went whose connection was cut. */
export interface CutWrite {
  what: string;
  error: BkError | null;
  verified: boolean;
  /** Why it is not right; null where it is. */
  fault: string | null;
  recoveries: number;
  ms: number;
}

/** Writes with the connection cut once or twice at instants by chance, in each moment and by each fate in turn. */
export async function* cutWrites(
  path: ServedPath,
  count: number,
  seed: number,
): AsyncGenerator<CutWrite> {
  const spans = await timetable(path);
  const moments = MOMENTS.filter((moment) => spans.has(moment));
  const random = randomFrom(seed);
  for (let index = 0; index < count; index++) {
    const moment = moments[index % moments.length] as Moment;
    const fate = FATES[Math.floor(index / moments.length + index) % FATES.length] as Fate;
    const [from, to] = spans.get(moment) as Span;
    const at = from + random() * (to - from);
    // Who is turned away from the beginning, and for long, is told so: somebody else has the port.
    const isTurnedAway = fate.welcome === 'closed' || fate.cut === 'forgotten';
    const isTaken = isTurnedAway && (moment === 'open' || moment === 'link');
    const awayMs = random() * (isTaken ? LONGEST_TAKEN_MS : LONGEST_AWAY_MS);
    const again = random() < TWICE && !isTaken ? random() * LONGEST_PEACE_MS : null;
    yield oneWrite(path, { moment, fate, at, awayMs, again });
  }
}

interface Plan {
  moment: Moment;
  fate: Fate;
  at: number;
  awayMs: number;
  /** So long after the server is back it is cut once more, ms. */
  again: number | null;
}

async function oneWrite(
  path: ServedPath,
  { moment, fate, at, awayMs, again }: Plan,
): Promise<CutWrite> {
  const bench = new ServedBench(path);
  const { chip, clock, device, network } = bench;
  chip.flash.set(noise(LENGTH, 3), OFFSET);
  const wanted = Buffer.from(chip.flash);
  const image = noise(LENGTH);
  wanted.set(image, OFFSET);
  let cuts = 0;
  const cut = (): void => {
    cuts++;
    network.welcome = fate.welcome;
    network.cut(fate.cut, awayMs);
    clock.setTimeout(back, awayMs, { background: true });
  };
  const back = (): void => {
    network.welcome = 'served';
    if (again !== null && cuts === 1) clock.setTimeout(cut, again, { background: true });
  };
  clock.setTimeout(cut, at, { background: true });
  const what = `${moment} at ${at.toFixed(1)} ms: the connection ${fate.name} (${Math.round(awayMs)} ms)${again === null ? '' : `, and again after ${Math.round(again)} ms`}`;
  let error: BkError | null = null;
  let verified = false;
  let recoveries = 0;
  try {
    const { payload, facts } = await device.write({ image, offset: OFFSET });
    verified = payload.verified;
    recoveries = facts.recoveries.length;
  } catch (reason) {
    if (!(reason instanceof BkError)) throw reason;
    error = reason;
  }
  const ms = clock.now();
  await device.close();
  await clock.advance(60_000);
  const fault = faultOf(bench, wanted, error, verified, cuts);
  sinon.restore();
  return { what, error, verified, fault, recoveries, ms };
}

function faultOf(
  { chip, clock }: ServedBench,
  wanted: Buffer,
  error: BkError | null,
  verified: boolean,
  cuts: number,
): string | null {
  if (error !== null) return `${error.code}: ${error.message}`;
  if (!verified) return 'not verified';
  if (!chip.flash.equals(wanted)) return 'flash is not as it should be';
  const most = Math.max(...chip.counters.erases);
  if (most > 1 + cuts) return `a sector was erased ${most} times with ${cuts} cuts`;
  if (clock.pending > 0) return `${clock.pending} timers are left`;
  if (chip.attached) return 'the server still holds the chip';
  return null;
}
