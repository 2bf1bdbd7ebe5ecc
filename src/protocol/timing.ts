/**
 * How long an answer may take. Every limit is computed from the bytes on the line, the rate and the
 * longest time that the chip's work can take; there is no time-out that fits all commands.
 */

/** Bits on the wire for one byte: 8N1. */
const BITS_PER_BYTE = 10;

/** Milliseconds that so many bytes take at a rate in bits per second. */
export function lineTime(bytes: number, baudRate: number): number {
  return (bytes * BITS_PER_BYTE * 1000) / baudRate;
}

/** USB adapters hold short packets back (FTDI: 16 ms) and hosts get busy. Twice 50 ms, one for each direction. */
export const LATENCY_MS = 100;

/** Longest work of the chip for a command, in milliseconds: about twice the datasheets' maxima. */
export const WORK_MS = {
  /** Registers, rates, link checks: the ROM answers at once. */
  none: 50,
  /** JEDEC id and status registers, a status write included (15–30 ms at most). */
  statusRegister: 250,
  readSector: 50,
  /** 16 pages of at most 5 ms each, and one sector's reserve. */
  programSector: 250,
  programPage: 50,
  /** 300–400 ms at most. */
  eraseSector: 1000,
  /** 1–1.6 s at most. */
  eraseHalfBlock: 3000,
  /** 1.2–2 s at most. */
  eraseBlock: 4000,
} as const;

/** What flash operations usually take, ms: the datasheets' typical figures of the parts in these modules. */
export const USUAL_MS = {
  programPage: 1,
  programSector: 12,
  eraseSector: 50,
  eraseHalfBlock: 120,
  eraseBlock: 200,
} as const;

/** The slowest checksum that any tool has planned for, bytes per second (tyutool). */
const SLOWEST_CRC = 70_000;

export function crcWork(bytes: number): number {
  return 1000 + (bytes * 1000) / SLOWEST_CRC;
}
