import type { LikelyCause } from '../errors';

/** What came in while a chip was called and did not answer. */
export interface SilenceEvidence {
  /** Bytes received in all. */
  received: number;
  /** The latest of them that were no answer. */
  stray: Buffer;
}

export interface Diagnosis {
  likely: LikelyCause[];
  advice: string[];
}

/** The start of every command: hearing it means that the own bytes come back. */
const COMMAND_START = Buffer.from([0x01, 0xe0, 0xfc]);
const TUYA_MCU = Buffer.from([0x55, 0xaa]);

/** Why a chip that is called does not answer, by what the line carries instead. */
export function diagnoseSilence({ received, stray }: SilenceEvidence): Diagnosis {
  if (stray.includes(COMMAND_START)) {
    return {
      likely: [
        {
          cause: 'TX and RX are joined',
          confidence: 0.9,
          evidence: 'The own commands come back as they were sent.',
        },
      ],
      advice: ['Part the two wires: adapter TX to RX1 (P10), adapter RX to TX1 (P11).'],
    };
  }
  if (stray.includes(TUYA_MCU)) {
    return {
      likely: [
        {
          cause: 'A second controller (TuyaMCU) talks on the same wires',
          confidence: 0.85,
          evidence: 'Frames that begin with 55 AA arrive.',
        },
      ],
      advice: [
        'Hold that controller in reset, or lift the resistor in its TX line, and try again.',
      ],
    };
  }
  if (isText(stray)) {
    return {
      likely: [
        {
          cause: 'The application runs, or this is the log UART',
          confidence: 0.75,
          evidence: `Text arrives: "${excerpt(stray)}".`,
        },
      ],
      advice: [
        'Use UART1 (RX1 = P10, TX1 = P11), and reset the chip while the job waits: CEN to GND for 0.3 s.',
      ],
    };
  }
  if (received > 0) {
    return {
      likely: [
        {
          cause: 'A bad line or a missing common ground',
          confidence: 0.5,
          evidence: `${received} bytes arrived that are neither an answer nor text.`,
        },
      ],
      advice: ['Join the grounds of adapter, module and supply; use short wires and 3.3 V levels.'],
    };
  }
  return {
    likely: [
      {
        cause:
          'The chip was not reset while the job waited, or it has no power, or RX and TX are swapped',
        confidence: 0.5,
        evidence: 'Not one byte arrived.',
      },
    ],
    advice: [
      'Reset the chip while the job waits: bridge CEN to GND for 0.3 s, or switch its 3.3 V off and on.',
      'Check the wires: adapter TX to RX1 (P10), adapter RX to TX1 (P11), GND to GND; 3.3 V from a supply of its own.',
    ],
  };
}

function isText(bytes: Buffer): boolean {
  if (bytes.length < 8) return false;
  const printable = bytes.filter(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13,
  );
  return printable.length >= 0.9 * bytes.length;
}

function excerpt(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(-40);
}
