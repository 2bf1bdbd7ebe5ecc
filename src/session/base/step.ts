import type { Phase } from '../../errors';

/** What a job was doing when it lost the chip. */
export interface Step {
  phase: Phase;
  address: number | null;
}

/** Whether repeating it may wear flash, and a reboot may have broken it off half-way. */
export function changesFlash({ phase }: Step): boolean {
  return phase === 'erase' || phase === 'write';
}
