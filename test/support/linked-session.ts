import { EvidenceLog } from '../../src/diagnosis/evidence/evidence-log';
import type { Phase } from '../../src/errors';
import type { RecoveryRecord, SessionReport } from '../../src/session/base/report';
import { type DeviceSettings, fillSettings } from '../../src/session/base/settings';
import { BaudMemories } from '../../src/session/baud/baud-memory';
import { Exchanger } from '../../src/session/exchange/exchanger';
import { Session } from '../../src/session/session';
import type { SimulatedChip } from '../../src/simulator/simulator';
import type { Note } from '../../src/texts/note';
import { english } from './english';
import { InterposedTransport } from './interposed-transport';
import { forgetSimulatedChips, openSimulated, prepareSimulatedChip } from './simulated-chips';
import { VirtualClock } from './virtual-clock';

/** What a session told while it worked. */
export class Notes implements SessionReport {
  readonly evidence = new EvidenceLog();
  readonly phases: { phase: Phase; message: string; waitsForPerson: boolean }[] = [];
  readonly recoveries: (Omit<RecoveryRecord, 'cause' | 'action'> & {
    cause: string;
    action: string;
  })[] = [];
  readonly warnings: string[] = [];
  /** Called with every phase, for what a person does meanwhile. */
  whenPhase: (message: string, waitsForPerson: boolean) => void = () => {};

  onPhase(phase: Phase, said: Note, waitsForPerson: boolean): void {
    const message = english(said);
    this.phases.push({ phase, message, waitsForPerson });
    this.whenPhase(message, waitsForPerson);
  }

  onRecovery(recovery: RecoveryRecord): void {
    const { cause, action } = recovery;
    this.recoveries.push({ ...recovery, cause: english(cause), action: english(action) });
  }

  onWarning(text: Note): void {
    this.warnings.push(english(text));
  }
}

/** A new simulated chip on a clock that does not wait, with something on its line to listen in. */
export interface Bench {
  chip: SimulatedChip;
  clock: VirtualClock;
  notes: Notes;
  /** The line of the latest opening. */
  line(): InterposedTransport;
  /** Opens the port, and nothing more. */
  plug(): Promise<InterposedTransport>;
  /** Opens the port for commands by hand. */
  exchanger(): Promise<Exchanger>;
  /** Opens the port, links and identifies. */
  open(settings?: Partial<DeviceSettings>, signal?: AbortSignal): Promise<Session>;
}

/** Sets up a chip by its address, `sim://bk7231n?…`; chips of earlier benches are thrown away. */
export function bench(simUrl: string): Bench {
  forgetSimulatedChips();
  const clock = new VirtualClock();
  const notes = new Notes();
  const bauds = new BaudMemories(clock);
  let line: InterposedTransport | undefined;
  const plug = async (): Promise<InterposedTransport> => {
    line = new InterposedTransport(await openSimulated(simUrl, clock));
    return line;
  };
  return {
    chip: prepareSimulatedChip(simUrl, clock),
    clock,
    notes,
    line: () => {
      if (line === undefined) throw new Error('the port was not opened yet');
      return line;
    },
    plug,
    exchanger: async () => new Exchanger(await plug(), clock),
    open: async (settings = {}, signal) => {
      const filled = fillSettings({ port: simUrl, ...settings });
      // A line that a test has plugged already, to prepare it, is the one that is used.
      const transport = line ?? (await plug());
      return Session.open({ transport, settings: filled, clock, report: notes, bauds, signal });
    },
  };
}

export interface OpenSession extends Bench {
  session: Session;
}

/** A linked and identified simulated chip. */
export async function openSession(
  simUrl: string,
  settings: Partial<DeviceSettings> = {},
): Promise<OpenSession> {
  const own = bench(simUrl);
  return { ...own, session: await own.open(settings) };
}
