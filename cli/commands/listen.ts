import { say } from '../../src';
import { rows } from '../show/rows';
import { DEVICE, onDevice, RECORD, SHOWN } from '../words/device-options';
import { command } from './command';

export const listen = command({
  name: 'listen',
  about: say('cli.aboutListen'),
  options: { ...DEVICE, ...RECORD, ...SHOWN },
  run: async (options, _operand, surroundings) => {
    const { payload, facts } = await onDevice(options, surroundings, (device) =>
      device.listen({}, surroundings.control),
    );
    const { code, params } = payload;
    const text = rows([
      [say('cli.rowPort'), facts.port],
      [say('cli.rowLine'), { code, params }],
    ]);
    return { result: payload, facts, text };
  },
});
