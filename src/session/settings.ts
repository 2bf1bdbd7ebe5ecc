import { CHIP_NAMES, type ChipName } from '../chip/families';
import { BkError } from '../errors';

export const RESET_METHODS = [
  'auto',
  'none',
  'rts',
  'dtr',
  'rts-inverted',
  'dtr-inverted',
] as const;

/** How the chip can be reset; `auto` tries what is harmless where unwired. */
export type ResetMethod = (typeof RESET_METHODS)[number];

/** What a person sets for one chip on one port. */
export interface DeviceSettings {
  /** `/dev/ttyUSB0`, `COM4`, `tcp://host:port`, `sim://bk7231n`, … */
  port: string;
  /** For messages and records; the port where missing. */
  name?: string;
  /** An expectation: another chip is an error before anything is written. Default `auto`. */
  chip?: ChipName | 'auto';
  /** Bits per second; default `auto`. */
  baud?: number | 'auto';
  reset?: ResetMethod;
  /** Seconds to wait for the chip to answer, a person's reset included. Default 60. */
  linkTimeout?: number;
  /** Seconds for which a link is kept after the last job. Default 10. */
  idle?: number;
  /** What ends a link: start the firmware, or leave the chip in download mode. Default `reboot`. */
  after?: 'reboot' | 'leave';
}

/** Settings with every default in its place. */
export type FilledSettings = Required<DeviceSettings>;

const DEFAULTS: Omit<FilledSettings, 'port' | 'name'> = {
  chip: 'auto',
  baud: 'auto',
  reset: 'auto',
  linkTimeout: 60,
  idle: 10,
  after: 'reboot',
};

/** Rates that a UART of these chips can have at all; 6.5 Mbit/s is a quarter of its clock. */
const BAUD_RANGE = { minimum: 9600, maximum: 6_500_000 };

/** Puts defaults in. @throws BkError BK_BAD_SETTING naming the setting and what it may be */
export function fillSettings(settings: DeviceSettings): FilledSettings {
  const filled: FilledSettings = {
    ...DEFAULTS,
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    port: settings.port,
    name: settings.name || settings.port,
  };
  must(
    typeof filled.port === 'string' && filled.port.trim() !== '',
    'No port is set: choose the serial port of the adapter, for example /dev/ttyUSB0',
  );
  must(
    filled.chip === 'auto' || CHIP_NAMES.includes(filled.chip),
    `The chip ${shown(filled.chip)} is not known; it can be auto, ${CHIP_NAMES.join(', ')}`,
  );
  must(
    filled.baud === 'auto' ||
      (Number.isInteger(filled.baud) &&
        filled.baud >= BAUD_RANGE.minimum &&
        filled.baud <= BAUD_RANGE.maximum),
    `The baud ${shown(filled.baud)} is neither auto nor a rate from ${BAUD_RANGE.minimum} to ${BAUD_RANGE.maximum}`,
  );
  must(
    RESET_METHODS.includes(filled.reset),
    `The reset ${shown(filled.reset)} is not known; it can be ${RESET_METHODS.join(', ')}`,
  );
  for (const name of ['linkTimeout', 'idle'] as const) {
    must(
      Number.isFinite(filled[name]) && filled[name] >= 0,
      `${name} must be a number of seconds, not ${shown(filled[name])}`,
    );
  }
  must(
    filled.after === 'reboot' || filled.after === 'leave',
    `after can be reboot or leave, not ${shown(filled.after)}`,
  );
  return filled;
}

function must(condition: boolean, message: string): void {
  if (!condition) throw new BkError('BK_BAD_SETTING', message, { phase: 'open' });
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
