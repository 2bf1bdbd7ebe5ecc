import { FolderTurns } from '../../../src/backup/folder-turns';
import type { Evidence } from '../../../src/diagnosis/evidence/evidence';
import { type BkError, isBkError } from '../../../src/errors';
import { JobContext } from '../../../src/jobs/base/job-context';
import { JobNotes } from '../../../src/jobs/base/job-notes';
import { ProgressReporter } from '../../../src/jobs/base/progress';
import { type DeviceSettings, fillSettings } from '../../../src/session/base/settings';
import { BaudMemories } from '../../../src/session/baud/baud-memory';
import { Session } from '../../../src/session/session';
import { type SimulatedChip, simulatorTally } from '../../../src/simulator/simulator';
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
  return watched(async (notes) => {
    const settings = fillSettings({ port: url, linkTimeout: 10, ...own.settings });
    const reopen = own.comesBack ? () => open() : undefined;
    const progress = new ProgressReporter(SUBJECT, clock, undefined);
    const report = notes.report(progress);
    const bauds = new BaudMemories(clock);
    const session = await Session.open({ transport, settings, clock, report, bauds, reopen });
    await own.job(new JobContext(session, progress, notes, undefined, new FolderTurns()), world);
  }).finally(() => {
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
  return watched(async (notes) => {
    const settings = fillSettings({ port: 'scripted', linkTimeout: 6 });
    const report = notes.report(new ProgressReporter(SUBJECT, clock, undefined));
    const bauds = new BaudMemories(clock);
    await Session.open({ transport: line, settings, clock, report, bauds });
  });
}

async function watched(work: (notes: JobNotes) => Promise<void>): Promise<Seen> {
  const notes = new JobNotes();
  let error: BkError | null = null;
  try {
    await work(notes);
  } catch (reason) {
    if (!isBkError(reason)) throw reason;
    error = reason;
  }
  return { evidence: notes.evidence.evidence, error };
}
