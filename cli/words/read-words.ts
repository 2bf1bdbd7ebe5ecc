import { parseArgs } from 'node:util';
import { type Note, say } from '../../src';
import { type Option, type OptionTable, typed } from './option';

/** What a command takes: its options, and at most one word that is none. */
export interface Grammar {
  readonly name: string;
  readonly options: OptionTable;
  readonly operand?: Operand;
}

/** A word beside the options, as the name of a file. */
export interface Operand {
  /** As the help has it: `FILE`. */
  readonly name: string;
  readonly about: Note;
  readonly required: boolean;
  /** Options that may stand in its place. */
  readonly replaceableBy?: readonly string[];
}

/** What was typed behind the name of a command, read and checked; or why it cannot be. */
export type ReadWords =
  | { ok: true; options: Readonly<Record<string, unknown>>; operand: string | null }
  | { ok: false; why: Note };

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/** Nothing is guessed: a misspelt, repeated or superfluous word is refused, by name. */
export function readWords(grammar: Grammar, words: readonly string[]): ReadWords {
  try {
    const { options, operands } = sortOut(grammar, words);
    return {
      ok: true,
      options: readAll(grammar, options),
      operand: operandOf(grammar, operands, options),
    };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, why: thrown.why };
    throw thrown;
  }
}

/** Carries a refusal out of the depth; never leaves this file. */
class Refusal extends Error {
  constructor(readonly why: Note) {
    super(why.code);
  }
}

/** Texts by the name of the setting. */
function sortOut(grammar: Grammar, words: readonly string[]) {
  const names = new Map(Object.keys(grammar.options).map((name) => [plain(name), name]));
  const { tokens } = parseArgs({
    args: spelled(grammar, words, names),
    options: Object.fromEntries(
      Object.entries(grammar.options).map(([name, { value }]) => [
        typed(name),
        { type: value === null ? 'boolean' : 'string' } as const,
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const [name, text] = textOf(token, grammar, names);
    if (options.has(name)) throw new Refusal(say('cli.twice', { option: `--${typed(name)}` }));
    options.set(name, text);
  }
  return { options, operands };
}

/**
 * `--linkTimeout` and `--LINK-TIMEOUT` as `--link-timeout`: the settings are known by both spellings. Where a name
 * may stand alone and does, what that means is tied to it.
 */
function spelled(
  { options }: Grammar,
  words: readonly string[],
  names: ReadonlyMap<string, string>,
): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => {
    const [, given, rest = ''] = /^--([^=]+)(=.*)?$/s.exec(word) ?? [];
    if (given === undefined || (end >= 0 && index >= end)) return word;
    const name = names.get(plain(given));
    if (name === undefined) return word;
    const { alone } = options[name] as Option<unknown>;
    const hasValue = rest !== '' || /^(-$|[^-])/.test(words[index + 1] ?? '-x');
    return `--${typed(name)}${alone === undefined || hasValue ? rest : `=${alone}`}`;
  });
}

function plain(name: string): string {
  return name.replaceAll('-', '').toLowerCase();
}

function textOf(
  { name: given, rawName, value, inlineValue }: OptionToken,
  { name: command, options }: Grammar,
  names: ReadonlyMap<string, string>,
): [name: string, text: string] {
  const name = rawName.startsWith('--') ? names.get(plain(given)) : undefined;
  const option = name === undefined ? undefined : options[name];
  if (name !== undefined && option !== undefined) {
    if (option.value === null) {
      if (!inlineValue) return [name, 'true'];
      throw new Refusal(say('cli.switchWithValue', { option: rawName, value: value ?? '' }));
    }
    // What looks like an option is one: its value was forgotten, unless the two are tied by "=".
    if (value !== undefined && (inlineValue || !/^-./.test(value))) return [name, value];
    throw new Refusal(say('cli.noValue', { option: rawName, wanted: option.wanted }));
  }
  const opposite = names.get(plain(given.replace(/^no-/, '')));
  if (opposite !== undefined && options[opposite]?.value === null && !inlineValue)
    return [opposite, 'false'];
  const known = Object.keys(options).map((one) => `--${typed(one)}`);
  const near = nearest(rawName, known);
  throw new Refusal(
    near === null
      ? say('cli.noSuchOption', { option: rawName, command, known: known.join(', ') })
      : say('cli.noSuchOptionButNear', { option: rawName, command, near }),
  );
}

function readAll({ options }: Grammar, texts: ReadonlyMap<string, string>) {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    const text = texts.get(name) ?? option.standard;
    if (text !== undefined) values[name] = readOne(name, option, text);
    else if (option.required) {
      throw new Refusal(
        say('cli.missingOption', { option: `--${typed(name)}`, about: option.about }),
      );
    }
  }
  return values;
}

function readOne(name: string, option: Option<unknown>, text: string): unknown {
  const value = option.read(text);
  if (value !== undefined) return value;
  const { wanted } = option;
  throw new Refusal(say('cli.badValue', { option: `--${typed(name)}`, text, wanted }));
}

function operandOf(
  { name: command, operand }: Grammar,
  given: readonly string[],
  options: ReadonlyMap<string, string>,
): string | null {
  const [first, second] = given;
  if (operand === undefined) {
    if (first === undefined) return null;
    throw new Refusal(say('cli.noOperand', { word: first, command }));
  }
  if (second !== undefined) {
    throw new Refusal(say('cli.secondOperand', { word: second, command, operand: operand.name }));
  }
  if (first !== undefined && first !== '') return first;
  if (!operand.required || operand.replaceableBy?.some((name) => options.has(name))) return null;
  throw new Refusal(say('cli.missingOperand', { command, operand: operand.name }));
}

/** What was probably meant; null where nothing is close. */
export function nearest(given: string, known: readonly string[]): string | null {
  const ranked = known
    .map((word) => ({ word, steps: distance(given.toLowerCase(), word) }))
    .sort((a, b) => a.steps - b.steps);
  const [best] = ranked;
  return best !== undefined && best.steps <= Math.min(2, given.length / 2) ? best.word : null;
}

/** How many letters have to be added, left out or changed. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (let at = 1; at <= to.length; at++) {
      const change = (row[at - 1] as number) + (letter === to[at - 1] ? 0 : 1);
      next.push(Math.min(change, (row[at] as number) + 1, (next[at - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
