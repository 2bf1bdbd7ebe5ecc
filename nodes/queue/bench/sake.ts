import type { ErrorCode } from '../../../src';

/**
 * For whose sake a job failed. `bench`: another bench may well do it, or the same one later. `chip`: on any bench this
 * chip, or this image, comes to the same. `order`: what was asked for cannot be done, or is not wanted any more.
 */
export type Sake = 'bench' | 'chip' | 'order';

/** The one table from code to sake. Where a code can mean either, trying again does no harm: it is safe to do twice. */
export const SAKE_OF: Readonly<Record<ErrorCode, Sake>> = {
  BK_PORT_NOT_FOUND: 'bench',
  BK_PORT_DENIED: 'bench',
  BK_PORT_BUSY: 'bench',
  BK_PORT_LOST: 'bench',
  BK_NO_LINK: 'bench',
  BK_LINK_LOST: 'bench',
  BK_NO_RESPONSE: 'bench',
  BK_BAD_RESPONSE: 'bench',
  BK_CRC_MISMATCH: 'bench',
  // The device of the bench is set to another one.
  BK_WRONG_CHIP: 'bench',
  BK_BACKUP_FAILED: 'bench',
  // Disk and network are those of the bench's computer.
  BK_STORAGE: 'bench',
  BK_DOWNLOAD: 'bench',
  BK_QUEUE: 'bench',
  // What one worker may not, another one may.
  BK_REFUSED: 'bench',
  BK_UNKNOWN_CHIP: 'chip',
  BK_UNKNOWN_FLASH: 'chip',
  BK_FLASH_PROTECTED: 'chip',
  BK_BAD_SECTOR: 'chip',
  BK_BOOTLOADER_PROTECTED: 'chip',
  BK_OUT_OF_RANGE: 'chip',
  BK_WRONG_IMAGE: 'chip',
  BK_BAD_IMAGE: 'order',
  BK_BAD_SETTING: 'order',
  BK_CANCELLED: 'order',
  // It lost as many benches as it may: the next one would be lost as well.
  BK_BENCH_LOST: 'order',
  BK_REPLAY: 'order',
  // A mistake of the program: it is on each bench the same.
  BK_INTERNAL: 'order',
};
