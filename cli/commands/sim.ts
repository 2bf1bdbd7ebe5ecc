import { once } from 'node:events';
import {
  isBkError,
  type Note,
  render,
  type ServedChip,
  SIMULATOR_OPTIONS,
  say,
  serveSimulatedChip,
} from '../../src';
import { DONE } from '../exit-status';
import { type Option, type OptionTable, standing, text } from '../words/option';
import { command } from './command';

const CHIP = 'bk7231n';
/** Exit status when no chip can be served. */
const NOT_SERVED = 1;

/** All that a simulated chip can be told, in the words of its address; the engine checks what they are. */
const CHIP_OPTIONS: OptionTable = Object.fromEntries(
  Object.entries(SIMULATOR_OPTIONS).map(([name, { about, allowed }]) => {
    const explained = say('cli.optSimulated', { about, allowed });
    return [
      name,
      { ...text('VALUE', explained), wanted: allowed, alone: '', read: (given) => given },
    ];
  }),
);

const tcpPort: Option<number> = {
  value: 'PORT',
  about: say('cli.optTcp'),
  wanted: say('cli.wantsTcpPort'),
  read: (given) => (/^\d{1,5}$/.test(given) && Number(given) <= 65_535 ? Number(given) : undefined),
};

export const sim = command({
  name: 'sim',
  about: say('cli.aboutSim'),
  options: {
    chip: standing(text('CHIP', say('cli.optSimChip')), CHIP),
    tcp: standing(tcpPort, '7231'),
    host: standing(text('ADDRESS', say('cli.optHost')), '127.0.0.1'),
    ...CHIP_OPTIONS,
  },
  run: async ({ chip, tcp, host, ...options }, _operand, { control, line, complain }) => {
    const query = new URLSearchParams(options as Record<string, string>);
    const log = (said: Note) => line(render(said));
    let served: ServedChip;
    try {
      served = await serveSimulatedChip(`sim://${chip}?${query}`, { host, port: tcp, log });
    } catch (error) {
      // No job on a chip: its one way to fail is told in one line.
      if (!isBkError(error) || error.code === 'BK_BAD_SETTING') throw error;
      complain(render(error.text));
      return NOT_SERVED;
    }
    line(render(say('cli.serving', { chip: served.chip, address: served.address })));
    if (!control.signal.aborted) await once(control.signal, 'abort');
    await served.close();
    return DONE;
  },
});
