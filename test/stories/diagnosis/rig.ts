import { FolderTurns } from '../../../src/backup/folder-turns';
import type { Evidence } from '../../../src/diagnosis/evidence/evidence';
import { type BkError, isBkError } from '../../../src/errors';
import { JobContext } from '../../../src/jobs/base/job-context';
import { JobNotes } from '../../../src/jobs/base/job-notes';
import { ProgressReporter } from '../../../src/jobs/base/progress';
import { Replays } from '../../../src/replay/replays';
import { type DeviceSettings, fillSettings } from '../../../src/session/base/settings';
import { BaudMemories } from '../../../src/session/baud/baud-memory';
import { Session } from '../../../src/session/session';
import { type SimulatedChip, simulatorTally } from '../../../src/simulator/simulator';
import type { PortRecord } from '../../../src/trace/port-record';
import { Recorder } from '../../../src/trace/recorder';
import type { Transport } from '../../../src/transport/transport';
import { ScriptedTransport } from '../../support/scripted-transport';
import {
  forgetSimulatedChips,
  openSimulated,
  prepareSimulatedChip,
} from '../../support/simulated-chips';
import { SpoiledTransport, type Spoiling } from '../../support/spoiled-transport';
import { VirtualClock } from '../../support/virtual-clock';

const SUBJECT = { operation: 'write', device: 'rig', port: 'rig' } as const;

export interface Case {
  /** `bk7231n?…`, the options of a simulated chip. */
  sim: string;
  settings?: Partial<DeviceSettings>;
  spoiling?: Spoiling;
  /** Arranges the chip before anybody opens its line. */
  prepare?(chip: SimulatedChip): void;
  /** What happens by itself from the opening on. */
  meanwhile?(world: World): void;
  /** Whether a line that was lost comes back. */
  comesBack?: boolean;
  job(context: JobContext, world: World): Promise<unknown>;
}

export interface World {
  clock: VirtualClock;
  chip: SimulatedChip;
  /** The latest line. */
  line(): SpoiledTransport;
}

export interface Seen {
  evidence: Evidence;
  error: BkError | null;
  /** All that passed on the line. */
  record: PortRecord;
}

/** Runs one job on a simulated chip with a fault between them, and keeps what was seen. */
export async function run(own: Case): Promise<Seen> {
  forgetSimulatedChips();
  const url = `sim://${own.sim}`;
  const clock = new VirtualClock();
  const chip = prepareSimulatedChip(url, clock);
  own.prepare?.(chip);
  let line: SpoiledTransport | null = null;
  const open = async (): Promise<Transport> => {
    line = new SpoiledTransport(await openSimulated(url, clock), own.spoiling ?? {}, clock);
    return line;
  };
  const touches = simulatorTally.bootloaderTouches;
  const world: World = { clock, chip, line: () => line as unknown as SpoiledTransport };
  const transport = await open();
  own.meanwhile?.(world);
  const reopen = own.comesBack ? open : undefined;
  return watched({ ...own, url, clock, transport, reopen }, world).finally(() => {
    // Where a line makes another address of the one that was sent, nobody has asked for that.
    if (own.spoiling?.toChip !== undefined) simulatorTally.bootloaderTouches = touches;
    return world.line().close();
  });
}

/** A line on which something talks that is no chip. */
export async function runScript(
  script: (line: ScriptedTransport, clock: VirtualClock) => void,
): Promise<Seen> {
  const clock = new VirtualClock();
  const line = new ScriptedTransport(clock);
  script(line, clock);
  return watched({ ...SCRIPTED, clock, transport: line });
}

/** The same job against a record of it; without the case, that of a line on which no chip talks. */
export async function runAgain(file: string, own?: Case): Promise<Seen> {
  const clock = new VirtualClock();
  const replays = new Replays();
  const open = async () => replays.open(`replay://${file}`, clock);
  const transport = await open();
  if (own === undefined) return watched({ ...SCRIPTED, clock, transport });
  forgetSimulatedChips();
  const url = `sim://${own.sim}`;
  // Nobody asks it anything; jobs arrange its flash.
  const world: World = { clock, chip: prepareSimulatedChip(url, clock), line: noLine };
  const reopen = own.comesBack ? open : undefined;
  return watched({ ...own, url, clock, transport, reopen }, world);
}

function noLine(): never {
  throw new Error('the line is played from a record');
}

/** A job, and the line that it works on. */
interface Run {
  url: string;
  settings?: Partial<DeviceSettings>;
  clock: VirtualClock;
  transport: Transport;
  reopen?: (() => Promise<Transport>) | undefined;
  job?: Case['job'];
}

const SCRIPTED = { url: 'scripted', settings: { linkTimeout: 6 } };

async function watched(own: Run, world = {} as World): Promise<Seen> {
  const { url, clock, transport, reopen } = own;
  const settings = fillSettings({ port: url, linkTimeout: 10, ...own.settings });
  const recorder = new Recorder(clock);
  const options = { operation: 'write', options: {}, port: url, recording: 'all' } as const;
  recorder.beginJob({ ...options, settings, onLine: undefined });
  recorder.beginLink();
  const notes = new JobNotes(recorder);
  const progress = new ProgressReporter(SUBJECT, clock, undefined, recorder);
  let error: BkError | null = null;
  try {
    const session = await Session.open({
      transport: recorder.tap(transport),
      settings,
      clock,
      report: notes.report(progress),
      bauds: new BaudMemories(clock),
      reopen: reopen && (async () => recorder.tap(await reopen())),
    });
    const context = new JobContext(session, progress, notes, undefined, new FolderTurns());
    await own.job?.(context, world);
  } catch (reason) {
    if (!isBkError(reason)) throw reason;
    error = reason;
  }
  recorder.endJob();
  return { evidence: notes.evidence.evidence, error, record: recorder.record };
}
