/**
 * How long things take, in milliseconds. The flash times are a GD25Q16C's typical ones; the checksum
 * rate is what bk7231tools reckons with. A brown-out strikes in the middle of such a time.
 */
export interface Timings {
  /** Erase of 4 KiB. */
  sectorErase: number;
  /** Erase of 32 KiB, by the chips that know it. */
  halfBlockErase: number;
  /** Erase of 64 KiB. */
  blockErase: number;
  /** Erase of the whole chip, for each MiB. */
  chipErasePerMiB: number;
  /** Program of 256 bytes. */
  pageProgram: number;
  /** Program of 4 KiB at once; null: 16 times that of 256 bytes. */
  sectorProgram: number | null;
  /** Write of a status register; the chip answers after it. */
  statusWrite: number;
  /** How long the write-in-progress bit still shows after that answer. */
  writeInProgress: number;
  /** Bytes that CheckCRC goes through in a millisecond. */
  crcBytesPerMs: number;
  /** The same where all of them are FF; null: no other. */
  crcBlankBytesPerMs: number | null;
  /** Before any answer, besides its work. */
  answer: number;
  /** From reset until the chip hears its line. */
  boot: number;
}

export const REAL_TIMINGS: Readonly<Timings> = {
  sectorErase: 45,
  halfBlockErase: 120,
  blockErase: 200,
  chipErasePerMiB: 4000,
  pageProgram: 0.7,
  sectorProgram: null,
  statusWrite: 5,
  writeInProgress: 0,
  crcBytesPerMs: 400,
  crcBlankBytesPerMs: null,
  answer: 0,
  boot: 5,
};

/** No waiting for flash; the line takes no time either. What the host asked for (a delay) it still gets. */
export const FAST_TIMINGS: Readonly<Timings> = {
  sectorErase: 0,
  halfBlockErase: 0,
  blockErase: 0,
  chipErasePerMiB: 0,
  pageProgram: 0,
  sectorProgram: null,
  statusWrite: 0,
  writeInProgress: 0,
  crcBytesPerMs: Number.POSITIVE_INFINITY,
  crcBlankBytesPerMs: null,
  answer: 0,
  boot: 0,
};

/** Flash that takes so many times as long to erase and to program. */
export function slower(timings: Timings, times: number): Timings {
  const { sectorProgram } = timings;
  return {
    ...timings,
    sectorErase: timings.sectorErase * times,
    halfBlockErase: timings.halfBlockErase * times,
    blockErase: timings.blockErase * times,
    chipErasePerMiB: timings.chipErasePerMiB * times,
    pageProgram: timings.pageProgram * times,
    sectorProgram: sectorProgram === null ? null : sectorProgram * times,
  };
}

/** Silence that ends an unfinished command frame, in ms. */
export const BROKEN_FRAME_MS = 100;

/** Answers come in pieces of about this many ms, as from a USB adapter. */
export const PIECE_MS = 4;

/** Every boot starts at this rate, in bits per second. */
export const BOOT_BAUD = 115200;

const UART_CLOCK = 26_000_000;

/** The rate that the chip's divider really makes of the one asked for; null where it cannot divide. */
export function dividedBaud(asked: number): number | null {
  const divisor = asked > 0 ? Math.trunc(UART_CLOCK / asked) : 0;
  return divisor === 0 ? null : UART_CLOCK / divisor;
}
