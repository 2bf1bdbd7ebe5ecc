import { loadListed, loadStretch } from '../../backup/find';
import type { FoundBackup } from '../../backup/record';
import { SECTOR } from '../../chip/geometry';
import { calibrationOrder } from '../../chip/known/chip-places';
import { findCalibration, readCalibration } from '../../image/calibration';

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

/**
 * The same of the MAC alone, for bytes that were found to be right: it is looked for where chips of the model have it, and in all
 * of a whole flash only where it is nowhere there.
 */
export async function tellsItsMac(backup: FoundBackup): Promise<boolean> {
  const { chip, mac, kind, offset, length } = backup.record;
  if (mac === null || kind !== 'full' || offset !== 0) return true;
  for (const place of calibrationOrder(chip)) {
    const sector =
      place < length ? await loadStretch(backup, { offset: place, length: SECTOR }) : null;
    const found = sector === null ? null : readCalibration(sector);
    if (found !== null && found.mac !== null) return found.mac === mac;
  }
  return (await loadAsTold(backup)) !== null;
}
