/** What happened to a simulated chip since it was made. */
export interface Counters {
  /** Erases that were carried out, by sector number (address / 4096); a dead sector's count too. */
  erases: Uint32Array;
  /** Program commands that were carried out, by sector number. */
  programs: Uint32Array;
  /** Erases and programs answered with status 0 though the flash was locked or protected. */
  refused: number;
  /** Reads, erases and programs turned down because they named the bootloader directly (basic chips). */
  guarded: number;
  /** Attempts to erase or program below 0x11000 on a basic chip, by whatever address. */
  bootloaderTouches: number;
  /** Writes to the controller of eFuse or to OTP that would have changed them for good. Nothing is changed. */
  burns: number;
  statusWrites: number;
  /** Those of them made while no protect bit was set. */
  needlessStatusWrites: number;
  boots: number;
  brownouts: number;
  linkChecks: number;
  /** Frames of the chip's own set that it took, by `S` (short) or `L` (long) and the code in hex: `S0E`, `L09`. */
  commands: Record<string, number>;
}

export function newCounters(sectors: number): Counters {
  return {
    erases: new Uint32Array(sectors),
    programs: new Uint32Array(sectors),
    refused: 0,
    guarded: 0,
    bootloaderTouches: 0,
    burns: 0,
    statusWrites: 0,
    needlessStatusWrites: 0,
    boots: 0,
    brownouts: 0,
    linkChecks: 0,
    commands: {},
  };
}

/**
 * Of all simulated chips of this process but those made with `untallied`: a whole test suite can ask
 * at its end whether anybody ever went for a bootloader that cannot be replaced, or for fuses.
 */
export const simulatorTally = { bootloaderTouches: 0, burns: 0 };
