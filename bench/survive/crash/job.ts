import { noise } from '../../../test/support/bench-device';

/** What is to be done; every process of a trial is asked for the same. */
export type CrashJob =
  | { kind: 'read'; folder: string }
  | { kind: 'write'; folder: string; image: string; offset: number; backup: 'never' | 'once' };

/** Single sectors, and whole blocks behind them; all of it lies in the application that the chip has. */
export const OFFSET = 0x2d000;
export const IMAGE = noise(0x93000, 5);
