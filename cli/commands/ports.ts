import { once } from 'node:events';
import {
  type DescribedPort,
  describePorts,
  processEnvironment,
  render,
  say,
  systemClock,
} from '../../src';
import { DONE } from '../exit-status';
import { SHOWN } from '../words/device-options';
import type { Option } from '../words/option';
import { command } from './command';

/** How long an adapter has to be there before it is told of, ms. */
const SETTLE_MS = 1_000;
/** What looks for adapters keeps no process alive: this does, ms. */
const HOLD_MS = 60_000;

const watch: Option<boolean> = {
  value: null,
  about: say('cli.optWatch'),
  wanted: say('cli.wantsNothing'),
  read: (given) => given === 'true',
};

export const ports = command({
  name: 'ports',
  about: say('cli.aboutPorts'),
  options: { watch, ...SHOWN },
  run: async (options, _operand, { control, line }) => {
    if (options.watch) return tellWhoComes(options.json, control.signal, line);
    const found = await describePorts();
    const text = found.map(shown).join('\n');
    return { result: found, facts: null, text: text || render(say('cli.noPorts')) };
  },
});

/** With its other names: by what the adapter is, and by the USB socket. */
function shown({ path, label, usb, location }: DescribedPort): string {
  const others = [usb, location].filter((name) => name !== undefined && name !== path);
  return [path, label, ...others].join('\n    ');
}

/** Those that are there come first. */
async function tellWhoComes(
  asJson: boolean,
  signal: AbortSignal,
  line: (text: string) => void,
): Promise<number> {
  const tell = (topic: 'appeared' | 'gone', adapter: DescribedPort): void => {
    const { port, label } = adapter;
    const said = say(topic === 'gone' ? 'cli.portGone' : 'cli.portAppeared', { port, label });
    line(asJson ? JSON.stringify({ topic, payload: adapter }) : render(said));
  };
  const end = processEnvironment.adapters.watch(
    {
      onAppeared: (adapter) => tell('appeared', adapter),
      onGone: (adapter) => tell('gone', adapter),
    },
    SETTLE_MS,
  );
  let timer = systemClock.setTimeout(hold, HOLD_MS);
  function hold(): void {
    timer = systemClock.setTimeout(hold, HOLD_MS);
  }
  if (!signal.aborted) await once(signal, 'abort');
  systemClock.clearTimeout(timer);
  end();
  return DONE;
}
