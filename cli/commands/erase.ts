import { durationText, type EraseSummary, type JobFacts, say, sizeText } from '../../src';
import { rows, spans, tookRow } from '../show/rows';
import { BACKUP, backupOf } from '../words/backup-options';
import { DEVICE, onDevice, RECORD, SHOWN } from '../words/device-options';
import { oneOf, pick, size, switchOn } from '../words/option';
import { command } from './command';

const ERASE = {
  region: oneOf(['app', 'range', 'data', 'all'], say('cli.optRegion')),
  offset: size(say('cli.optEraseOffset')),
  length: size(say('cli.optEraseLength')),
  calibration: oneOf(['keep', 'erase'], say('cli.optCalibration')),
  bootloader: oneOf(['keep', 'erase'], say('cli.optEraseBootloader')),
  dryRun: switchOn(say('cli.optEraseDryRun')),
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
  const { regions, bytes, sectorsErased, blocksErased, backup, verified, seconds = 0 } = summary;
  const time = durationText(seconds * 1000);
  return rows([
    [say('cli.rowChip'), facts.chip],
    [say('cli.rowRegions'), spans(regions)],
    [say('cli.rowBytes'), sizeText(bytes)],
    [
      say(verified ? 'cli.rowErased' : 'cli.rowToErase'),
      say('cli.erased', { sectors: sectorsErased, blocks: blocksErased }),
    ],
    [say('cli.rowBackup'), backup],
    verified ? tookRow(facts) : [say('cli.rowTook'), say('cli.wouldTakeAtMost', { time })],
    [say('cli.rowVerified'), say(verified ? 'cli.verified' : 'cli.nothingErased')],
  ]);
}
