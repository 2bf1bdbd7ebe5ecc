import { type ChipReport, durationText, hex, type JobFacts, say, sizeText } from '../../src';
import { KEYS, rows, spans } from '../show/rows';
import { DEVICE, onDevice, RECORD, SHOWN } from '../words/device-options';
import { command } from './command';

export const connect = command({
  name: 'connect',
  about: say('cli.aboutConnect'),
  options: { ...DEVICE, ...RECORD, ...SHOWN },
  run: async (options, _operand, surroundings) => {
    const { payload, facts } = await onDevice(options, surroundings, (device) =>
      device.connect(surroundings.control),
    );
    return { result: payload, facts, text: describe(payload, facts) };
  },
});

function describe(report: ChipReport, { port }: JobFacts): string {
  const { chip, family, chipId, bootloader, flash, encryptionKey, mac, layout, baud, linkMs } =
    report;
  const { openbeken } = report;
  return rows([
    [say('cli.rowPort'), port],
    [say('cli.rowChip'), chip ?? say('cli.chipUnknown', { family })],
    [say('cli.rowFamily'), family],
    [say('cli.rowChipId'), chipId],
    [say('cli.rowBootloader'), bootloader.name],
    [say('cli.rowBootloaderVersion'), bootloader.version],
    [say('cli.rowBootloaderCrc'), bootloader.crc],
    [say('cli.rowFlash'), flash.name],
    [say('cli.rowFlashId'), flash.id],
    [say('cli.rowFlashSize'), sizeText(flash.size)],
    [say('cli.rowKey'), encryptionKey === null ? say('cli.unknown') : KEYS[encryptionKey]],
    [say('cli.rowMac'), mac ?? say('cli.noMac')],
    [say('cli.rowDownload'), layout.download === null ? null : spans([layout.download])],
    [say('cli.rowCalibration'), layout.calibration === null ? null : hex(layout.calibration)],
    [say('cli.rowOpenbeken'), openbeken?.version ?? openbeken?.build ?? null],
    [say('cli.rowDeviceName'), openbeken?.name ?? null],
    [say('cli.rowNetworkMac'), openbeken?.mac ?? null],
    [
      say('cli.rowLink'),
      baud === null
        ? say('cli.linkAfter', { time: durationText(linkMs) })
        : say('cli.linkAt', { baud, time: durationText(linkMs) }),
    ],
  ]);
}
