import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type BackupsCheck,
  checkBackups,
  hex,
  type Inspection,
  inspect as look,
  readImageFile,
  render,
  say,
  sizeText,
} from '../../src';
import { KEYS, type Row, rows, spans } from '../show/rows';
import { SHOWN } from '../words/device-options';
import { oneOf } from '../words/option';
import { command } from './command';

const OPTIONS = { secrets: oneOf(['hide', 'show'], say('cli.optSecrets')), ...SHOWN };

export const inspect = command({
  name: 'inspect',
  about: say('cli.aboutInspect'),
  operand: { name: 'FILE', about: say('cli.operandInspectFile'), required: true },
  options: OPTIONS,
  run: async ({ secrets }, file, { control, folder }) => {
    const path = resolve(folder, file as string);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      const check = await checkBackups(path, control);
      return { result: check, facts: null, text: describeCheck(check), unsound: isUnsound(check) };
    }
    const bytes = await readImageFile(path);
    const result = await look(bytes, { secrets, signal: control.signal });
    return { result, facts: null, text: describe(result) };
  },
});

function describe(found: Inspection): string {
  const { bootloader, app, rf, tuya, openbeken, template, partitions } = found;
  return rows([
    [say('cli.rowKind'), found.kind],
    [say('cli.rowIs'), found.descriptionCode],
    [say('cli.rowChip'), found.chip ?? say('cli.unknown')],
    [
      say('cli.rowEvidence'),
      found.chipEvidenceCodes.map((note) => render(note)).join('\n') || null,
    ],
    [say('cli.rowBytes'), `${found.size} (${sizeText(found.size)})`],
    [say('cli.rowSha256'), found.sha256],
    [say('cli.rowRotated'), found.rotated ? say('cli.rotated') : null],
    [say('cli.rowBootloader'), bootloader && (bootloader.name ?? say('cli.unknown'))],
    [say('cli.rowBootloaderVersion'), bootloader?.version],
    [say('cli.rowBootloaderCrc'), bootloader?.crc],
    [say('cli.rowApp'), app && listed(app.project, app.version, app.sdk)],
    [say('cli.rowKey'), found.encryptionKey && KEYS[found.encryptionKey]],
    [say('cli.rowMac'), found.mac],
    [say('cli.rowCalibration'), rf && spans([rf])],
    [say('cli.rowPartitions'), partitionList(partitions)],
    [say('cli.rowTuya'), tuya && listed(tuya.module, tuya.platform)],
    [say('cli.rowTuyaMcu'), tuya?.tuyaMcuBaud?.toString()],
    [say('cli.rowPins'), tuya && pinList(tuya.pins)],
    [say('cli.rowOpenbeken'), openbeken && say('cli.configAt', { address: hex(openbeken.offset) })],
    [say('cli.rowTemplate'), template && JSON.stringify(template)],
    [say('cli.rowEsphome'), found.esphome],
    [say('cli.rowWarnings'), found.warningCodes.map((note) => render(note)).join('\n') || null],
  ]);
}

/** So that a script notices. */
function isUnsound({ counts }: BackupsCheck): boolean {
  return counts.damaged + counts.unreadable > 0;
}

/** First what is to be looked at, then chip by chip. */
function describeCheck({ folder, backups, chips, counts, bytes }: BackupsCheck): string {
  const states = Object.entries(counts).filter(([, count]) => count > 0);
  const doubtful = backups.filter(({ state }) => state !== 'sound');
  return rows([
    [say('cli.rowFolder'), folder],
    [say('cli.rowBackups'), states.map(([state, count]) => `${state}: ${count}`).join(', ')],
    [say('cli.rowHashed'), sizeText(bytes)],
    [
      say('cli.rowNotSound'),
      doubtful.map((one) => `${one.file} (${one.state}): ${one.reason}`).join('\n') || null,
    ],
    ...chips.map((one): Row => {
      const name = `${one.chip ?? render(say('cli.unknown'))} ${one.mac ?? render(say('backup.noMac'))}`;
      const { sound, damaged, newest, oldest } = one;
      const lines = [`sound: ${sound}, damaged: ${damaged}`];
      if (newest !== null) lines.push(render(say('cli.newest', { file: newest })));
      if (oldest !== null && oldest !== newest)
        lines.push(render(say('cli.oldest', { file: oldest })));
      return [say('cli.rowChip'), [name, ...lines].join('\n')];
    }),
  ]);
}

function listed(...parts: readonly (string | null)[]): string | null {
  return parts.filter(Boolean).join(', ') || null;
}

function partitionList(partitions: Inspection['partitions']): string | null {
  const lines = partitions.map((one) => {
    const place = spans([one]).padEnd(21);
    return `${place} ${one.name}${one.empty ? ` ${render(say('cli.empty'))}` : ''}`;
  });
  return lines.join('\n') || null;
}

function pinList(pins: NonNullable<Inspection['tuya']>['pins']): string | null {
  const lines = Object.entries(pins).map(([gpio, pin]) => `P${gpio}  ${pin.role};${pin.channel}`);
  return lines.join('\n') || null;
}
