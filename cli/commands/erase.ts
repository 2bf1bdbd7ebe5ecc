import { type EraseSummary, type JobFacts, say, sizeText } from '../../src';
import { rows, spans, tookRow } from '../show/rows';
import { BACKUP, backupOf } from '../words/backup-options';
import { DEVICE, onDevice, RECORD, SHOWN } from '../words/device-options';
import { oneOf, pick, size } from '../words/option';
import { command } from './command';

const ERASE = {
  region: oneOf(['app', 'range', 'data', 'all'], say('cli.optRegion')),
  offset: size(say('cli.optEraseOffset')),
  length: size(say('cli.optEraseLength')),
  calibration: oneOf(['keep', 'erase'], say('cli.optCalibration')),
  bootloader: oneOf(['keep', 'erase'], say('cli.optEraseBootloader')),
};

export const erase = command({
  name: 'erase',
  about: say('cli.aboutErase'),
  options: { ...DEVICE, ...ERASE, ...BACKUP, ...RECORD, ...SHOWN },
  stopping: say('cli.stoppingChange'),
  run: async (options, _operand, surroundings) => {
    const { control, folder } = surroundings;
    const request = { ...pick(options, ERASE), backup: backupOf(options, folder) };
    const { payload, facts } = await onDevice(options, surroundings, (device) =>
      device.erase(request, control),
    );
    return { result: payload, facts, text: describe(payload, facts) };
  },
});

function describe(summary: EraseSummary, facts: JobFacts): string {
  const { regions, bytes, sectorsErased, blocksErased, backup } = summary;
  return rows([
    [say('cli.rowChip'), facts.chip],
    [say('cli.rowRegions'), spans(regions)],
    [say('cli.rowBytes'), sizeText(bytes)],
    [say('cli.rowErased'), say('cli.erased', { sectors: sectorsErased, blocks: blocksErased })],
    [say('cli.rowBackup'), backup],
    tookRow(facts),
    [say('cli.rowVerified'), say('cli.verified')],
  ]);
}
