import type { ENGLISH } from './en-US/english';

/** What goes into a sentence: numbers and names as they are shown, and other sentences or parts of one. */
export type ParamValue = string | number | Note | readonly Note[];

/** A sentence, or a part of one, by its code; `render` makes it prose. Plain data. */
export interface Note {
  /** Room and key of the catalogue, as `session.noLink`. */
  readonly code: string;
  readonly params: Readonly<Record<string, ParamValue>>;
}

type English = typeof ENGLISH;
type Room = keyof English & string;

/** Keys of a room, those that differ by number once and without their ending. */
type KeyOf<R extends Room> = keyof English[R] & string extends infer K
  ? K extends `${infer Key}_other`
    ? Key
    : K extends `${string}_one`
      ? never
      : K
  : never;

/** Every code that the English catalogue has a text for. */
export type TextCode = { [R in Room]: `${R}.${KeyOf<R> & string}` }[Room];

type TextOf<Code extends string> = Code extends `${infer R}.${infer K}`
  ? R extends Room
    ? K extends keyof English[R]
      ? English[R][K]
      : `${K}_other` extends keyof English[R]
        ? English[R][`${K}_other`]
        : never
    : never
  : never;

type NamesIn<Text> = Text extends `${string}__${infer Name}__${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** What a code's English text wants to be told. */
export type ParamsOf<Code extends TextCode> = {
  readonly [Name in NamesIn<TextOf<Code>>]: ParamValue;
};

/**
 * A sentence by its code, with all that its text wants to be told; both are checked when this is compiled.
 * Nested sentences are rendered in the same language; of a list of them, one after the other.
 */
export function say<Code extends TextCode>(
  code: Code,
  ...params: NamesIn<TextOf<Code>> extends never ? [] : [ParamsOf<Code>]
): Note {
  return Object.freeze({ code, params: Object.freeze(params[0] ?? {}) });
}

/** Words from outside that no catalogue has: of the operating system, a library, a file. */
export function verbatim(text: string): Note {
  return Object.freeze({ code: 'common.verbatim', params: Object.freeze({ text }) });
}

/** `A`, or `A or B or C`. @param names one at least */
export function anyOf(names: readonly string[]): string | Note {
  const [first = '', ...rest] = names;
  return rest.reduce<string | Note>((one, other) => say('common.or', { one, other }), first);
}

/** Whether a sentence is this one, whatever is filled in. */
export function isSaid(note: Note, ...codes: TextCode[]): boolean {
  return (codes as readonly string[]).includes(note.code);
}

/** Each sentence once, where its first one stands. */
export function distinct(notes: readonly Note[]): Note[] {
  const all = new Map<string, Note>();
  for (const note of notes) {
    const key = JSON.stringify([note.code, note.params]);
    if (!all.has(key)) all.set(key, note);
  }
  return [...all.values()];
}
