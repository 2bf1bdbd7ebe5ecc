import { encodeRequest, registerReboot } from '../../protocol/commands/command-table';
import { type Note, say } from '../../texts/note';
import type { ModemLines } from '../../transport/transport';
import type { ResetMethod } from '../base/settings';

/** One thing to do while link checks go on, and for how long to listen after it. */
export interface ResetStep {
  lines?: ModemLines;
  bytes?: Buffer;
  listenMs: number;
}

export interface ResetStrategy {
  /** For a person: what is being tried. */
  name: Note;
  /** `lines`: through the adapter's wires; `firmware`: by asking the running application. */
  by: 'lines' | 'firmware';
  steps: readonly ResetStep[];
}

/** CEN is held low for this long, ms. The public tools use 50 to 100. */
const PULSE_MS = 100;
/** Boot and the time for which a bootloader listens, ms: some hundreds in all. */
const AFTER_RESET_MS = 600;

const RELEASED: ModemLines = { rts: false, dtr: false };

function pulse(name: Note, asserted: ModemLines, released: ModemLines): ResetStrategy {
  return {
    name,
    by: 'lines',
    steps: [
      { lines: asserted, listenMs: PULSE_MS },
      { lines: released, listenMs: AFTER_RESET_MS },
    ],
  };
}

const FRAME_GAP_MS = 150;
const rebootFrame = encodeRequest(registerReboot, undefined);

/** What running firmware obeys: OpenBeken's and Tuya's command line, and Beken's SDK (three times, as tyutool does). */
const ASK_FIRMWARE: ResetStrategy = {
  name: say('session.askingFirmware'),
  by: 'firmware',
  steps: [
    { bytes: Buffer.from('reboot\r\n', 'latin1'), listenMs: AFTER_RESET_MS },
    { bytes: rebootFrame, listenMs: FRAME_GAP_MS },
    { bytes: rebootFrame, listenMs: FRAME_GAP_MS },
    { bytes: rebootFrame, listenMs: AFTER_RESET_MS },
  ],
};

const BOTH = pulse(say('session.pulsingBoth'), { rts: true, dtr: true }, RELEASED);
/** Where the wires invert, the chip runs only while the line is asserted. */
const BOTH_INVERTED = pulse(say('session.pulsingBothInverted'), RELEASED, { rts: true, dtr: true });

const STRATEGIES: Readonly<Record<ResetMethod, readonly ResetStrategy[]>> = {
  none: [],
  rts: [pulse(say('session.pulsingRts'), { rts: true, dtr: false }, RELEASED)],
  dtr: [pulse(say('session.pulsingDtr'), { rts: false, dtr: true }, RELEASED)],
  'rts-inverted': [pulse(say('session.pulsingRtsInverted'), RELEASED, { rts: true, dtr: false })],
  'dtr-inverted': [pulse(say('session.pulsingDtrInverted'), RELEASED, { rts: false, dtr: true })],
  auto: [BOTH, ASK_FIRMWARE, BOTH_INVERTED],
};

export function resetStrategies(method: ResetMethod): readonly ResetStrategy[] {
  return STRATEGIES[method];
}

/** The lines as they rest while a chip runs. */
export function restingLines(method: ResetMethod): ModemLines {
  return { rts: method === 'rts-inverted', dtr: method === 'dtr-inverted' };
}
