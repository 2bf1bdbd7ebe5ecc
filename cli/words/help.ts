import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Note, render, say } from '../../src';
import { EXIT_STATUSES } from '../exit-status';
import { type Option, typed } from './option';
import type { Grammar } from './read-words';

/** What the help says of a command besides its words. */
export interface Explained extends Grammar {
  readonly about: Note;
}

export const PROGRAM = 'bk72xx';

/** How a person called it: what they copy out of a help has to work where they are. */
export function calledAs(command: string): string {
  // The checkout has a script of its own for the one command that needs no chip.
  if (command === 'sim' && process.env.npm_lifecycle_event === 'sim') return 'npm run sim --';
  return `${PROGRAM} ${command}`;
}

/** The package's own. */
export function version(): string {
  const manifest = readFileSync(join(__dirname, '..', '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The help of the whole program. */
export function programHelp(commands: readonly Explained[]): string {
  return page([
    render(say('cli.about')),
    render(say('cli.usage', { words: `${PROGRAM} COMMAND [OPTIONS]` })),
    section(
      say('cli.headCommands'),
      commands.map(({ name, about }) => [name, render(about)]),
    ),
    render(say('cli.moreHelp', { command: `${PROGRAM} write --help` })),
    exitStatuses(),
  ]);
}

/** The help of one command. */
export function commandHelp(command: Explained): string {
  const { name, about, options, operand } = command;
  const own = operand === undefined ? [] : [[operand.name, render(operand.about)] as const];
  return page([
    render(about),
    render(say('cli.usage', { words: usageOf(command) })),
    section(say('cli.headOptions'), [
      ...own,
      ...Object.entries(options).map(([key, option]) => optionRow(key, option)),
      ['-h, --help', render(say('cli.optHelp'))],
    ]),
    ...(name === 'sim' ? [] : [exitStatuses()]),
  ]);
}

function usageOf({ name, options, operand }: Explained): string {
  const needed = Object.entries(options).flatMap(([key, option]) =>
    option.required ? [`--${typed(key)} ${option.value}`] : [],
  );
  const own = operand === undefined ? [] : [operand.required ? operand.name : `[${operand.name}]`];
  return [calledAs(name), ...own, ...needed, '[OPTIONS]'].join(' ');
}

function optionRow(key: string, option: Option<unknown>): readonly [string, string] {
  const { value, standard } = option;
  if (value === null)
    return [`--${standard === 'true' ? 'no-' : ''}${typed(key)}`, render(option.about)];
  const { about } = option;
  const text = standard === undefined ? about : say('cli.withStandard', { about, standard });
  return [`--${typed(key)} ${value}`, render(text)];
}

function exitStatuses(): string {
  return section(
    say('cli.headExit'),
    EXIT_STATUSES.map(({ status, meaning }) => [String(status), render(meaning)]),
  );
}

/** From here on a name has its explanation below it. Characters. */
const NAME_WIDTH = 24;

function section(head: Note, rows: readonly (readonly [string, string])[]): string {
  const indent = ' '.repeat(NAME_WIDTH);
  return [
    render(head),
    ...rows.map(([name, about]) => {
      const start = `  ${name}  `;
      return start.length > NAME_WIDTH
        ? `${start.trimEnd()}\n${indent}${about}`
        : start.padEnd(NAME_WIDTH) + about;
    }),
  ].join('\n');
}

function page(sections: readonly string[]): string {
  return `${sections.join('\n\n')}\n`;
}
