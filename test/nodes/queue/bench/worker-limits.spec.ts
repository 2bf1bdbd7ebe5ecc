import assert from 'node:assert/strict';
import {
  checkLimits,
  mustSpareCalibration,
  type WorkerLimits,
} from '../../../../nodes/queue/bench/worker-limits';
import { checkedOrder } from '../../../../nodes/queue/order/order';
import type { ChipReport } from '../../../../src';
import { rejection } from '../../../support/rejects';

const LIMITS: WorkerLimits = {
  allowRead: true,
  allowWrite: true,
  allowErase: true,
  largestImage: 4096,
  folder: '/backups',
  allowBootloader: false,
  allowCalibration: false,
  allowAnyImage: false,
  allowNoBackup: false,
};

const checked = (operation: string, settings: object) => {
  const needsImage = operation === 'write' && !('source' in settings);
  return checkedOrder({
    operation,
    target: 'any',
    settings,
    share: false,
    owner: 'node',
    ...(needsImage ? { image: 'a'.repeat(64) } : {}),
  });
};

function asked(operation: string, settings: object, limits: Partial<WorkerLimits> = {}): void {
  checkLimits(checked(operation, settings), { ...LIMITS, ...limits });
}

describe('what a worker may do', () => {
  for (const [operation, settings, limit, words] of [
    ['read', {}, 'allowRead', /read/],
    ['write', {}, 'allowWrite', /write/],
    ['erase', {}, 'allowErase', /erase/],
    ['write', { part: 'bootloader' }, 'allowBootloader', /bootloader/],
    ['write', { bootloader: 'replace' }, 'allowBootloader', /bootloader/],
    ['erase', { bootloader: 'erase' }, 'allowBootloader', /bootloader/],
    ['erase', { calibration: 'erase' }, 'allowCalibration', /calibration/],
    ['write', { part: 'rf' }, 'allowCalibration', /calibration/],
    ['write', { source: 'backup', offset: 0 }, 'allowCalibration', /calibration/],
    ['write', { anyImage: true }, 'allowAnyImage', /image/],
    ['write', { backup: 'never' }, 'allowNoBackup', /backup/],
  ] as const) {
    it(`is up to ${limit}: ${operation} with ${JSON.stringify(settings)}`, async () => {
      asked(operation, settings, { [limit]: true });
      const refused = async () => asked(operation, settings, { [limit]: false });
      const { message } = await rejection(refused(), 'BK_REFUSED');
      assert.match(message, words);
    });
  }

  it('is what a job asks for as a rule', () => {
    asked('connect', {});
    asked('write', { offset: 'auto', backup: 'once', bootloader: 'keep' });
    asked('write', { backup: 'never', dryRun: true });
    asked('erase', { region: 'range', offset: 0x132000, length: 0x1000 });
  });

  for (const [settings, length, reaches] of [
    [{ offset: 0x1cf000 }, 0x1000, false],
    [{ offset: 0x1cf000 }, 0x1001, true],
    [{ offset: 0x1cf000, skip: 1 }, 0x1001, false],
    [{ offset: 0x1cf000, length: 0x1000 }, 0x4000, false],
    [{ offset: 0x1d0fff }, 1, true],
    [{ offset: 0x1d1000 }, 0x1000, false],
  ] as const) {
    const does = reaches ? 'reach' : 'do not reach';
    it(`tells that ${length} bytes with ${JSON.stringify(settings)} ${does} into the calibration`, async () => {
      const layout = { calibration: 0x1d0000 } as ChipReport['layout'];
      const spare = async () =>
        mustSpareCalibration(checked('write', settings), length, { layout });
      if (reaches) await rejection(spare(), 'BK_REFUSED');
      else await spare();
    });
  }

  it('touches no calibration where there is none', () => {
    const layout = { calibration: null } as ChipReport['layout'];
    mustSpareCalibration(checked('write', { offset: 0 }), 0x200000, { layout });
  });
});
