import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ENGLISH } from '../../src/texts/en-US/english';
import { projectFiles, ROOT, readText } from './project';

/** The languages beside English that all texts are there in, as Node-RED names them. */
export const LANGUAGES = ['de', 'fr', 'zh-CN', 'pl'] as const;

/** Texts by key; of what lies in rooms, as `room.key`. */
export type Flat = Readonly<Record<string, string>>;

/** A file of texts in two languages. */
export interface Pair {
  /** Of the translation, from the checkout. */
  file: string;
  english: Flat;
  other: Flat;
}

/** Where the languages lie; a node or plugin may have such a folder of its own. */
const ENGLISH_FOLDER = /^nodes\/(?:.+\/)?locales\/en-US\//;
/** What the engine and the nodes say, in `src/texts/en-US` in English. */
const CODES = 'nodes/locales/en-US/codes.json';
/** The command speaks English. */
const ENGLISH_ONLY = new Set<string>(['cli']);

/** Files of texts and help in English, from the checkout, but that of the codes. @param ending `.json` or `.html` */
export function englishFiles(ending: string): string[] {
  return projectFiles('nodes').filter((file) => ENGLISH_FOLDER.test(file) && file.endsWith(ending));
}

/** The same file in another language. */
export function translated(file: string, language: string): string {
  return file.replace('/en-US/', `/${language}/`);
}

/** All texts of a language beside the English ones. A file that is not there is empty. */
export function pairsOf(language: string): Pair[] {
  const rooms = Object.entries(ENGLISH).filter(([room]) => !ENGLISH_ONLY.has(room));
  const pairOf = (file: string, english: unknown) => {
    const other = translated(file, language);
    return { file: other, english: flat(english), other: flat(jsonOf(other)) };
  };
  return [
    pairOf(CODES, Object.fromEntries(rooms)),
    ...englishFiles('.json').map((file) => pairOf(file, jsonOf(file))),
  ];
}

export function jsonOf(file: string): unknown {
  return existsSync(join(ROOT, file)) ? JSON.parse(readText(file)) : {};
}

export function flat(texts: unknown, prefix = ''): Flat {
  return Object.fromEntries(
    Object.entries(texts as object).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[prefix + key, value]]
        : Object.entries(flat(value, `${prefix}${key}.`)),
    ),
  );
}

/**
 * Keys that a language needs for these English ones: those that a number chooses with all endings that whole numbers
 * have in it, each with the English text.
 */
export function wantedKeys(english: Flat, language: string): Flat {
  const endings = endingsOf(language);
  return Object.fromEntries(
    Object.entries(english).flatMap(([key, text]) => {
      const { stem, isPlural } = stemOf(english, key);
      if (!isPlural) return [[key, text]];
      return endings.map((ending) => {
        const own = `${stem}_${ending}`;
        return [own, english[own] ?? english[`${stem}_other`] ?? text];
      });
    }),
  );
}

/**
 * The English text that a key of a translation stands for; undefined where there is none.
 * @param wanted keys of that language
 */
export function englishOf(
  english: Flat,
  key: string,
  language: string,
  wanted = wantedKeys(english, language),
): string | undefined {
  if (key in wanted) return wanted[key];
  // What is said where a number has a fraction.
  const { stem, isPlural } = stemOf(english, key);
  const known = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const isKnown = known.some((ending) => key === `${stem}_${ending}`);
  return isPlural && isKnown && known.length > 1 ? english[`${stem}_other`] : undefined;
}

/** Whether a number chooses between this key and others. */
export function isPluralKey(english: Flat, key: string): boolean {
  return stemOf(english, key).isPlural;
}

/** Names of what is filled in, each once. */
export function placesOf(text: string): string[] {
  return [...new Set([...text.matchAll(/__(\w+?)__/g)].map((match) => match[1] ?? ''))].sort();
}

function stemOf(english: Flat, key: string): { stem: string; isPlural: boolean } {
  const stem = key.replace(/_(zero|one|two|few|many|other)$/, '');
  return { stem, isPlural: stem !== key && `${stem}_other` in english };
}

/** Endings that whole numbers have in a language. */
function endingsOf(language: string): string[] {
  const rules = new Intl.PluralRules(language);
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  return [...new Set(numbers.map((number) => rules.select(number)))];
}
