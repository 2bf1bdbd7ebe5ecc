import type { Region } from '../../chip/layouts';
import type { ChipReport } from './job-types';

/**
 * What a job has made of a sector, or has found there: `read` over the line; the `same` as what is wanted, or as what
 * is at hand of it, by the chip's checksum; `erased`; `written`, and not yet proved; `verified` by the chip's checksum;
 * `failed`: nobody can tell what it holds; `protected`, the bootloader, and `kept`, the calibration, which a change
 * leaves alone.
 */
export type SectorShown =
  | 'read'
  | 'same'
  | 'erased'
  | 'written'
  | 'verified'
  | 'failed'
  | 'protected'
  | 'kept';

/** Sectors of flash, in bytes, that are otherwise now than was told before. */
export interface SectorChange extends Region {
  state: SectorShown;
}

/** Who looks on at what a job does to flash. */
export interface JobWatch {
  /** Is told of each change where it happens, a sector or a block at a time. */
  onSectors?: ((change: SectorChange) => void) | undefined;
  /** Is told what is known of the chip, once it was identified, and again where the job learns more. */
  onChip?: ((report: ChipReport) => void) | undefined;
}
