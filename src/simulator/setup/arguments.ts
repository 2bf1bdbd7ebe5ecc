import { BkError } from '../../errors';
import { type Note, say } from '../../texts/note';
import { render } from '../../texts/render';
import { OPTION_RULES, readOptions, type SimulatorOptions } from './simulator-options';

export interface ServeArguments {
  help: boolean;
  host: string;
  /** TCP port; 0 lets the system choose. */
  tcp: number;
  chip: SimulatorOptions;
}

const OWN = ['chip', 'tcp', 'host', 'help'] as const;

/**
 * Reads a command line of `--name value` and `--name=value`; a name alone means yes.
 * @throws BkError BK_BAD_SETTING
 */
export function parseArguments(argv: readonly string[]): ServeArguments {
  const own = new Map<string, string>();
  const options: [string, string][] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    const match = /^--([a-z0-9]+)(?:=(.*))?$/is.exec(word);
    if (match === null) {
      throw new BkError('BK_BAD_SETTING', say('simulator.noOption', { word }));
    }
    const name = match[1] as string;
    const next = argv[at + 1];
    let value = match[2];
    if (value === undefined && next !== undefined && !next.startsWith('--')) {
      value = next;
      at++;
    }
    if ((OWN as readonly string[]).includes(name)) own.set(name, value ?? '');
    else options.push([name, value ?? '']);
  }
  return {
    help: own.has('help'),
    host: own.get('host') || '127.0.0.1',
    tcp: readPort(own.get('tcp') ?? '7231'),
    chip: readOptions(own.get('chip') ?? 'bk7231n', options),
  };
}

/** What `--help` prints. */
export function helpText(): string {
  const rows: [string, Note][] = [
    ['chip', say('simulator.aboutChip')],
    ['tcp', say('simulator.aboutTcp')],
    ['host', say('simulator.aboutHost')],
    ['help', say('simulator.aboutHelp')],
    ...Object.entries(OPTION_RULES).map(([name, { about, allowed }]): [string, Note] => [
      name,
      say('simulator.aboutOption', { about, allowed }),
    ]),
  ];
  return [
    render(say('simulator.serves')),
    '',
    render(say('simulator.usage')),
    '',
    ...rows.map(([name, about]) => `  --${name.padEnd(11)} ${render(about)}`),
    '',
  ].join('\n');
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new BkError('BK_BAD_SETTING', say('simulator.badTcp', { text }));
}
