import type { Phase } from '../errors';

/** What a job was doing when it lost the chip. */
export interface Step {
  phase: Phase;
  address: number | null;
}
