import type { EventLine, InLine, OutLine, RecordLine } from '../../src/trace/record-lines';
import type { Recorder } from '../../src/trace/recorder';
import { Recorder as NewRecorder } from '../../src/trace/recorder';
import type { Transport } from '../../src/transport/transport';
import { ScriptedTransport } from './scripted-transport';
import { VirtualClock } from './virtual-clock';

/** A port that is listened in on, and what is said on it by hand. */
export interface Tape {
  clock: VirtualClock;
  port: ScriptedTransport;
  line: Transport;
  recorder: Recorder;
  /** What a job said and what the chip answered, in hex. */
  exchange(request: string, ...answers: (string | Buffer)[]): void;
  /** Lines about bytes, since the last time. */
  wire(): (InLine | OutLine)[];
}

export function tape(recording: 'failures' | 'all' = 'failures'): Tape {
  const clock = new VirtualClock();
  const port = new ScriptedTransport(clock);
  const recorder = new NewRecorder(clock);
  recorder.beginJob({
    operation: 'read',
    options: {},
    port: 'COM7',
    settings: {
      chip: 'auto',
      baud: 'auto',
      reset: 'auto',
      linkTimeout: 60,
      idle: 10,
      after: 'reboot',
    },
    recording,
    onLine: undefined,
  });
  recorder.beginLink();
  const line = recorder.tap(port);
  line.onData = () => {};
  let told = 0;
  return {
    clock,
    port,
    line,
    recorder,
    exchange: (request, ...answers) => {
      void line.write(Buffer.from(request.replaceAll(' ', ''), 'hex'));
      for (const answer of answers) port.say(answer);
    },
    wire: () => {
      const all = recorder.record.lines().filter(isOfBytes);
      const fresh = all.slice(told);
      told = all.length;
      return fresh;
    },
  };
}

function isOfBytes(line: RecordLine): line is InLine | OutLine {
  return line.kind === 'in' || line.kind === 'out';
}

/** Lines of some kind. */
export function linesOf<Kind extends EventLine['kind']>(
  lines: readonly RecordLine[],
  kind: Kind,
): Extract<EventLine, { kind: Kind }>[] {
  return lines.filter((line): line is Extract<EventLine, { kind: Kind }> => line.kind === kind);
}

/** The answer to a read of a sector. */
export function readAnswer(address: number, sector: Uint8Array): Buffer {
  const head = Buffer.from('040eff01e0fcf406100900', 'hex');
  const at = Buffer.alloc(4);
  at.writeUInt32LE(address);
  return Buffer.concat([head, at, sector]);
}

/** The command that reads a sector, in hex. */
export function readRequest(address: number): string {
  const at = Buffer.alloc(4);
  at.writeUInt32LE(address);
  return `01e0fcfff4050009${at.toString('hex')}`;
}
