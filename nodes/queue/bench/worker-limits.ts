import { BkError, type ChipReport, type Note, say } from '../../../src';
import type { CheckedOrder } from '../order/order';

/** Bytes of flash that are erased at once. */
const SECTOR = 0x1000;

/** What a worker may do, as it was set there: no order changes it. */
export interface WorkerLimits {
  allowRead: boolean;
  allowWrite: boolean;
  allowErase: boolean;
  /** Bytes. */
  largestImage: number;
  /** Absolute path of the folder for what is read and backed up. */
  folder: string;
  allowBootloader: boolean;
  allowCalibration: boolean;
  allowAnyImage: boolean;
  /** Whether flash may be changed without a backup. */
  allowNoBackup: boolean;
}

/** @throws BkError BK_REFUSED for what this worker may not do; another one may */
export function checkLimits(order: CheckedOrder, limits: WorkerLimits): void {
  const { operation, settings } = order;
  const rules: readonly [isAsked: boolean, isAllowed: boolean, what: Note][] = [
    [operation === 'read', limits.allowRead, say('queue.mayRead')],
    [operation === 'write', limits.allowWrite, say('queue.mayWrite')],
    [operation === 'erase', limits.allowErase, say('queue.mayErase')],
    [
      settings.part === 'bootloader' || (settings.bootloader ?? 'keep') !== 'keep',
      limits.allowBootloader,
      say('queue.mayBootloader'),
    ],
    [
      settings.calibration === 'erase' ||
        settings.part === 'rf' ||
        (isAtAddress(order) && order.image === undefined),
      limits.allowCalibration,
      say('queue.mayCalibration'),
    ],
    [settings.anyImage === true, limits.allowAnyImage, say('queue.mayAnyImage')],
    [
      settings.backup === 'never' && settings.dryRun !== true,
      limits.allowNoBackup,
      say('queue.mayNoBackup'),
    ],
  ];
  const broken = rules.find(([isAsked, isAllowed]) => isAsked && !isAllowed);
  if (broken !== undefined) throw notAllowed(broken[2]);
}

/** Its bytes are written where it says, whatever is there. */
export function isAtAddress({ operation, settings }: CheckedOrder): boolean {
  return operation === 'write' && typeof settings.offset === 'number';
}

/**
 * Where the calibration is, only the chip tells.
 * @param imageLength bytes
 * @throws BkError BK_REFUSED for bytes at an address that reach into it, where this worker may not touch it
 */
export function mustSpareCalibration(
  { settings }: CheckedOrder,
  imageLength: number,
  { layout }: Pick<ChipReport, 'layout'>,
): void {
  const from = Number(settings.offset);
  const most = imageLength - Number(settings.skip ?? 0);
  const end = from + Math.min(most, Number(settings.length ?? most));
  const { calibration } = layout;
  if (calibration === null || end <= calibration || from >= calibration + SECTOR) return;
  throw notAllowed(say('queue.mayCalibration'));
}

function notAllowed(what: Note): BkError {
  return new BkError('BK_REFUSED', say('queue.notAllowed', { what }), {
    phase: 'open',
    advice: [say('queue.allowAtWorker')],
  });
}
