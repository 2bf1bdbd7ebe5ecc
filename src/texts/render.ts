import { ENGLISH } from './en-US/english';
import type { Note, ParamValue } from './note';

/** The texts of one language by room and key, as those of ENGLISH; what it lacks is said in English. */
export interface Catalogue {
  /** As BCP 47 names it, `de` or `zh-CN`: it chooses between the keys of a plural. */
  readonly language: string;
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const PLACE = /__(\w+?)__/g;

const english: Catalogue = { language: 'en-US', texts: ENGLISH };

/**
 * The sentence in a language, English unless one is given. What that lacks is said in English; what no catalogue
 * has is shown as its code.
 */
export function render(note: Note, catalogue: Catalogue = english): string {
  const text = lookUp(note, catalogue) ?? lookUp(note, english) ?? note.code;
  return text.replace(PLACE, (place, name: string) => {
    const value = note.params[name];
    return value === undefined ? place : shownIn(value, catalogue);
  });
}

/** Sentences in a language, each for itself. */
export function renderAll(notes: readonly Note[], catalogue?: Catalogue): string[] {
  return notes.map((note) => render(note, catalogue));
}

function shownIn(value: ParamValue, catalogue: Catalogue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if ('code' in value) return render(value, catalogue);
  return value.map((note) => render(note, catalogue)).join(' ');
}

function lookUp({ code, params }: Note, { language, texts }: Catalogue): string | undefined {
  const dot = code.indexOf('.');
  const room = texts[code.slice(0, dot)];
  const key = code.slice(dot + 1);
  if (room === undefined) return undefined;
  if (typeof params.count !== 'number') return room[key];
  return room[`${key}_${numberForm(params.count, language)}`] ?? room[`${key}_other`] ?? room[key];
}

function numberForm(count: number, language: string): Intl.LDMLPluralRule {
  return new Intl.PluralRules(language).select(count);
}
