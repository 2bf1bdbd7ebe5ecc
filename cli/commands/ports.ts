import { listPorts, render, say } from '../../src';
import { SHOWN } from '../words/device-options';
import { command } from './command';

export const ports = command({
  name: 'ports',
  about: say('cli.aboutPorts'),
  options: SHOWN,
  run: async () => {
    const found = await listPorts();
    const text = found.map(({ path, label }) => `${path}\n    ${label}`).join('\n');
    return { result: found, facts: null, text: text || render(say('cli.noPorts')) };
  },
});
