import { SECTOR } from '../../chip/geometry';
import { chipWithMostPins } from '../../chip/known/chip-queries';
import { BkError, hex } from '../../errors';
import type { ImageKind } from '../../image/detect/detect';
import { type OpenBekenConfig, readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import {
  buildOpenBekenConfig,
  mustNameNetworks,
  type OpenBekenSettings,
} from '../../image/openbeken/openbeken-write';
import { inOrder } from '../../placement/in-order';
import type { LoadedImage } from '../../placement/loaded-image';
import { say, sentence } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { OpenBekenOptions, WriteOptions } from '../base/job-types';
import type { Piece } from '../change/change-plan';
import { chipCalibration } from '../chip/chip-calibration';
import { readSector } from '../chip/read-sector';
import { configAddress } from './config-part';
import { isOpenBeken } from './moved-calibration';
import { tuyaPins } from './pins-from-backup';

/** Images that bring an application and leave the data of the device alone. */
const WITH_APPLICATION: readonly ImageKind[] = ['app', 'qio', 'rbl', 'tuya-ug'];

/** The configuration that goes with the firmware. */
export interface PlannedConfig {
  /**
   * The sector, with the pins out of the backup where they are wanted. Changes nothing on the chip.
   * @throws BkError BK_BAD_SETTING where the backup tells no pins
   */
  complete(backup: string | null): Promise<Piece>;
}

/**
 * Refuses what cannot be right on any chip.
 * @throws BkError BK_BAD_SETTING, naming the setting but not its value
 */
export function checkOpenBeken(options: WriteOptions, { detected }: LoadedImage): void {
  const { openbeken, backup, part = 'image' } = options;
  if (openbeken === undefined) return;
  const { settings, fromTuya } = split(openbeken);
  // The chip with the most pins: how many this one has is known later.
  buildOpenBekenConfig(settings, { chip: chipWithMostPins() });
  if (fromTuya && (backup === undefined || backup.mode === 'never')) {
    throw new BkError('BK_BAD_SETTING', say('placement.noBackupForPins'), {
      advice: [say('placement.setBackup')],
    });
  }
  const fits = part === 'image' && WITH_APPLICATION.includes(detected.kind);
  if (fits && (isOpenBeken(detected) || options.anyImage)) return;
  throw new BkError(
    'BK_BAD_SETTING',
    part === 'image'
      ? say('placement.configWithOther', { image: sentence(detected.description) })
      : say('placement.configWithPart', { part }),
    { advice: [say('placement.switchOpenBekenOff')] },
  );
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
  const { settings, fromTuya } = split(options.openbeken);
  const { chip } = context.session.identity;
  const offset = configAddress(context);
  const { mac } = await chipCalibration(context);
  const base = await readSector(context, offset);
  const isKept = readOpenBekenConfig(base, chip) !== null;
  const build = (all: OpenBekenSettings): Buffer => {
    const sector = buildOpenBekenConfig(all, { chip, mac, ...(isKept ? { base } : {}) });
    mustNameNetworks(all, sector);
    return sector;
  };
  // Better known before a long backup than after it.
  inOrder([...placed, { offset, bytes: build(settings) }]);
  if (isKept) {
    context.warnings.push(say('placement.configStays', { offset: hex(offset) }));
  }
  return {
    complete: async (backup) => {
      if (!fromTuya) return { offset, bytes: build(settings) };
      if (options.dryRun) {
        context.warnings.push(say('placement.dryRunWithoutPins'));
        return { offset, bytes: build(settings) };
      }
      const found = await tuyaPins(context, backup);
      const { pins, startCommand } = found;
      return {
        offset,
        bytes: build({ ...(startCommand ? { startCommand } : {}), ...settings, pins }),
      };
    },
  };
}

function split({ pins, ...others }: OpenBekenOptions): {
  settings: OpenBekenSettings;
  fromTuya: boolean;
} {
  if (pins === 'tuya') return { settings: others, fromTuya: true };
  return { settings: pins === undefined ? others : { ...others, pins }, fromTuya: false };
}

/** The pins that a sector with a configuration sets. */
export function pinsIn(context: JobContext, { bytes }: Piece): OpenBekenConfig['pins'] {
  const sector = bytes.subarray(0, SECTOR);
  return readOpenBekenConfig(sector, context.session.identity.chip)?.pins ?? {};
}
