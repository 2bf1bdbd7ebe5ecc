import { BkError, type Note, say } from '../../../src';
import type { CheckedOrder } from '../order/order';

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
      settings.calibration === 'erase' || settings.part === 'rf',
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
  if (broken === undefined) return;
  throw new BkError('BK_REFUSED', say('queue.notAllowed', { what: broken[2] }), {
    phase: 'open',
    advice: [say('queue.allowAtWorker')],
  });
}
