import { BkError, isBkError, type Note, render, say, textOf } from '../src';
import type { Command, Outcome, Surroundings } from './commands/command';
import { connect } from './commands/connect';
import { doctor } from './commands/doctor';
import { erase } from './commands/erase';
import { inspect } from './commands/inspect';
import { listen } from './commands/listen';
import { ports } from './commands/ports';
import { read } from './commands/read';
import { sim } from './commands/sim';
import { write } from './commands/write';
import { DONE, INTERRUPTED, MISUSED, STATUS_OF } from './exit-status';
import { onInterrupt } from './interrupt';
import { failure, remarks } from './show/explain';
import { type ProgressView, progressView } from './show/progress';
import { Screen } from './show/screen';
import { calledAs, commandHelp, PROGRAM, programHelp, version } from './words/help';
import { nearest, readWords } from './words/read-words';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ports,
  listen,
  connect,
  read,
  write,
  erase,
  inspect,
  doctor,
  sim,
];

/**
 * Does what the words of a command line say. Results go to standard output, all else to standard error.
 * @returns the exit status
 */
export async function run(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === undefined) {
    process.stderr.write(programHelp(COMMANDS));
    return MISUSED;
  }
  if (isHelp(first) || first === 'help') {
    const named = COMMANDS.find(({ name }) => name === rest[0]);
    process.stdout.write(named === undefined ? programHelp(COMMANDS) : commandHelp(named));
    return DONE;
  }
  if (first === '--version') {
    process.stdout.write(`${version()}\n`);
    return DONE;
  }
  const command = COMMANDS.find(({ name }) => name === first);
  if (command === undefined) return refuse(noCommand(first), PROGRAM, asksJson(words));
  const end = rest.indexOf('--');
  if (rest.slice(0, end < 0 ? undefined : end).some(isHelp)) {
    process.stdout.write(commandHelp(command));
    return DONE;
  }
  const read = readWords(command, rest);
  if (!read.ok) return refuse(read.why, calledAs(command.name), asksJson(words));
  return perform(command, read.options, read.operand);
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

/** Asked before the words are understood: who reads JSON gets JSON, also about words. */
function asksJson(words: readonly string[]): boolean {
  return words.includes('--json');
}

function noCommand(word: string): Note {
  const known = COMMANDS.map(({ name }) => name);
  if (word.startsWith('-')) return say('cli.commandFirst', { word, known: known.join(', ') });
  const near = nearest(word, known);
  return near === null
    ? say('cli.noSuchCommand', { word, known: known.join(', ') })
    : say('cli.noSuchCommandButNear', { word, near });
}

/** What was typed wrong, in one line, and where the right words stand. */
function refuse(why: Note, called: string, json: boolean): number {
  const hint = say('cli.helpHint', { command: `${called} --help` });
  if (json) showJson(errorDocument(new BkError('BK_BAD_SETTING', why, { advice: [hint] })));
  else process.stderr.write(`${render(why)}\n${render(hint)}\n`);
  return MISUSED;
}

async function perform(
  command: Command,
  options: Readonly<Record<string, unknown>>,
  operand: string | null,
): Promise<number> {
  const json = options.json === true;
  const screen = new Screen(process.stderr);
  const view = progressView(screen, json);
  const abort = new AbortController();
  const stop = onInterrupt(
    () => {
      if (command.stopping !== undefined) view.say(command.stopping);
      abort.abort();
    },
    () => endAtOnce(view),
  );
  try {
    const surroundings = surroundingsOf(screen, view, abort.signal);
    const outcome = await command.run(options, operand, surroundings);
    view.end();
    if (typeof outcome === 'number') return outcome;
    if (json) showJson({ result: outcome.result, facts: outcome.facts });
    else show(outcome, screen);
    return outcome.unsound ? STATUS_OF.BK_STORAGE : DONE;
  } catch (thrown) {
    view.end();
    const error = asBkError(thrown);
    if (json) showJson(errorDocument(error));
    else screen.line(failure(error));
    return STATUS_OF[error.code];
  } finally {
    stop();
  }
}

function surroundingsOf(screen: Screen, view: ProgressView, signal: AbortSignal): Surroundings {
  return {
    control: { signal, onProgress: (progress) => view.report(progress) },
    folder: process.cwd(),
    toTerminal: process.stdout.isTTY === true,
    line: (text) => process.stdout.write(`${text}\n`),
    complain: (text) => screen.line(text),
    say: (note) => view.say(note),
  };
}

/** Somebody does not want to wait for a safe point. */
function endAtOnce(view: ProgressView): never {
  view.end();
  view.say(say('cli.stoppedAtOnce'));
  process.exit(INTERRUPTED);
}

function show({ text, facts, bytes }: Outcome, screen: Screen): void {
  if (bytes === undefined) process.stdout.write(`${text}\n`);
  else {
    process.stdout.write(bytes);
    screen.line(text);
  }
  const more = facts === null ? '' : remarks(facts);
  if (more !== '') screen.line(more);
}

function showJson(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

function errorDocument({ code, message, cause }: BkError): object {
  return { error: { code, message, cause } };
}

/** What the engine throws is a BkError; anything else is a fault in here. */
function asBkError(thrown: unknown): BkError {
  if (isBkError(thrown)) return thrown;
  const text = textOf(thrown);
  return new BkError('BK_INTERNAL', say('cli.unexpected', { text }), {
    reason: thrown,
    advice: [say('cli.adviseReport')],
  });
}
