import { readImageFile } from '../../backup/image-file';
import { inOrder } from '../../placement/base/pieces';
import type { Piece } from '../../placement/base/place-types';
import { configAddress } from '../../placement/parts/place-config';
import { NewConfig, wantedConfig } from '../../placement/settings/openbeken-settings';
import { type FoundPins, pinsOfTuya, withoutPins } from '../../placement/settings/pins-of-tuya';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import { readSector } from '../chip/read-sector';
import { inspectInJob } from '../read/inspection';
import { targetOf } from './chip-target';

/** The configuration that goes with the firmware. */
export interface PlannedConfig {
  /** Whether it needs a backup for its pins. */
  readonly wantsPins: boolean;
  /**
   * The sector, with the pins out of the backup where they are wanted. Changes nothing on the chip.
   * @param backup null for a dry run where none is there yet
   * @throws BkError BK_BAD_SETTING where the backup tells no pins
   */
  complete(backup: string | null): Promise<Piece>;
}

/**
 * Prepares the configuration for this chip: a valid one that it has already is kept but for what is set.
 * @returns null where none is wanted
 * @throws BkError BK_BAD_SETTING, BK_WRONG_IMAGE where the firmware would lie over it
 */
export async function planConfig(
  context: JobContext,
  options: WriteOptions,
  placed: readonly Piece[],
): Promise<PlannedConfig | null> {
  if (options.openbeken === undefined) return null;
  const { settings, pinsOfTuya: wantsPins } = wantedConfig(options.openbeken);
  const target = await targetOf(context, { calibration: true });
  const offset = configAddress(target);
  const config = new NewConfig(target, offset, await readSector(context, offset));
  // Better known before a long backup than after it.
  inOrder([...placed, config.piece(settings)]);
  context.warnings.push(...config.warnings);
  return {
    wantsPins,
    complete: async (backup) => {
      if (!wantsPins) return config.piece(settings);
      if (options.dryRun && backup === null) {
        context.warnings.push(say('placement.dryRunWithoutPins'));
        return config.piece(settings);
      }
      return config.pieceWithPins(settings, await findPins(context, backup));
    },
  };
}

async function findPins(context: JobContext, backup: string | null): Promise<FoundPins> {
  if (backup === null) throw withoutPins(say('placement.backupWithoutPins'));
  const found = await inspectInJob(context, await readImageFile(backup), 'show');
  const pins = pinsOfTuya(found, backup);
  context.warnings.push(...pins.warnings);
  return pins;
}
