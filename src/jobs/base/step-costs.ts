import { SECTOR } from '../../chip/geometry';

/**
 * What steps cost, ms: typical figures of the datasheets, and of the checksum what public tools reckon with
 * (400,000 bytes a second).
 */
export const COST = {
  eraseSector: 45,
  eraseBlock: 200,
  programSector: 11,
  checkSector: 10,
} as const;

/** Bits on the line for a sector that is written or read, request and answer. */
const SECTOR_BITS = 10 * (4108 + 15);

/** ms to bring a sector over the line and into flash. */
export function programCost(baudRate: number): number {
  return lineCost(baudRate) + COST.programSector;
}

/** Seconds for the chip's checksums of so many bytes. */
export function checkSeconds(bytes: number): number {
  return (bytes / SECTOR) * (COST.checkSector / 1000);
}

/** Seconds to read so many bytes and have them confirmed. */
export function readSeconds(bytes: number, baudRate: number): number {
  return (bytes / SECTOR) * (lineCost(baudRate) / 1000) + checkSeconds(bytes);
}

function lineCost(baudRate: number): number {
  return (SECTOR_BITS * 1000) / baudRate;
}
