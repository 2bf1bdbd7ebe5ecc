import type { JobContext } from '../base/job-context';
import type { BackupOptions } from '../base/job-types';
import { learnCalibration } from '../chip/chip-calibration';
import { backUpFirst } from './backup-first';

/**
 * Plans a change of flash, so that what cannot be done is refused before a long backup; makes the backup; and
 * plans anew where that tells of a calibration that was not known before. Only the last plan's warnings stay.
 * @param backup undefined where none is wanted
 * @param make changes nothing on the chip
 * @throws as `make` and `backUpFirst` do
 */
export async function planAndBackUp<Plan>(
  context: JobContext,
  backup: BackupOptions | undefined,
  make: () => Promise<Plan>,
): Promise<{ plan: Plan; backup: string | null }> {
  const said = context.warnings.length;
  const plan = await make();
  const toSay = context.warnings.length;
  const path = await backUpFirst(context, backup);
  if (!(await learnCalibration(context, path))) return { plan, backup: path };
  context.warnings.splice(said, toSay - said);
  return { plan: await make(), backup: path };
}
