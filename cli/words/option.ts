import { CHIP_NAMES, type Note, ownName, parseSize, say } from '../../src';

/** What one option may be, as its table says it: help and validation come from the same place. */
export interface Option<Value> {
  /** What stands behind the name in the help; null for a switch, which has nothing. */
  readonly value: string | null;
  readonly about: Note;
  /** Completes "--offset has to be …". */
  readonly wanted: Note | string;
  readonly required?: true;
  /** What the name alone stands for, where it may have a value and need not. */
  readonly alone?: string;
  /** What holds when it is left out, as it would be typed. */
  readonly standard?: string;
  /** Undefined for a text that it cannot be. */
  read(text: string): Value | undefined;
}

/** By the name of the setting: `linkTimeout` is typed as `--link-timeout`. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

type ValueOf<One> = One extends Option<infer Value> ? Value : never;

type Filled<Table> = {
  [Name in keyof Table]: Table[Name] extends { standard: string } | { required: true }
    ? Name
    : never;
}[keyof Table];

/** What was typed, read: options with a standard value or that have to be there always are, others may be missing. */
export type Given<Table extends OptionTable> = {
  readonly [Name in Filled<Table>]: ValueOf<Table[Name]>;
} & {
  readonly [Name in Exclude<keyof Table, Filled<Table>>]?: ValueOf<Table[Name]>;
};

/** `linkTimeout` as people type it: `link-timeout`. */
export function typed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** One of some words, in any case of letters; the first one is the standard. */
export function oneOf<Word extends string>(
  words: readonly [Word, ...Word[]],
  about: Note,
  value = words.join('|'),
): Option<Word> & { standard: string } {
  return {
    value,
    about,
    wanted: say('common.wantedOneOf', { words: words.join(', ') }),
    standard: words[0],
    read: (text) => words.find((word) => word.toLowerCase() === text.toLowerCase()),
  };
}

/** By its own name, or one by which people know it, as T2. */
export function chip(about: Note) {
  const own = oneOf(['auto', ...CHIP_NAMES], about, 'CHIP');
  return { ...own, read: (text: string) => own.read(ownName(text)) };
}

/** Bytes: decimal, hex, or with a unit. */
export function size(about: Note): Option<number> {
  return {
    value: 'BYTES',
    about,
    wanted: say('common.wantedSize'),
    read: (text) => parseSize(text) ?? undefined,
  };
}

/** Bytes, or the word that stands for what the program finds out. */
export function sizeOrAuto(about: Note): Option<number | 'auto'> & { standard: string } {
  return {
    value: 'BYTES',
    about,
    wanted: say('cli.wantsSizeOrAuto', { size: say('common.wantedSize') }),
    standard: 'auto',
    read: (text) => (text.toLowerCase() === 'auto' ? 'auto' : (parseSize(text) ?? undefined)),
  };
}

/** A whole number from 0 on. */
export function count(about: Note, standard: number): Option<number> & { standard: string } {
  return {
    value: 'COUNT',
    about,
    wanted: say('common.wantedCount'),
    standard: String(standard),
    read: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined),
  };
}

/** A number of seconds, a fraction of one too. */
export function seconds(about: Note, standard: number): Option<number> & { standard: string } {
  return {
    value: 'SECONDS',
    about,
    wanted: say('cli.wantsSeconds'),
    standard: String(standard),
    read: (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined),
  };
}

/** Bits per second. */
export function baud(about: Note): Option<number | 'auto'> & { standard: string } {
  return {
    value: 'RATE',
    about,
    wanted: say('cli.wantsBaud'),
    standard: 'auto',
    read: (text) => {
      if (text.toLowerCase() === 'auto') return 'auto';
      return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
    },
  };
}

/** Anything but nothing: a name, a path. */
export function text(value: string, about: Note): Option<string> {
  return { value, about, wanted: say('cli.wantsText'), read: (given) => given || undefined };
}

export function required<Value>(option: Option<Value>): Option<Value> & { required: true } {
  return { ...option, required: true };
}

/** Left out unless it is typed, without a standard. */
export function optional<Value>({
  standard: _,
  ...option
}: Option<Value> & { standard: string }): Option<Value> {
  return option;
}

export function standing<Value>(
  option: Option<Value>,
  standard: string,
): Option<Value> & { standard: string } {
  return { ...option, standard };
}

/** Off unless it is typed: `--dry-run`. */
export function switchOn(about: Note): Option<boolean> & { standard: string } {
  return toggle(about, 'false');
}

/** On unless the opposite is typed: `--no-incremental`. */
export function switchOff(about: Note): Option<boolean> & { standard: string } {
  return toggle(about, 'true');
}

function toggle(about: Note, standard: string): Option<boolean> & { standard: string } {
  return {
    value: null,
    about,
    wanted: say('cli.wantsNothing'),
    standard,
    read: (given) => given === 'true',
  };
}

/** Those of the given options that a table has, as a job takes them. */
export function pick<All extends object, Name extends keyof All>(
  all: All,
  table: Readonly<Record<Name, unknown>>,
): Pick<All, Name> {
  const names = Object.keys(table) as Name[];
  return Object.fromEntries(
    names.filter((name) => name in all).map((name) => [name, all[name]]),
  ) as Pick<All, Name>;
}
