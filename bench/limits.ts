/**
 * What line and flash allow at best, computed from the protocol's frame sizes and the simulated chip's
 * timings, and from nothing that the engine does.
 */

/** Simulated flash, ms and bytes per second; the same figures as the simulated chip's real mode. */
const FLASH = { eraseSector: 45, eraseBlock: 200, programPage: 0.7, crcPerSecond: 400_000 };
const CLOCK_HZ = 26_000_000;
const SECTOR = 4096;
const PAGES = SECTOR / 256;

/** ms for bytes that the chip sends: its divider makes its own rate of the one asked for. */
function fromChip(bytes: number, baudRate: number): number {
  const real = CLOCK_HZ / Math.trunc(CLOCK_HZ / baudRate);
  return (bytes * 10_000) / real;
}

function toChip(bytes: number, baudRate: number): number {
  return (bytes * 10_000) / baudRate;
}

/** Reading 4 KiB: a request of 12 bytes, an answer of 4111. */
function readSector(baudRate: number): number {
  return toChip(12, baudRate) + fromChip(4111, baudRate);
}

/** A checksum: 13 bytes there, 11 back, and the chip's work. */
function checksum(bytes: number, baudRate: number): number {
  return toChip(13, baudRate) + fromChip(11, baudRate) + (bytes * 1000) / FLASH.crcPerSecond;
}

/** Writing 4 KiB: 4108 bytes there, 15 back, 16 pages to program. */
function writeSector(baudRate: number): number {
  return toChip(4108, baudRate) + fromChip(15, baudRate) + PAGES * FLASH.programPage;
}

function eraseBlock(baudRate: number): number {
  return toChip(13, baudRate) + fromChip(16, baudRate) + FLASH.eraseBlock;
}

export function readLimit(bytes: number, baudRate: number): number {
  return (bytes / SECTOR) * readSector(baudRate) + checksum(bytes, baudRate);
}

/** New data into used flash: block erases, every sector programmed, one checksum. */
export function writeLimit(bytes: number, baudRate: number): number {
  return (
    (bytes / 0x10000) * eraseBlock(baudRate) +
    (bytes / SECTOR) * writeSector(baudRate) +
    checksum(bytes, baudRate)
  );
}
