import { loadListed } from '../../backup/find';
import type { FoundBackup } from '../../backup/record';
import { calibrationOrder } from '../../chip/known/chip-places';
import { findCalibration } from '../../image/calibration';

/**
 * The bytes of a backup that are what its sidecar says; null where they are not. The MAC, too: a sidecar that was copied, or
 * written by hand, would have one chip taken for another.
 */
export async function loadAsTold(backup: FoundBackup): Promise<Buffer | null> {
  const bytes = await loadListed(backup);
  const { chip, mac } = backup.record;
  if (bytes === null || mac === null) return bytes;
  return findCalibration(bytes, calibrationOrder(chip))?.mac === mac ? bytes : null;
}
