/**
 * What line and flash allow at best, computed from the protocol's frame sizes and the simulated chip's
 * timings, and from nothing that the engine does. All times in ms.
 */

/** Simulated flash, ms and bytes per second; the same figures as the simulated chip's real mode. */
const FLASH = { eraseSector: 45, eraseBlock: 200, programPage: 0.7, crcPerSecond: 400_000 };
const CLOCK_HZ = 26_000_000;
const SECTOR = 4096;
const BLOCK = 0x10000;
const PAGES = SECTOR / 256;

/** Bytes that the chip sends: its divider makes its own rate of the one asked for. */
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
export function checksum(bytes: number, baudRate: number): number {
  return toChip(13, baudRate) + fromChip(11, baudRate) + (bytes * 1000) / FLASH.crcPerSecond;
}

/** Writing 4 KiB: 4108 bytes there, 15 back, 16 pages to program. */
function writeSector(baudRate: number): number {
  return toChip(4108, baudRate) + fromChip(15, baudRate) + PAGES * FLASH.programPage;
}

function erase(ms: number, baudRate: number): number {
  return toChip(13, baudRate) + fromChip(16, baudRate) + ms;
}

/** Everything over the line, and one checksum. */
export function readLimit(bytes: number, baudRate: number): number {
  return (bytes / SECTOR) * readSector(baudRate) + checksum(bytes, baudRate);
}

/** New data into used flash: block erases, every sector programmed, one checksum. */
export function writeLimit(bytes: number, baudRate: number): number {
  return (
    (bytes / BLOCK) * erase(FLASH.eraseBlock, baudRate) +
    (bytes / SECTOR) * writeSector(baudRate) +
    checksum(bytes, baudRate)
  );
}

/** The same as public tools do it: each sector erased, written and checked by itself. */
export function usualWrite(bytes: number, baudRate: number): number {
  const sector =
    erase(FLASH.eraseSector, baudRate) + writeSector(baudRate) + checksum(SECTOR, baudRate);
  return (bytes / SECTOR) * sector;
}

/** One checksum of everything, and so many sectors erased and written. */
export function rewriteLimit(bytes: number, changed: number, baudRate: number): number {
  const sector = erase(FLASH.eraseSector, baudRate) + writeSector(baudRate);
  return checksum(bytes, baudRate) + changed * sector;
}

/** One checksum of everything, and so many sectors read. */
export function rereadLimit(bytes: number, changed: number, baudRate: number): number {
  return checksum(bytes, baudRate) + changed * readSector(baudRate);
}
