import type { Region } from '../../chip/layouts';

/**
 * What a job has made of a sector, or has found there: `read`, or known to be blank by the checksum; the `same` as what is wanted, or as what
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
