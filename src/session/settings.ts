import type { ChipName } from '../chip/families';

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
