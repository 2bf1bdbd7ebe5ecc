import { resolve } from 'node:path';
import { type Examination, say, writeImageFile } from '../../src';
import { examinationPage } from '../show/examination-page';
import { DEVICE, onDevice, RECORD, SHOWN } from '../words/device-options';
import { switchOn } from '../words/option';
import { command } from './command';

export const doctor = command({
  name: 'doctor',
  about: say('cli.aboutDoctor'),
  operand: { name: 'FILE', about: say('cli.operandReport'), required: false },
  options: { ...DEVICE, ...RECORD, write: switchOn(say('cli.optDoctorWrite')), ...SHOWN },
  stopping: say('cli.stoppingDoctor'),
  run: async ({ write, ...options }, file, surroundings) => {
    const { payload, facts } = await onDevice(options, surroundings, (device) =>
      device.examine({ write }, surroundings.control),
    );
    const path = resolve(surroundings.folder, file ?? nameOf(payload));
    await writeImageFile(path, Buffer.from(`${JSON.stringify(payload, null, 2)}\n`), 'all');
    return {
      result: payload,
      facts: { ...facts, filename: path },
      text: examinationPage(payload, facts, path),
    };
  },
});

/** A file of its own for each, without the colons that some systems do not want in a name. */
function nameOf({ chip, made }: Examination): string {
  return `${chip.model ?? chip.family}_report_${made.slice(0, 19).replaceAll(':', '-')}.json`;
}
